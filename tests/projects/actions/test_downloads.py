"""What leaves the studio says where it comes from; what stays is left alone."""

import json
from pathlib import Path

import numpy as np
import pytest

from generation.media.recipe import read_tags
from generation.media.video import read_all
from projects.actions.downloads import download_of, identity
from projects.actions.export_life import lease_exports
from projects.actions.exports import render_export, request_export
from projects.actions.film_changes import build_film, create_film
from projects.actions.trimming import trim_take
from projects.artifact_store import artifacts
from projects.errors import NotFound
from projects.media.credentials import read_credentials
from projects.media.provenance import FIELD
from projects.models import Export, Rendition
from tests.support.api import Browser, body_of
from tests.support.studio import ask, picture_of, shot_in

pytestmark = pytest.mark.django_db
MP4 = "video/mp4"


@pytest.fixture
def picture(studio, ada, project):
    return picture_of(ada, project)


@pytest.fixture
def take(studio, ada, project, picture):
    image = project.nodes.create(kind="image", asset=picture)
    shot = shot_in(project, parent_node=image, duration_s=3, title="海")
    (made,) = ask(ada, shot)
    studio.until_quiet()
    made.refresh_from_db()
    return made


def left(asset):
    """The copy of an asset that leaves, and what it says."""
    data = artifacts().get(download_of(asset))
    return data, read_credentials(data, mime_type=asset.blob.mime_type, trusted=identity().certificates)


def test_a_take_leaves_with_credentials_and_what_it_began_from(take, picture):
    before = artifacts().get(take.asset.blob.key)

    data, found = left(take.asset)

    assert (found.state, found.title, found.actions) == ("Trusted", "海", ("c2pa.created",))
    assert found.ingredients == (f"urn:uuid:{picture.pk}",)
    assert json.loads(read_tags(data)[FIELD])["ProduceID"] == str(take.pk)
    assert np.array_equal(read_all(data), read_all(before))
    assert artifacts().get(take.asset.blob.key) == before
    assert read_credentials(before, mime_type=MP4) is None


def test_the_copy_is_made_once_until_what_it_says_changes(take, settings):
    first = download_of(take.asset)

    assert download_of(take.asset) == first
    settings.VISIBLE_LABEL = True
    second = download_of(take.asset)
    assert second != first
    settings.VISIBLE_LABEL = False
    assert download_of(take.asset) == first
    assert Rendition.objects.filter(name__startswith="download-").count() == 2


def test_of_two_that_make_it_at_once_the_first_is_kept(take, monkeypatch):
    first = download_of(take.asset)
    row = Rendition.objects.get(name__startswith="download-")

    class Late:
        def first(self):
            return None

    monkeypatch.setattr(Rendition.objects, "filter", lambda **_: Late())
    assert download_of(take.asset) == first

    sealed = {path.name for path in (Path(artifacts().path_of("sealed"))).rglob("*") if path.is_file()}
    assert sealed == {row.key.rsplit("/", 1)[-1]}


def test_the_label_is_over_the_first_two_seconds_of_what_leaves(take, settings):
    settings.VISIBLE_LABEL = True

    data, found = left(take.asset)

    before, after = read_all(artifacts().get(take.asset.blob.key)), read_all(data)
    differs = np.abs(before.astype(int) - after.astype(int)).max(axis=(1, 2, 3)) > 40
    assert differs[:48].all()
    assert np.array_equal(before[48:], after[48:])
    assert found.actions == ("c2pa.created", "c2pa.edited")
    assert FIELD in read_tags(data)


def test_a_piece_that_was_cut_out_names_what_it_was_cut_from(take, ada, settings):
    settings.VISIBLE_LABEL = True
    piece = trim_take(ada, take.pk, start_frame=10, stop_frame=70)

    data, found = left(piece)

    assert (found.state, found.ingredients) == ("Trusted", (f"urn:uuid:{take.asset_id}",))
    assert found.actions == ("c2pa.opened", "c2pa.trimmed", "c2pa.edited")
    assert len(read_all(data)) == 60


def test_a_persons_picture_is_not_called_generated_and_not_labelled(picture, settings):
    settings.VISIBLE_LABEL = True

    _, found = left(picture)

    assert (found.state, found.actions) == ("Trusted", ("c2pa.opened", "c2pa.transcoded"))


def test_an_export_is_sealed_once_and_lists_everything_in_it(studio, take, ada, project, settings):
    settings.VISIBLE_LABEL = True
    child = shot_in(project, parent_take=take, parent_frames=24, duration_s=1)
    (second,) = ask(ada, child)
    studio.until_quiet()
    second.refresh_from_db()
    film = build_film(ada, create_film(ada, project.pk, title="Kites").pk, child.pk)
    for preset in ("master", "contact_sheet"):
        request_export(ada, film.pk, preset=preset, options={})
        for name in lease_exports():
            render_export(name)

    movie, sheet = Export.objects.get(preset="master"), Export.objects.get(preset="contact_sheet")
    data, found = left(movie.asset)

    assert download_of(movie.asset) == movie.asset.blob.key
    assert found.state == "Trusted"
    assert found.ingredients == (f"urn:uuid:{take.asset_id}", f"urn:uuid:{second.asset_id}")
    assert found.actions == ("c2pa.created", "c2pa.placed", "c2pa.placed", "c2pa.edited")
    assert FIELD in read_tags(data)
    told = read_credentials(
        artifacts().get(sheet.sidecars["contact_sheet.png"]["key"]), mime_type="image/png",
        trusted=identity().certificates,
    )  # fmt: skip
    assert (told.state, told.ingredients) == ("Trusted", found.ingredients)
    assert told.actions == ("c2pa.created", "c2pa.placed", "c2pa.placed")


def test_a_download_over_http_is_the_sealed_copy_and_a_player_gets_the_original(take, ada):
    browser = Browser(ada)
    watched = body_of(browser.get(f"/takes/{take.pk}/media"))
    response = browser.get(f"/takes/{take.pk}/media?download=1")
    data = body_of(response)

    assert read_credentials(watched, mime_type=MP4) is None
    assert read_credentials(data, mime_type=MP4, trusted=identity().certificates).state == "Trusted"
    part = browser.get(f"/takes/{take.pk}/media?download=1", Range="bytes=100-199")
    assert body_of(part) == data[100:200]
    assert part.headers["ETag"] == response.headers["ETag"] != f'"{take.asset.blob.sha256}"'


def test_a_file_that_is_gone_is_said(take):
    artifacts().delete(take.asset.blob.key)

    with pytest.raises(NotFound):
        download_of(take.asset)
