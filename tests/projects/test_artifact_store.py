"""The studio on a bucket: takes are made, watched and downloaded as from a folder."""

from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np
import pytest

from generation.artifacts.bucket import S3Artifacts
from generation.media.video import read_all
from projects.actions.downloads import identity
from projects.artifact_store import artifacts
from projects.media.credentials import read_credentials
from tests.support.api import Browser, body_of
from tests.support.bucket import NAME, bucket
from tests.support.studio import Studio, ask, person, picture_of, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def far_away(settings, monkeypatch, tmp_path):
    """Artifacts of this test in a bucket."""
    with bucket(monkeypatch) as endpoint:
        settings.DATA_FOLDER = tmp_path
        settings.ARTIFACTS_FOLDER = tmp_path / "artifacts"
        settings.ARTIFACTS_ADDRESS, settings.S3_ENDPOINT = f"s3://{NAME}/artifacts", endpoint
        artifacts.cache_clear()
        yield artifacts()
        artifacts.cache_clear()


def test_a_take_is_made_watched_and_downloaded_from_a_bucket(
    db, far_away, settings, tmp_path, monkeypatch, ada, project
):
    settings.TEAM_MODE = True
    studio = Studio(tmp_path / "bench", monkeypatch)
    image = project.nodes.create(kind="image", asset=picture_of(ada, project))
    (take,) = ask(ada, shot_in(project, parent_node=image, duration_s=1))
    studio.until_quiet()
    take.refresh_from_db()
    assert take.status == "succeeded"
    assert isinstance(artifacts(), S3Artifacts)
    assert not settings.ARTIFACTS_FOLDER.exists()

    browser, path = Browser(ada), f"/takes/{take.pk}/media"
    whole = body_of(browser.get(path))
    assert len(read_all(whole)) == 24
    part = browser.get(path, Range="bytes=100-299")
    assert (part.status_code, body_of(part)) == (206, whole[100:300])
    assert browser.get(path, Range=f"bytes={len(whole)}-").status_code == 416

    data = body_of(browser.get(f"{path}?download=1"))
    assert np.array_equal(read_all(data), read_all(whole))
    assert read_credentials(data, mime_type="video/mp4", trusted=identity().certificates).state == "Trusted"


def test_who_asks_for_the_head_alone_makes_nobody_read_the_file(far_away, settings, ada, project, monkeypatch):
    settings.TEAM_MODE = True
    asset = picture_of(ada, project)
    reads = []
    for name in ("get", "pieces"):
        monkeypatch.setattr(S3Artifacts, name, lambda *given: reads.append(given))

    response = Browser(ada).client.head(f"/api/v1/assets/{asset.pk}/media")

    assert response.headers["Content-Length"] == str(asset.blob.size)
    assert reads == []


def test_what_is_gone_from_the_bucket_is_not_found(far_away, settings, ada, project):
    settings.TEAM_MODE = True
    asset = picture_of(ada, project)
    artifacts().delete(asset.blob.key)

    response = Browser(ada).get(f"/assets/{asset.pk}/media")

    assert (response.status_code, response.json()["code"]) == (404, "missing_media")


@pytest.fixture
def reached(far_away, settings):
    """The same, where browsers reach the bucket, too."""
    settings.TEAM_MODE = True
    settings.S3_PUBLIC_ENDPOINT = settings.S3_ENDPOINT
    artifacts.cache_clear()


def test_who_may_have_a_file_is_sent_on_to_the_bucket_for_ten_minutes(reached, settings, ada, project):
    asset = picture_of(ada, project)
    whole = artifacts().get(asset.blob.key)
    browser, path = Browser(ada), f"/assets/{asset.pk}/media"

    sent_on = browser.get(path)

    assert sent_on.status_code == 302
    assert sent_on.headers["Cache-Control"] == "private, no-store"
    address = sent_on.headers["Location"]
    signed = parse_qs(urlsplit(address).query)
    assert address.startswith(settings.S3_ENDPOINT)
    assert (signed["X-Amz-Expires"], len(signed["X-Amz-Signature"][0])) == (["600"], 64)
    fetched = httpx.get(address)
    assert (fetched.content, fetched.headers["Content-Type"]) == (whole, "image/png")
    part = httpx.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])


def test_a_download_from_the_bucket_has_its_name_and_its_credentials(reached, ada, project):
    asset = picture_of(ada, project)

    fetched = httpx.get(Browser(ada).get(f"/assets/{asset.pk}/media?download=1").headers["Location"])

    assert fetched.headers["Content-Disposition"].startswith('attachment; filename="A gradient.png"')
    assert read_credentials(fetched.content, mime_type="image/png", trusted=identity().certificates).state == "Trusted"


def test_only_who_may_have_it_is_sent_on_and_only_to_what_is_there(reached, ada, project):
    asset = picture_of(ada, project)
    path = f"/assets/{asset.pk}/media"
    head = Browser(ada).client.head(f"/api/v1{path}")
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(asset.blob.size))
    assert Browser(ada).get(f"/assets/{asset.pk}/poster").status_code == 200, "small ones come from us"
    assert Browser(person("eve")).get(path).status_code == 404

    artifacts().delete(asset.blob.key)

    gone = Browser(ada).get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "missing_media")


def test_in_a_folder_there_is_nowhere_to_send_anybody(settings, store, ada, project):
    settings.TEAM_MODE, settings.S3_PUBLIC_ENDPOINT = True, "https://files.example.org"

    assert Browser(ada).get(f"/assets/{picture_of(ada, project).pk}/media").status_code == 200
