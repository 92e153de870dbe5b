"""What a person, a stranger or a disk can do wrong: a typed error, nothing broken, nothing that looks whole."""

import resource
import shutil
import struct
import zlib

import pytest

from generation.errors import GenerationError, MediaError, StorageError, WeightsError
from generation.media.video import read_all
from generation.pipeline.clip_folder import ClipFolder
from tests.support.magi_layout import write_magi_config
from tests.support.pipelines import write_clip


@pytest.fixture
def output(tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "clip.mp4").write_text("what was there before")
    return folder / "clip.mp4"


def assert_untouched(output):
    assert output.read_text() == "what was there before"
    assert [path.name for path in output.parent.iterdir()] == ["clip.mp4"]


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """A picture that claims 60000 x 60000 pixels."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(bytes(10_000))) + png_chunk(b"IEND", b"")


@pytest.fixture
def hostile(tmp_path, picture):
    """Files that are no picture, no clip, or only half of one."""
    clip = write_clip(tmp_path / "good.mp4", frames=30)
    contents = {
        "empty": b"",
        "text": b"just words\n" * 50,
        "half.png": picture.read_bytes()[: picture.stat().st_size // 2],
        "bomb.png": bomb(),
        "half.mp4": clip.read_bytes()[:2000],
        "page.html": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        "list.m3u8": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        "noise": bytes(range(256)) * 100,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


@pytest.mark.parametrize("flag", ["--image_path", "--prefix_video_path"])
def test_unreadable_and_hostile_media_are_refused(generate, small, output, hostile, flag):
    for path in hostile:
        with pytest.raises(MediaError):
            generate(*small, flag, path, "--output_path", output)
        assert_untouched(output)


def test_picture_is_no_clip_and_a_clip_no_picture(generate, small, output, picture, tmp_path):
    clip = write_clip(tmp_path / "clip.mp4", frames=3)
    for flags in (("--image_path", clip), ("--prefix_video_path", picture)):
        with pytest.raises(MediaError):
            generate(*small, *flags, "--output_path", output)
    assert_untouched(output)


@pytest.mark.parametrize(
    "flags",
    [
        ("--prompt", ""),
        ("--prompt", "x" * 2**20),
        ("--prompt", "a", "--seconds", "0"),
        ("--prompt", "a", "--seconds", "11"),
        ("--prompt", "a", "--seconds", "nan"),
        ("--prompt", "a", "--width", "-64", "--height", "-64"),
        ("--prompt", "a", "--width", "8", "--height", "8"),
        ("--prompt", "a", "--steps", "7"),
        ("--prompt", "a", "--image_path", "nowhere.png"),
        ("--prompt", "a", "--prefix_video_path", "nowhere.mp4"),
        ("--prompt", "a", "--preset", "none"),
        ("--prompt", "a", "--device", "cuda:77"),
        ("--prompt", "a", "--config_file", "nowhere.json"),
        ("--prompt", "a", "--preset", "magi_4_5b_base"),
        ("--prompt", "a", "--preset", "magi_4_5b_base", "--controls", "none", "--weights", "nowhere"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_touched(generate, output, flags):
    with pytest.raises(GenerationError) as raised:
        generate(*flags, "--output_path", output)

    assert len(str(raised.value)) < 2000
    assert_untouched(output)


@pytest.fixture
def weights(tmp_path, reference_root):
    """A configuration file, and a shard of its weights that can be damaged."""
    (tmp_path / "model").mkdir()
    path = write_magi_config(tmp_path / "model", reference_root)
    shard = min((tmp_path / "model/ckpt/magi/4.5B_base/inference_weight").glob("*.safetensors"))
    shard.parent.chmod(0o755)
    shard.chmod(0o644)
    return path, shard


# A pickle that would run a program, and stays one under an honest name.
PICKLE = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."


@pytest.mark.parametrize("damage", ["cut", "reversed", "pickled", "archived", "deleted"])
def test_damaged_weights_are_refused(generate, output, weights, damage):
    path, shard = weights
    content = shard.read_bytes()
    damaged = {"cut": content[: len(content) // 2], "reversed": content[::-1], "pickled": PICKLE}
    shard.write_bytes(damaged.get(damage, b"PK\3\4" + content))
    if damage == "deleted":
        shard.unlink()

    with pytest.raises(WeightsError):
        generate("--config_file", path, "--controls", "none", "--prompt", "waves", "--output_path", output)
    assert_untouched(output)


@pytest.fixture
def disk_of():
    """No file of this process may grow beyond so many bytes: what a full disk looks like."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(num_bytes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


FLAGS = ("--width", "96", "--height", "96", "--steps", "4", "--window", "2", "--seconds", "3", "--prompt", "waves")


def test_full_disk_keeps_what_is_finished_and_the_clip_goes_on_later(generate, output, disk_of, tmp_path):
    generate(*FLAGS, "--output_path", tmp_path / "whole.mp4")
    whole = (tmp_path / "whole.mp4").stat().st_size
    sizes = (100, 5_000, whole // 4, whole // 2, whole * 4 // 5, whole - 100)

    finished = []
    for size in sizes:
        disk_of(size)
        with pytest.raises(StorageError):
            generate(*FLAGS, "--output_path", output)
        assert output.read_text() == "what was there before"
        disk_of(resource.RLIM_INFINITY)
        folder = ClipFolder(output)
        finished.append(folder.load().state.num_finished_chunks if folder.holds_clip else 0)
        if finished[-1]:
            # What plays while it grows is whole as far as it goes.
            assert len(read_all(folder.growing)) == 24 * finished[-1]
        if folder.holds_clip:
            generate("--resume", output)
            assert output.read_bytes() == (tmp_path / "whole.mp4").read_bytes()
            output.write_text("what was there before")
        assert_untouched(output)

    # From nothing at all to all but the joining.
    assert finished[0] == 0
    assert finished[-1] == 3


def test_folder_that_vanishes_while_the_clip_is_made_is_a_storage_error(generate, output, monkeypatch):
    add = ClipFolder.add

    def vanish(self, chunk):
        shutil.rmtree(self.output.parent)
        add(self, chunk)

    monkeypatch.setattr(ClipFolder, "add", vanish)

    with pytest.raises(StorageError):
        generate(*FLAGS, "--output_path", output)
