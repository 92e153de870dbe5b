"""Files of people: taken in by a child with few rights, kept in parts, made smaller, joined, labelled."""

import io
import json
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.artifacts import LocalArtifacts
from generation.errors import MediaError
from generation.media.fragments import encode_fragment
from generation.media.images import load_image
from generation.media.recipe import read_tags
from generation.media.video import read_all
from projects.errors import Conflict, Invalid
from projects.media.film_render import FilmOrder, Source, render_film
from projects.media.frames import frame_of, seconds_of
from projects.media.intake import take_in
from projects.media.intake_child import take_in as take_in_here
from projects.media.parts import append_part, forget_parts, part_path, sole_writer
from projects.media.provenance import FIELD, kept_tags, provenance_tags
from projects.media.renditions import SPRITE_COLUMNS, sprite_step, store_clip_pictures, store_posters, store_sprite
from projects.media.sidecars import Shown, contact_sheet, project_json, subtitles
from projects.media.take_movie import blob_key, store_movie
from projects.rules.film_plan import Clip, plan_film

SAMPLES = Path(__file__).parents[2] / "samples"


def picture(kind="PNG", mode="RGB", size=(40, 30), **options) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 3 if mode in ("L", "P") else None).save(file, kind, **options)
    return file.getvalue()


def written(tmp_path, data) -> Path:
    path = tmp_path / "upload.part"
    path.write_bytes(data)
    return path


