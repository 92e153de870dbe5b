"""A clip in the making on disk: interrupted anywhere, damaged, crowded, refused."""

import shutil
from pathlib import Path

import pytest

from generation.artifacts import LocalArtifacts
from generation.errors import MediaError, StateError, StorageError
from generation.media.growing import GrowingMovie
from generation.media.movie import MovieFacts
from generation.pipeline.clip_folder import ClipFolder
from generation.pipeline.clip_order import ClipOrder
from tests.support.pipelines import tiny_pipeline

SECONDS = 3


class Died(BaseException):
    """Stands for the end of a process."""


class Making:
    """Makes one clip as the command line does, in as many processes as it takes."""

    def __init__(self, cache: Path, request) -> None:
        self.cache = cache
        self.request = request
        self.order = ClipOrder(request=request, flags=(), folder="/", threads=1, software="test")

    def begin(self, folder: ClipFolder) -> None:
        clip = tiny_pipeline(self.cache).start(self.request)
        folder.begin(self.order, texts=clip.texts, state=clip.state, context=clip.context)

    def go_on(self, folder: ClipFolder) -> MovieFacts:
        # As in a new process: nothing is in memory.
        stored = folder.load()
        assert stored.order == self.order
        clip = tiny_pipeline(self.cache).resume(self.request, stored.texts, stored.state, context=stored.context)
        for chunk in clip.watch(on_state=folder.save_state):
            folder.add(chunk)
        return folder.finish({"comment": "a test"})

    def make(self, output: Path) -> None:
        with ClipFolder(output) as folder:
            if not folder.holds_clip:
                self.begin(folder)
            self.go_on(folder)
            folder.discard()


@pytest.fixture
def making(cache, ask, picture) -> Making:
    return Making(cache, ask(seconds=SECONDS, image_path=picture))


@pytest.fixture
def begun(making, tmp_path):
    """A folder with two finished seconds of three, and no process at work in it."""
    folder = ClipFolder(tmp_path / "clip.mp4")
    with folder:
        making.begin(folder)
        stored = folder.load()
        clip = tiny_pipeline(making.cache).resume(making.request, stored.texts, stored.state, context=stored.context)
        for chunk in clip.watch(on_state=folder.save_state):
            folder.add(chunk)
            if chunk.index == 1:
                break
    return ClipFolder(tmp_path / "clip.mp4")


def test_folder_is_gone_when_the_clip_is_whole(making, tmp_path):
    making.make(tmp_path / "clip.mp4")

    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_growing_file_holds_every_finished_second(begun):
    with GrowingMovie(begun.growing) as movie:
        assert (movie.fragments, movie.frames) == (2, 48)


def snapshots(monkeypatch, folder: Path, target: Path) -> list[Path]:
    """Keep what a process that is killed after each write leaves behind."""
    kept: list[Path] = []

    def watched(original):
        def write(self, *arguments):
            result = original(self, *arguments)
            kept.append(target / f"{len(kept)}.mp4.making")
            shutil.copytree(folder, kept[-1])
            return result

        return write

    monkeypatch.setattr(LocalArtifacts, "put", watched(LocalArtifacts.put))
    monkeypatch.setattr(GrowingMovie, "append", watched(GrowingMovie.append))
    return kept


def test_clip_killed_after_any_write_becomes_the_same_bytes(making, tmp_path, monkeypatch):
    whole = tmp_path / "whole.mp4"
    with monkeypatch.context() as patch:
        kept = snapshots(patch, ClipFolder(whole).root, tmp_path)
        making.make(whole)
    # Texts, order, state; a state after the first stage; picture, latents and state per chunk.
    assert len(kept) == 4 + 3 * SECONDS

    for left in kept:
        output = left.with_suffix("")
        making.make(output)

        assert output.read_bytes() == whole.read_bytes(), left.name


