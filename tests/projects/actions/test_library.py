"""Uploads, the library, trimming, exports."""

import io
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image, PdfParser

from generation.media.recipe import read_tags
from generation.media.video import read_all
from projects.actions.downloads import identity
from projects.actions.export_life import begin_export, lease_exports
from projects.actions.exports import cancel_export, estimate, export_of, render_export, request_export
from projects.actions.film_changes import build_film, change_film, create_film
from projects.actions.library import (
    asset_of,
    bulk,
    change_assets,
    change_collection,
    create_collection,
    delete_collection,
    facets_of,
    filtered,
    library_of,
    lineage_of,
    searched,
)
from projects.actions.trimming import trim_take
from projects.actions.uploads import (
    Announced,
    begin_upload,
    continue_upload,
    forget_upload,
    process_upload,
    sweep_uploads,
    upload_of,
)
from projects.artifact_store import artifacts
from projects.errors import Conflict, Invalid, NotFound, QuotaSpent
from projects.media.credentials import read_credentials
from projects.media.parts import part_path, sole_writer
from projects.models import Asset, Event, Export, Upload
from projects.shapes.assets import with_cards
from tests.support.studio import ask, person, picture_of, shot_in

pytestmark = pytest.mark.django_db
CLIP = Path(__file__).parents[2] / "samples" / "clip.mp4"


def png(size=(40, 30)) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.zeros((size[1], size[0], 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


def uploaded(user, data, *, part=None, **values):
    upload = begin_upload(user, Announced(size=len(data), filename="kite.png", **values))
    step = part or len(data)
    for at in range(0, len(data), step):
        continue_upload(user, upload.pk, data[at : at + step], offset=at)
    process_upload(upload.pk)
    return Upload.objects.get(pk=upload.pk)


def test_a_picture_arrives_in_parts_and_is_in_the_library(store, ada):
    upload = uploaded(ada, png(), part=7)

    assert (upload.status, upload.asset.kind, upload.asset.title) == ("ready", "image", "kite")
    assert (upload.asset.width, upload.asset.height) == (40, 30)
    assert not part_path(upload.pk).exists()
    assert upload.asset.renditions.count() == 3


def test_the_same_picture_twice_is_one(store, ada):
    assert uploaded(ada, png()).asset_id == uploaded(ada, png()).asset_id


def test_a_clip_is_taken_in_at_24_frames_a_second(store, ada):
    asset = uploaded(ada, CLIP.read_bytes()).asset

    assert asset.kind == "clip"
    assert len(read_all(artifacts().get(asset.blob.key))) == asset.frames
    assert asset.renditions.filter(name="sprite").exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"rubbish" * 10, "image_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "image_unreadable"),
        (b"GIF89a" + b"0" * 50, "upload_type"),
    ],
)
def test_what_cannot_be_read_fails_with_a_reason_and_leaves_nothing(store, ada, project, data, code):
    upload = begin_upload(ada, Announced(size=len(data), filename="x", project_id=project.pk))
    continue_upload(ada, upload.pk, data, offset=0)
    process_upload(upload.pk)

    upload.refresh_from_db()
    assert (upload.status, upload.error_code) == ("failed", code)
    assert not part_path(upload.pk).exists()
    assert not Asset.objects.exists()
    assert Event.objects.filter(type="upload.failed").exists()


def test_parts_follow_each_other(store, ada):
    upload = begin_upload(ada, Announced(size=10))
    continue_upload(ada, upload.pk, b"12345", offset=0)

    for data, offset in ((b"1", 0), (b"1", 7), (b"123456", 5)):
        with pytest.raises(Conflict):
            continue_upload(ada, upload.pk, data, offset=offset)
    assert upload_of(ada, upload.pk).offset == 5
    with pytest.raises(NotFound):
        upload_of(person("eve"), upload.pk)
    forget_upload(ada, upload.pk)
    assert not part_path(upload.pk).exists()


def test_a_part_that_comes_second_overwrites_nothing(store, ada, monkeypatch):
    upload = begin_upload(ada, Announced(size=10))

    def after_a_rival(upload_id):
        monkeypatch.setattr("projects.actions.uploads.sole_writer", sole_writer)
        continue_upload(ada, upload_id, b"first", offset=0)
        return sole_writer(upload_id)

    monkeypatch.setattr("projects.actions.uploads.sole_writer", after_a_rival)

    with pytest.raises(Conflict, match="begins at 5"):
        continue_upload(ada, upload.pk, b"other", offset=0)
    assert part_path(upload.pk).read_bytes() == b"first"
    with sole_writer(upload.pk), pytest.raises(Conflict, match="being written"):
        continue_upload(ada, upload.pk, b"later", offset=5)
    assert continue_upload(ada, upload.pk, b"later", offset=5).offset == 10
    assert part_path(upload.pk).read_bytes() == b"firstlater"


