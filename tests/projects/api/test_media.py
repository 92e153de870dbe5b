"""Files over HTTP: ranges, caches, names, and nothing that a browser would run."""

import pytest

from projects.api.files import BRIEFLY, FOREVER, bytes_response, file_response
from projects.artifact_store import artifacts
from projects.errors import NotFound
from tests.support.api import Browser, body_of
from tests.support.studio import ask, person, picture_of, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(studio, ada, project):
    (made,) = ask(ada, shot_in(project))
    studio.until_quiet()
    made.refresh_from_db()
    return made


def test_a_clip_is_sent_whole_and_in_ranges(browser, take):
    path = f"/takes/{take.pk}/media"
    whole = browser.get(path)
    data = body_of(whole)
    part = browser.get(path, Range="bytes=10-19")
    end = browser.get(path, Range="bytes=-5")

    assert (whole.status_code, len(data)) == (200, take.asset.blob.size)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert (part.status_code, body_of(part)) == (206, data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
    assert body_of(end) == data[-5:]
    beyond = browser.get(path, Range=f"bytes={len(data)}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(data)}")


def test_a_file_is_named_by_its_content_and_kept_for_ever(browser, take):
    first = browser.get(f"/takes/{take.pk}/media")
    body_of(first)

    assert first.headers["ETag"] == f'"{take.asset.blob.sha256}"'
    assert first.headers["Cache-Control"] == FOREVER
    assert browser.get(f"/takes/{take.pk}/media", **{"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_head_says_everything_and_sends_nothing(browser, take):
    response = browser.client.head(f"/api/v1/takes/{take.pk}/media")

    assert response.headers["Content-Length"] == str(take.asset.blob.size)
    assert body_of(response) == b""


def test_a_download_is_named_safely(browser, take):
    take.asset.title = 'a"b\r\nX: y/../海'
    take.asset.save()

    name = browser.get(f"/takes/{take.pk}/media?download=1").headers["Content-Disposition"]

    assert name.startswith('attachment; filename="a_b__X_ y')
    assert "\r" not in name
    assert "%E6%B5%B7" in name


def test_nothing_that_is_sent_can_run(browser, take):
    for path in ("media", "poster", "live/init.mp4", "live/1.m4s", "frame?frame=0"):
        response = browser.get(f"/takes/{take.pk}/{path}")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]


def test_seconds_play_one_after_the_other(browser, take):
    playlist = body_of(browser.get(f"/takes/{take.pk}/live/playlist.m3u8")).decode()
    movie = b"".join(body_of(browser.get(f"/takes/{take.pk}/live/{part}")) for part in ("init.mp4", "1.m4s", "2.m4s"))

    from generation.media.video import read_all

    assert playlist.count("#EXTINF:1.000,") == 2
    assert playlist.endswith("#EXT-X-ENDLIST\n")
    assert len(read_all(movie)) == 48
    assert browser.get(f"/takes/{take.pk}/live/3.m4s").json()["code"] == "not_ready"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("frame=0", 200),
        ("frame=47", 200),
        ("at_ms=1999", 200),
        ("frame=48", 404),
        ("frame=-1", 422),
        ("", 422),
        ("at_ms=x", 422),
    ],
)
def test_frames_are_exact_or_refused(browser, take, query, status):
    assert browser.get(f"/takes/{take.pk}/frame?{query}").status_code == status


@pytest.mark.parametrize(("width", "status"), [("1", 200), ("320", 200), ("99999", 200), ("x", 422), ("-5", 422)])
def test_posters_come_in_the_widths_there_are(browser, take, width, status):
    assert browser.get(f"/takes/{take.pk}/poster?w={width}").status_code == status


def test_the_proxy_is_told_what_to_send(browser, take, settings):
    settings.MEDIA_BY_PROXY = True

    response = browser.get(f"/takes/{take.pk}/media")

    assert response.headers["X-Accel-Redirect"] == f"/artifacts/{take.asset.blob.key}"
    assert response.content == b""


def test_a_file_that_is_gone_is_not_found(rf, store):
    with pytest.raises(NotFound):
        file_response(rf.get("/"), "blobs/no/where", mime_type="video/mp4", etag="x")


def test_what_is_made_for_an_answer_has_a_tag_too(rf):
    response = bytes_response(rf.get("/"), b"x", mime_type="text/plain", etag="e", cache=BRIEFLY)

    assert response.headers["ETag"] == '"e"'
    assert (
        bytes_response(
            rf.get("/", headers={"If-None-Match": '"e"'}), b"x", mime_type="t", etag="e", cache=""
        ).status_code
        == 304
    )


@pytest.mark.parametrize("word", ["Bearer", "Bearer nothing", "Basic eDp5"])
def test_who_shows_a_wrong_token_is_told_as_little_as_who_shows_none(take, word):
    response = Browser(None).get(f"/takes/{take.pk}/media", Authorization=word)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_pictures_of_a_shared_project_are_seen_by_its_members(store, ada, project):
    from projects.models import Membership

    bob = person("bob")
    Membership.objects.create(project=project, user=bob, role="viewer")
    asset = picture_of(ada, project)

    assert Browser(bob).get(f"/assets/{asset.pk}/media").status_code == 200
    assert Browser(person("eve")).get(f"/assets/{asset.pk}/media").status_code == 404
    assert artifacts().exists(asset.blob.key)
