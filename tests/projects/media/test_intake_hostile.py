"""Pictures and clips that mean harm, through the very process that opens uploads."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.media.recipe import read_tags
from generation.media.sniffing import HEAD_BYTES, MediaKind, sniff
from generation.media.video import read_all
from projects.errors import Invalid
from projects.media import intake
from tests.support import hostile_clips, hostile_images

# Their pictures are all there; what else they hold is left behind.
TAKEN_CLIPS = {
    "data in another file", "data behind an alias", "file in a file", "cut by its last bytes", "no time at all",
    "pictures of 16,384 x 16,384", "a track of 65,535 x 65,535", "four thousand million places", "edits that go back",
    "more edits than there are", "empty fragments", "a cover that is a bomb", "pictures that change size",
}  # fmt: skip
MOST_BYTES = 256 * 2**20


def asked(tmp_path, data: bytes) -> dict:
    """What the child says of a file; its death is a refusal, too."""
    source, folder = tmp_path / "upload.part", tmp_path / "out"
    source.write_bytes(data)
    folder.mkdir()
    try:
        return intake._ask_child(source, folder)
    except Invalid as error:
        return {"error": "died", "message": str(error)}


def kept(tmp_path) -> list[Path]:
    return list((tmp_path / "out").iterdir())


def test_there_are_at_least_64_of_each():
    assert len(hostile_images.REFUSED) + len(hostile_images.TAKEN) >= 64
    assert len(hostile_clips.ALL) >= 64
    assert set(hostile_clips.ALL) > TAKEN_CLIPS


@pytest.mark.parametrize("name", hostile_images.REFUSED)
def test_a_hostile_picture_is_refused_at_little_cost(tmp_path, name):
    answer = asked(tmp_path, hostile_images.REFUSED[name]())

    assert answer.get("error") in ("media_unreadable", "unreadable_media"), answer
    assert answer["cpu_seconds"] <= 1
    assert answer["peak_bytes"] <= MOST_BYTES
    assert kept(tmp_path) == []


@pytest.mark.parametrize("name", hostile_images.TAKEN)
def test_an_odd_picture_becomes_a_plain_one(tmp_path, name):
    data = hostile_images.TAKEN[name]()

    answer = asked(tmp_path, data)

    assert "error" not in answer, answer
    (file,) = kept(tmp_path)
    out = file.read_bytes()
    image = Image.open(io.BytesIO(out))
    assert image.format in ("PNG", "JPEG")
    assert (image.mode, getattr(image, "n_frames", 1)) == ("RGB", 1)
    assert not image.getexif()
    assert not set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for told in (hostile_images.PLACE, hostile_images.MARK, b"<script", b"PK\x03\x04", b"not a profile"):
        assert told not in out
    assert sniff(out[:HEAD_BYTES]) in (MediaKind.PNG, MediaKind.JPEG)


@pytest.mark.parametrize(
    ("orientation", "size", "top_left"), [(1, (40, 30), "red"), (3, (40, 30), "blue"), (6, (30, 40), "blue")]
)
def test_a_picture_is_turned_as_its_camera_said(tmp_path, orientation, size, top_left):
    asked(tmp_path, hostile_images.with_exif("JPEG", orientation))

    (file,) = kept(tmp_path)
    image = Image.open(file)
    red, _, blue = image.getpixel((2, 2))
    assert image.size == size
    assert ("red" if red > blue else "blue") == top_left


@pytest.fixture
def canary(tmp_path) -> Path:
    return hostile_clips.canary(tmp_path)


@pytest.mark.parametrize("name", hostile_clips.ALL)
def test_a_hostile_clip_is_refused_or_made_anew_and_shows_nobody_elses_file(tmp_path, canary, name):
    answer = asked(tmp_path, hostile_clips.ALL[name](canary))

    assert ("error" not in answer) == (name in TAKEN_CLIPS), answer
    assert answer["cpu_seconds"] <= 20
    assert answer["peak_bytes"] <= MOST_BYTES
    if name not in TAKEN_CLIPS:
        assert kept(tmp_path) == []
        return
    (file,) = kept(tmp_path)
    out = file.read_bytes()
    frames = read_all(out)
    assert np.abs(frames.astype(int) - hostile_clips.MAGENTA).max(axis=-1).min() > 60
    assert hostile_clips.SECRET not in out
    assert str(canary).encode() not in out
    assert set(read_tags(out)) <= {"major_brand", "minor_version", "compatible_brands"}


def test_the_canary_would_be_seen(tmp_path, canary):
    asked(tmp_path, canary.read_bytes())

    (file,) = kept(tmp_path)
    assert np.abs(read_all(file.read_bytes()).astype(int) - hostile_clips.MAGENTA).max(axis=-1).min() < 20
    assert hostile_clips.SECRET in canary.read_bytes()


# As root a limit could be raised again; the reader has left those rights behind with the network.
LIMITS = """
import os, sys; sys.path.insert(0, {root!r})
from projects.media.isolation import leave_network
if not leave_network() and os.getuid() == 0: sys.exit(99)
from projects.media.intake_child import give_up_rights, _limit_cpu
give_up_rights()
{attempt}
"""


@pytest.mark.parametrize(
    ("attempt", "ends"),
    [
        ("pass", 0),
        ("bytearray(3 * 2**30)", 1),
        ("held = [open('/dev/null') for _ in range(100)]", 1),
        ("_limit_cpu(1)\nwhile True: pass", -24),
        ("import resource; resource.setrlimit(resource.RLIMIT_CPU, (999, 999))", 1),
    ],
)
def test_rights_that_are_given_up_are_gone(attempt, ends):
    program = LIMITS.format(root=str(Path(intake.__file__).parents[2]), attempt=attempt)

    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=False, timeout=60)

    if done.returncode == 99:
        pytest.skip("root keeps its rights where the kernel does not let it leave the network")
    assert done.returncode == ends, done.stderr