def test_uploads_that_nobody_finishes_are_forgotten_and_whole_ones_are_remembered(store, ada):
    from datetime import timedelta

    from django.utils import timezone

    stale = begin_upload(ada, Announced(size=10))
    continue_upload(ada, stale.pk, b"123", offset=0)
    Upload.objects.filter(pk=stale.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    whole = begin_upload(ada, Announced(size=3))
    continue_upload(ada, whole.pk, b"123", offset=0)

    assert sweep_uploads() == [str(whole.pk)]
    assert not Upload.objects.filter(pk=stale.pk).exists()


def test_nobody_stores_more_than_their_share(store, ada, settings):
    settings.STORAGE_BYTES_PER_PERSON = 100
    with pytest.raises(QuotaSpent):
        begin_upload(ada, Announced(size=101))
    for size in (0, 2**40):
        with pytest.raises(Invalid):
            begin_upload(ada, Announced(size=size))


@pytest.fixture
def clips(studio, ada, project):
    """A finished take from a picture, and one that continues it."""
    image = project.nodes.create(kind="image", asset=picture_of(ada, project))
    shot = shot_in(project, parent_node=image, prompt="slow zoom in on 海")
    (first,) = ask(ada, shot)
    child = shot_in(project, parent_take=first, parent_frames=24, prompt="pan left", duration_s=1)
    (second,) = ask(ada, child)
    studio.until_quiet()
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second, child


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 3), ("zoom", 1), ("海", 1), ("ZOOM", 1), ("kind:clip", 2), ("dur:>1", 1), ("dur:1", 1), ("seed:x", 0),
        ('project:"kites"', 3), ("star", 0), ("tag:night", 0), ('"pan left"', 1), ("zoom pan", 0), ("dur:>", 0),
    ],
)  # fmt: skip
def test_words_and_terms_find(clips, ada, text, count):
    assert searched(library_of(ada), text).count() == count


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"kind": "image"}, 1), ({"kind": ""}, 3), ({"starred": "true"}, 0), ({"duration_min": "1500"}, 1),
        ({"duration_max": "x"}, 0), ({"project": "x"}, 0), ({"aspect": "wide"}, 3), ({"unknown": "1"}, 3),
        ({"used_in_film": "true"}, 0), ({"length": "short"}, 2), ({"length": "long"}, 0), ({"length": "x"}, 0),
        ({"made": "day"}, 3), ({"made": "x"}, 0), ({"rejected": "true"}, 0),
    ],
)  # fmt: skip
def test_facets_narrow(clips, ada, values, count):
    assert filtered(library_of(ada), values).count() == count


def test_what_was_made_long_ago_is_told_from_today(clips, ada):
    old = library_of(ada).filter(kind="image").get()
    Asset.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    found = {made: filtered(library_of(ada), {"made": made}).count() for made in ("day", "week", "month")}

    assert found == {"day": 2, "week": 2, "month": 3}


def test_marks_tags_and_bin_work_on_many(clips, ada):
    ids = list(library_of(ada).values_list("pk", flat=True))
    for action, value in (("star", ""), ("tag", "night"), ("tag", "night")):
        bulk(ada, action, ids, value)
    assert searched(library_of(ada), "star tag:night").count() == 3
    assert facets_of(ada)["tags"] == [{"tag": "night", "count": 3}]
    bulk(ada, "untag", ids[:1], "night")
    bulk(ada, "delete", ids[:1], "")
    assert library_of(ada).count() == 2
    bulk(ada, "restore", ids[:1], "")
    assert library_of(ada).count() == 3
    assert bulk(person("eve"), "star", ids, "") == 0
    with pytest.raises(Invalid):
        bulk(ada, "tag", ids, "")
    with pytest.raises(NotFound):
        asset_of(person("bo"), ids[0])
    assert change_assets(ada, ids[:1], {"title": "New"}) == 1