def test_half_a_second_at_the_end_of_the_growing_file_is_made_again(begun, making, tmp_path):
    making.make(tmp_path / "whole.mp4")
    content = begun.growing.read_bytes()
    begun.growing.write_bytes(content + content[-len(content) // 3 :][:5000])

    making.make(begun.output)

    assert begun.output.read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def test_clip_that_dies_while_it_is_joined_becomes_the_same_bytes(making, tmp_path, monkeypatch):
    making.make(tmp_path / "whole.mp4")

    def die(self, target):
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die)
        # Artifacts are renamed too; only the joining is to die.
        patch.setattr(LocalArtifacts, "put", put_without_rename)
        with pytest.raises(Died):
            making.make(tmp_path / "clip.mp4")
    assert not (tmp_path / "clip.mp4").exists()
    making.make(tmp_path / "clip.mp4")

    assert (tmp_path / "clip.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def put_without_rename(self, key, data):
    path = self.path_of(key)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def test_unfinished_clip_is_not_replaced_unasked(begun, making):
    before = {path.name: path.read_bytes() for path in begun.root.iterdir()}

    with begun, pytest.raises(StateError, match="unfinished clip"):
        making.begin(begun)

    assert {path.name: path.read_bytes() for path in begun.root.iterdir()} == before


def test_discarding_leaves_what_others_put_there(begun):
    (begun.root / "notes.txt").write_text("mine")

    with begun:
        begun.discard()

    assert [path.name for path in begun.root.iterdir()] == ["notes.txt"]


def test_block_in_which_nothing_was_begun_leaves_no_trace(tmp_path):
    with ClipFolder(tmp_path / "clip.mp4"):
        assert len(list(tmp_path.iterdir())) == 1

    assert list(tmp_path.iterdir()) == []


def test_two_at_once_are_refused(begun):
    with begun, pytest.raises(StateError, match="another process"), ClipFolder(begun.output):
        pass


def test_nothing_to_go_on_with_is_said(tmp_path):
    with pytest.raises(StateError, match="no clip in the making"):
        ClipFolder(tmp_path / "clip.mp4").load()


@pytest.mark.parametrize("name", ["order.json", "texts", "state", "chunk_00000", "chunk_00001", "growing.mp4"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "deleted"])
def test_damaged_file_is_a_state_error(begun, name, damage):
    path = begun.root / (name if "." in name else f"{name}.safetensors")
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 0x55
    path.write_bytes({"cut": content[: len(content) * 2 // 3], "emptied": b""}.get(damage, content))
    if damage == "deleted":
        path.unlink()

    with begun, pytest.raises(StateError):
        begun.load()


def test_first_seconds_cannot_be_swapped(begun):
    chunks = [begun.root / f"chunk_0000{index}.safetensors" for index in range(2)]
    contents = [chunk.read_bytes() for chunk in chunks]
    for chunk, content in zip(chunks, reversed(contents), strict=True):
        chunk.write_bytes(content)

    with begun, pytest.raises(StateError, match="was changed"):
        begun.load()


def test_second_out_of_order_is_refused(begun, making, tmp_path):
    clip = tiny_pipeline(making.cache).start(making.request)
    last = list(clip)[-1]
    (begun.root / "growing.mp4").unlink()

    with begun, pytest.raises(StateError, match="must hold 2 finished seconds"):
        begun.add(last)


def test_foreign_file_in_the_growing_ones_place_is_a_state_error(making, tmp_path):
    with ClipFolder(tmp_path / "clip.mp4") as folder:
        making.begin(folder)
        folder.growing.write_text("a text of somebody else's")

        with pytest.raises(StateError, match="damaged"):
            making.go_on(folder)


def test_clip_without_a_second_cannot_be_finished(making, tmp_path):
    with ClipFolder(tmp_path / "clip.mp4") as folder:
        making.begin(folder)
        with GrowingMovie(folder.growing):
            pass

        with pytest.raises(MediaError):
            folder.finish({})

    assert not (tmp_path / "clip.mp4").exists()


def test_output_that_cannot_be_written_keeps_everything(begun, making):
    begun.output.mkdir()

    with begun:
        with pytest.raises(StorageError):
            making.go_on(begun)
        assert begun.holds_clip
        assert begun.saved_state.is_finished

    begun.output.rmdir()
    making.make(begun.output)

    assert begun.output.is_file()


def test_joining_holds_one_fragment_at_a_time(begun, making, monkeypatch):
    from generation.pipeline import clip_folder

    seen = []
    monkeypatch.setattr(clip_folder, "write_movie", lambda file, init, medias, tags: seen.append(medias))
    with begun:
        making.go_on(begun)

    assert not isinstance(seen[0], list | tuple)