def png_of(width, height) -> bytes:
    """A header that promises many pixels, with next to nothing behind it."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0" * 100)) + chunk(b"IEND", b"")
    )


def test_a_photo_is_turned_upright_and_loses_everything_it_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a camera that knows where it was"
    data = picture("JPEG", size=(40, 30), exif=exif)

    clean = take_in(written(tmp_path, data))

    assert (clean.kind, clean.width, clean.height, clean.mime_type) == ("image", 30, 40, "image/jpeg")
    assert b"camera" not in clean.data
    assert not Image.open(io.BytesIO(clean.data)).getexif()


HOSTILE = {
    "empty": b"", "text": b"<html><script>alert(1)</script>", "svg": b"<svg xmlns='x' onload='alert(1)'/>",
    "playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "pdf": b"%PDF-1.7", "psd": b"8BPS\0\1", "zip": b"PK\x03\x04rest", "gif": picture("GIF", "P"),
    "bmp": picture("BMP"), "tiff": picture("TIFF"), "many pixels": png_of(50_000, 50_000), "no pixels": png_of(0, 0),
    "cut jpeg": picture("JPEG")[:-30], "cut png": picture()[:40], "cut mp4": (SAMPLES / "clip.mp4").read_bytes()[:3000],
    "pickle": b"\x80\x04\x95", "fits": b"SIMPLE  =                    T", "icon": b"\0\0\1\0",
    "random": bytes(np.random.default_rng(0).integers(0, 256, 5000, np.uint8)),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_else_is_taken(tmp_path, name):
    folder = tmp_path / "out"
    folder.mkdir()

    with pytest.raises(MediaError):
        take_in_here(written(tmp_path, HOSTILE[name]), folder)

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "code", "params"),
    [
        ("many pixels", "image_too_large", {"limit": 64}),
        ("gif", "upload_type", {"kind": "GIF"}),
        ("psd", "upload_type", {"kind": "PSD"}),
        ("random", "image_unreadable", {}),
        ("playlist", "image_unreadable", {}),
    ],
)
def test_the_child_says_so_too_and_why(tmp_path, name, code, params):
    with pytest.raises(Invalid) as caught:
        take_in(written(tmp_path, HOSTILE[name]))

    assert (caught.value.code, caught.value.params) == (code, params)


def test_a_child_that_dies_is_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr("projects.media.intake._START", "import os; os.abort()")

    with pytest.raises(Invalid, match="cannot be read"):
        take_in(written(tmp_path, picture()))


def test_a_child_that_never_ends_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("projects.media.intake._START", "while True: pass")
    monkeypatch.setattr("projects.media.intake._WALL_SECONDS", 0.5)

    with pytest.raises(Invalid, match="too long"):
        take_in(written(tmp_path, picture()))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "I;16", "CMYK"])
def test_pictures_of_every_mode_become_plain_ones(tmp_path, mode):
    kind = "TIFF" if mode == "CMYK" else "PNG"
    data = picture("JPEG", "CMYK") if kind == "TIFF" else picture("PNG", mode)

    clean = take_in_here(written(tmp_path, data), tmp_path)

    assert Image.open(io.BytesIO((tmp_path / clean["file"]).read_bytes())).mode == "RGB"


def test_a_polyglot_leaves_its_second_half_behind(tmp_path):
    clean = take_in_here(written(tmp_path, picture() + b"PK\x03\x04<script>"), tmp_path)

    assert b"script" not in (tmp_path / clean["file"]).read_bytes()


def test_parts_gather_and_what_lies_beyond_is_cut(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    assert append_part("u", b"12345", offset=0) == 5
    assert append_part("u", b"xy", offset=3) == 5
    assert part_path("u").read_bytes() == b"123xy"
    with pytest.raises(Conflict):
        append_part("u", b"z", offset=9)
    forget_parts("u")
    forget_parts("u")
    assert not part_path("u").exists()


def test_one_alone_adds_to_an_upload(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    with sole_writer("u"):
        append_part("u", b"abc", offset=0)
        with pytest.raises(Conflict, match="being written"), sole_writer("u"):
            pass
        with sole_writer("another"):
            pass
    with sole_writer("u"):
        assert part_path("u").read_bytes() == b"abc"


@pytest.fixture
def made(tmp_path):
    """A store with three seconds of one clip."""
    store = LocalArtifacts(tmp_path / "store")
    frames = np.random.default_rng(1).integers(0, 255, (72, 32, 48, 3)).astype(np.uint8)
    keys = []
    for second in range(3):
        fragment = encode_fragment(frames[second * 24 : second * 24 + 24], index=second, start_frame=second * 24)
        store.put("init", fragment.init)
        store.put(f"s{second}", fragment.media)
        keys.append(f"s{second}")
    return store, Source(init_key="init", fragment_keys=tuple(keys))


def test_a_movie_is_stored_under_its_content_once(made):
    store, source = made
    first = store_movie(store, init_key="init", fragment_keys=source.fragment_keys, tags={"title": "x"})
    again = store_movie(store, init_key="init", fragment_keys=source.fragment_keys, tags={"title": "x"})

    assert first == again
    assert first.key == blob_key(first.sha256)
    assert first.facts.frames == 72
    assert frame_of(store.get(first.key), 71).shape == (32, 48, 3)
    with pytest.raises(MediaError):
        frame_of(store.get(first.key), 72)


def order(source, *clips, size=(48, 32)):
    return FilmOrder(
        pieces=tuple(plan_film(clips, width=size[0], height=size[1])),
        sources={"a": source, "b": source}, width=size[0], height=size[1], tags=provenance_tags(content_id="x"),
    )  # fmt: skip


def clip(source="a", **values):
    return Clip(**{"source": source, "width": 48, "height": 32, "frames": 72, "start": 0, "stop": 72, **values})


def test_copied_seconds_are_the_very_frames(made):
    store, source = made
    told = []

    movie = render_film(store, order(source, clip()), on_progress=told.append, should_stop=lambda: False)

    whole = store_movie(store, init_key="init", fragment_keys=source.fragment_keys, tags={})
    assert np.array_equal(read_all(store.get(movie.key)), read_all(store.get(whole.key)))
    assert told[-1] == 1.0


def test_a_dissolve_lies_between_its_two_clips(made):
    store, source = made

    movie = render_film(
        store, order(source, clip(stop=24), clip("b", start=24, dissolve=8)), on_progress=lambda _: None,
        should_stop=lambda: False,
    )  # fmt: skip

    assert movie.facts.frames == 24 + 48 - 8


def test_another_shape_gets_black_bars(made):
    store, source = made

    movie = render_film(
        store, order(source, clip(stop=24), size=(96, 32)), on_progress=lambda _: None, should_stop=lambda: False
    )

    frames = read_all(store.get(movie.key))
    assert frames.shape[1:3] == (32, 96)
    assert frames[:, :, :16].max() < 24


def test_a_stopped_film_is_none(made):
    store, source = made

    assert render_film(store, order(source, clip()), on_progress=lambda _: None, should_stop=lambda: True) is None


def test_a_whole_movie_can_be_a_source_too(made):
    store, source = made
    whole = store_movie(store, init_key="init", fragment_keys=source.fragment_keys, tags={})

    movie = render_film(
        store, order(Source(init_key=whole.key), clip(start=20, stop=30)), on_progress=lambda _: None,
        should_stop=lambda: False,
    )  # fmt: skip

    assert movie.facts.frames == 10


def test_posters_are_never_enlarged_and_sprites_say_their_size(made):
    store, _ = made
    frames = np.zeros((72, 60, 100, 3), np.uint8)

    posters = store_posters(store, frames[0], folder="p")
    sprite = store_sprite(store, frames, folder="p")

    assert [(it.width, it.height) for it in posters] == [(100, 60)] * 3
    sheet = Image.open(io.BytesIO(store.get(sprite.key)))
    assert sheet.size == (sprite.width, sprite.height) == (100 * SPRITE_COLUMNS, 60 * 2)
    assert sprite_step(72) == 5
    assert sprite_step(2400) == 24


def test_a_machines_work_says_so():
    label = json.loads(provenance_tags(content_id="t1")[FIELD])

    assert (label["Label"], label["ProduceID"]) == ("1", "t1")


def test_a_machines_work_that_is_brought_back_still_says_so(made, tmp_path):
    store, source = made
    tags = {**provenance_tags(content_id="t1"), "comment": "words of somebody"}
    movie = store_movie(store, init_key="init", fragment_keys=source.fragment_keys, tags=tags)

    clean = take_in(written(tmp_path, store.get(movie.key)))

    told = read_tags(clean.data)
    assert json.loads(told[FIELD])["ProduceID"] == "t1"
    assert "comment" not in told


@pytest.mark.parametrize(
    "text", ["", "x", "[1]", "{}", '{"Label": "9"}', '{"Label": 1}', "[" * 100_000, '{"Label": null}']
)
def test_what_is_no_such_field_is_not_kept(text):
    assert kept_tags(text) == {}


def test_nothing_but_what_the_standard_names_is_kept():
    found = json.loads(
        kept_tags('{"Label": "1", "ProduceID": "' + "x" * 999 + '", "evil": "<script>", "PropagateID": 5}')[FIELD]
    )

    assert found == {"Label": "1", "ProduceID": "x" * 200}


def test_sidecars_are_readable():
    shown = [Shown(title="One", words="slow zoom in 海", start=0, stop=61.5, picture=np.zeros((9, 16, 3), np.uint8))]

    assert subtitles(shown).decode() == "1\n00:00:00,000 --> 00:01:01,500\nslow zoom in 海\n"
    assert json.loads(project_json({"film": {"title": "海"}})) == {"film": {"title": "海"}}
    sheet = Image.open(io.BytesIO(contact_sheet("Kites 海", shown, tags=provenance_tags(content_id="x"))))
    assert sheet.format == "PNG"
    assert json.loads(sheet.text[FIELD])["ProduceID"] == "x"
    assert Image.open(io.BytesIO(contact_sheet("Empty", [], tags={}))).format == "PNG"


def test_a_sheet_shows_each_chinese_sign_as_itself():
    def sheet(words):
        return contact_sheet("", [Shown(title="", words=words, start=0, stop=1)], tags={})

    sheets = {sheet(sign) for sign in "海山风筝"}

    assert len({*sheets, sheet("?"), sheet("")}) == 6


def test_a_labelled_film_carries_the_label_over_its_first_two_seconds(made):
    store, source = made
    plain = render_film(store, order(source, clip()), on_progress=lambda _: None, should_stop=lambda: False)
    with_label = replace(order(source, clip(), clip("b", start=2, stop=20)), labelled=True)

    movie = render_film(store, with_label, on_progress=lambda _: None, should_stop=lambda: False)

    before, after = read_all(store.get(plain.key)), read_all(store.get(movie.key))
    # In the corner there is a dark plate with white letters; noise is neither.
    corner = after[:, -6:, :30].astype(int)
    dark = [frame.mean() < 90 for frame in corner]
    assert dark == [number < 48 for number in range(len(after))]
    assert np.array_equal(before[48:72], after[48:72])


def test_a_film_is_sealed_before_it_is_stored(made):
    store, source = made

    def seal(before, after):
        before.seek(0)
        after.write(before.read() + b"sealed")

    sealed = replace(order(source, clip()), seal=seal)
    movie = render_film(store, sealed, on_progress=lambda _: None, should_stop=lambda: False)

    assert store.get(movie.key).endswith(b"sealed")
    assert movie.size == len(store.get(movie.key))


def test_frames_read_a_second_at_a_time_are_those_read_whole(made):
    store, source = made
    movie = store.get(store_movie(store, init_key="init", fragment_keys=source.fragment_keys, tags={}).key)

    whole = read_all(movie)

    assert np.array_equal(np.concatenate(list(seconds_of(movie))), whole)
    assert np.array_equal(frame_of(movie, 47), whole[47])


def test_a_clips_pictures_are_those_of_its_frames_read_whole(tmp_path):
    store = LocalArtifacts(tmp_path)
    frames = (np.arange(24)[:, None, None, None] * 8 * np.ones((1, 48, 64, 3))).astype(np.uint8)
    for second in range(3):
        fragment = encode_fragment(frames, index=second, start_frame=second * 24)
        store.put("init", fragment.init)
        store.put(f"s{second}", fragment.media)
    movie = store.get(store_movie(store, init_key="init", fragment_keys=["s0", "s1", "s2"], tags={}).key)

    made = store_clip_pictures(store, movie, frames=72, folder="fast")

    whole = read_all(movie)
    plain = [*store_posters(store, whole[0], folder="slow"), store_sprite(store, whole, folder="slow")]
    assert [(it.name, it.width, it.height) for it in made] == [(it.name, it.width, it.height) for it in plain]
    for fast, slow in zip(made, plain, strict=True):
        difference = load_image(store.get(fast.key)).astype(int) - load_image(store.get(slow.key)).astype(int)
        # Scaled by two ways to the same size, which for a flat grey is at most a rounding and WebP's own loss apart.
        assert abs(difference).max() <= 8