def test_collections_hold_and_let_go(clips, ada):
    ids = list(library_of(ada).values_list("pk", flat=True))
    made = create_collection(ada, "Weather")
    assert bulk(ada, "add_to_collection", ids[:2], str(made.pk)) == 2
    assert filtered(library_of(ada), {"collection": str(made.pk)}).count() == 2
    assert change_collection(ada, made.pk, "Rain").title == "Rain"
    with pytest.raises(NotFound):
        change_collection(person("eve"), made.pk, "mine")
    for value in ("x", "0190c3a0-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound):
            bulk(ada, "add_to_collection", ids, value)
    delete_collection(ada, made.pk)
    assert library_of(ada).count() == 3


def test_lineage_goes_both_ways(clips, ada):
    first, second, _ = clips

    above, below = lineage_of(ada, second.asset_id)
    assert [asset.kind for asset in above] == ["image", "clip"]
    assert below == []
    assert [asset.pk for asset in lineage_of(ada, first.asset_id)[1]] == [second.asset_id]


def test_a_piece_is_cut_out_to_the_frame(clips, ada):
    first, _, _ = clips

    piece = trim_take(ada, first.pk, start_frame=10, stop_frame=40)

    frames, whole = (read_all(artifacts().get(it.blob.key)) for it in (piece, first.asset))
    assert len(frames) == 30
    assert np.abs(frames.astype(int) - whole[10:40].astype(int)).mean() < 8
    with pytest.raises(Invalid):
        trim_take(ada, first.pk, start_frame=40, stop_frame=49)


@pytest.fixture
def film(clips, ada, project):
    made = create_film(ada, project.pk, title="Kites")
    return build_film(ada, made.pk, clips[2].pk)


def test_clips_of_a_film_are_known_as_used(film, clips, ada):
    used = filtered(library_of(ada), {"used_in_film": "true"})
    assert {asset.pk for asset in used} == {clips[0].asset_id, clips[1].asset_id}
    assert filtered(library_of(ada), {"used_in_film": "false"}).count() == 1
    assert facets_of(ada)["used_in_film"] == 2
    assert with_cards().get(pk=clips[0].asset_id).used_in_films == 1


def exported(user, film, preset, **options):
    export = request_export(user, film.pk, preset=preset, options=options)
    assert lease_exports() == [str(export.pk)]
    render_export(export.pk)
    return export_of(user, export.pk)


def test_a_film_whose_cuts_allow_is_copied_bit_for_bit(film, clips, ada):
    export = exported(ada, film, "master", srt=True, project_json=True)

    assert (export.status, export.error_code) == ("succeeded", "")
    frames = read_all(artifacts().get(export.asset.blob.key))
    parts = [read_all(artifacts().get(take.asset.blob.key)) for take in clips[:2]]
    assert np.array_equal(frames, np.concatenate([parts[0][:24], parts[1]]))
    assert set(export.sidecars) == {"prompts.srt", "project.json"}
    subtitles = artifacts().get(export.sidecars["prompts.srt"]["key"]).decode()
    assert "00:00:01,000 --> 00:00:02,000\npan left" in subtitles
    assert "AIGC" in read_tags(artifacts().get(export.asset.blob.key))


def test_a_film_is_scaled_dissolved_and_estimated(film, ada):
    items = [
        {
            "take_id": str(item.take_id),
            "stop_frame": item.stop_frame,
            "transition": transition,
            "transition_frames": frames,
        }
        for item, (transition, frames) in zip(film.items.all(), [("cut", 0), ("dissolve", 8)], strict=True)
    ]
    change_film(ada, film.pk, {"items": items})

    guess = estimate(ada, film.pk, "small_720p")
    export = exported(ada, film, "small_720p")

    assert export.asset.frames == guess["frames"] == 24 + 24 - 8
    assert max(export.asset.width, export.asset.height) == 1280


def test_a_contact_sheet_needs_no_film_file(film, ada):
    export = exported(ada, film, "contact_sheet")

    assert export.asset is None
    sheet = Image.open(io.BytesIO(artifacts().get(export.sidecars["contact_sheet.png"]["key"])))
    assert sheet.width > 1000


def test_a_contact_sheet_to_print_is_sealed_and_shows_every_clip(film, ada):
    export = exported(ada, film, "contact_sheet_pdf")

    assert (export.status, export.error_code, export.asset) == ("succeeded", "", None)
    side = export.sidecars["contact_sheet.pdf"]
    data = artifacts().get(side["key"])
    assert side["mime_type"] == "application/pdf"
    with PdfParser.PdfParser(f=io.BytesIO(data), mode="r+b") as document:
        assert len(document.pages) == 1
        assert json.loads(document.info[b"AIGC"])["ProduceID"] == str(export.pk)
    said = read_credentials(data, mime_type="application/pdf", trusted=identity().certificates)
    assert (said.state, len(said.ingredients)) == ("Trusted", 2)


def test_a_stopped_export_leaves_no_file(film, ada):
    export = request_export(ada, film.pk, preset="master", options={})
    lease_exports()
    cancel_export(ada, export.pk)
    render_export(export.pk)

    export.refresh_from_db()
    assert (export.status, export.asset) == ("cancelled", None)


def test_an_export_whose_renderer_dies_is_given_to_another_three_times(film, ada):
    export = request_export(ada, film.pk, preset="master", options={})
    for _ in range(3):
        assert lease_exports() == [str(export.pk)]
        assert begin_export(export.pk)
        Export.objects.update(lease_until="2020-01-01T00:00:00Z")
    lease_exports()

    export.refresh_from_db()
    assert (export.status, export.error_code) == ("failed", "worker_failed")


def test_an_export_that_waits_behind_a_long_one_has_not_died(film, ada):
    export = request_export(ada, film.pk, preset="master", options={})
    for _ in range(5):
        assert lease_exports() == [str(export.pk)]
        Export.objects.update(lease_until="2020-01-01T00:00:00Z")

    # However often it was handed out, one begins, and what the others were sent leads to nothing.
    assert [begin_export(export.pk) for _ in range(3)] == [True, False, False]
    export.refresh_from_db()
    assert (export.status, export.deaths) == ("running", 0)
    assert lease_exports() == []


def test_an_empty_film_is_not_exported(ada, project):
    with pytest.raises(Invalid) as caught:
        request_export(ada, create_film(ada, project.pk, title="x").pk, preset="master", options={})

    assert caught.value.code == "film_empty"
