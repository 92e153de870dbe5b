import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.artifacts import (
    ArtifactStore,
    LocalArtifacts,
    atomic_write,
    make_folder,
    sha256_of_bytes,
    sha256_of_file,
)
from generation.errors import StorageError

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from generation.artifacts import atomic_write
from generation.errors import StorageError

# Writes past the limit fail with EFBIG instead of killing the process.
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    atomic_write(Path(sys.argv[1]), [b"x" * 1000] * 100)
except StorageError as error:
    print(error)
"""


def failing(code: int):
    def fail(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    return fail


def test_a_file_is_written_with_its_folders(tmp_path):
    path = tmp_path / "takes/7/state.bin"

    atomic_write(path, b"state")

    assert path.read_bytes() == b"state"
    assert [entry.name for entry in path.parent.iterdir()] == ["state.bin"]


def test_pieces_are_joined_and_replace_what_was_there(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"a longer file than the new one")

    atomic_write(path, (piece for piece in [b"one", b"", b"two"]))

    assert path.read_bytes() == b"onetwo"


@pytest.mark.parametrize("data", [bytearray(b"frames"), memoryview(b"frames")])
def test_other_buffers_are_written_like_bytes(tmp_path, data):
    atomic_write(tmp_path / "a", data)

    assert (tmp_path / "a").read_bytes() == b"frames"


def test_a_written_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_bytes(b"")

    atomic_write(tmp_path / "written", b"")

    assert (tmp_path / "written").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_when_the_pieces_fail_the_old_file_stays_and_their_error_passes_through(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"old")

    def pieces():
        yield b"new"
        raise ConnectionResetError("the maker's own error")

    with pytest.raises(ConnectionResetError):
        atomic_write(path, pieces())

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EIO, "disk reports an error"), (errno.EROFS, "read-only")],
)
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_is_told_in_words_and_leaves_the_old_file(tmp_path, monkeypatch, call, code, words):
    path = tmp_path / "state.bin"
    path.write_bytes(b"old")
    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), failing(code))

    with pytest.raises(StorageError, match=words):
        atomic_write(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_system_that_cannot_sync_folders_is_written_to_all_the_same(tmp_path, monkeypatch):
    sync = os.fsync

    def sync_files_only(descriptor):
        if Path(f"/proc/self/fd/{descriptor}").is_dir():
            raise OSError(errno.EINVAL, "not supported")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync_files_only)

    atomic_write(tmp_path / "a", b"data")

    assert (tmp_path / "a").read_bytes() == b"data"


def test_a_size_limit_in_mid_write_leaves_the_old_file_and_no_part_of_the_new(tmp_path):
    path = tmp_path / "state.bin"
    path.write_bytes(b"old")

    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True, timeout=60
    )

    assert "the disk is full or a size limit is reached" in done.stdout
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def tiny_disk(tmp_path):
    """A real file system of 64 KiB, where this machine lets one be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False).returncode
    ):
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_leaves_the_old_file_and_no_part_of_the_new(tiny_disk):
    store = LocalArtifacts(tiny_disk)
    store.put("takes/1", b"old")

    with pytest.raises(StorageError, match="disk is full"):
        store.put("takes/1", [b"x" * 4096] * 100)

    assert store.get("takes/1") == b"old"
    assert [path.name for path in (tiny_disk / "takes").iterdir()] == ["1"]
    store.put("takes/2", b"there is room for this")


def test_a_folder_that_is_a_file_is_a_storage_error(tmp_path):
    (tmp_path / "takes").write_bytes(b"")

    with pytest.raises(StorageError, match=r"could not make the folder.*: a file has the name of a folder; choose"):
        atomic_write(tmp_path / "takes/1", b"state")
    with pytest.raises(StorageError, match=r"could not make the folder.*: a file has the name of a folder; choose"):
        make_folder(tmp_path / "takes")


def test_a_folder_is_made_with_those_above_it_once(tmp_path):
    make_folder(tmp_path / "runs/one")
    make_folder(tmp_path / "runs/one")

    assert (tmp_path / "runs/one").is_dir()


def test_a_folder_that_nothing_can_be_written_into_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda folder, mode: False)

    with pytest.raises(StorageError, match=r"could not make the folder.*: the folder is read-only or not permitted"):
        make_folder(tmp_path)


def test_a_store_keeps_reads_and_forgets(tmp_path):
    store: ArtifactStore = LocalArtifacts(tmp_path / "artifacts")

    store.put("takes/7/chunk-1.mp4", b"frames")

    assert store.exists("takes/7/chunk-1.mp4")
    assert store.get("takes/7/chunk-1.mp4") == b"frames"
    assert store.path_of("takes/7/chunk-1.mp4") == tmp_path / "artifacts/takes/7/chunk-1.mp4"
    store.delete("takes/7/chunk-1.mp4")
    assert not store.exists("takes/7/chunk-1.mp4")
    store.delete("takes/7/chunk-1.mp4")


@pytest.mark.parametrize("key", ["nothing", "takes", "takes/1/below-a-file"])
def test_what_is_not_there_is_a_storage_error(tmp_path, key):
    store = LocalArtifacts(tmp_path)
    store.put("takes/1", b"state")

    assert not store.exists(key)
    with pytest.raises(StorageError, match="there is no artifact"):
        store.get(key)


def test_deleting_below_a_file_is_no_error(tmp_path):
    store = LocalArtifacts(tmp_path)
    store.put("takes", b"")

    store.delete("takes/1")


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../up", "a/../b", "a/./b", "a//b", "a/", ".hidden", "a/.x.partial", "a\\b", "a b", "a\n", "ä",
     "a\x00", "a" * 256, "a/" * 600 + "a"],
)  # fmt: skip
def test_a_key_that_could_lead_elsewhere_is_refused(tmp_path, key):
    store = LocalArtifacts(tmp_path)

    for call in (store.get, store.exists, store.delete, store.path_of, lambda key: store.put(key, b"")):
        with pytest.raises(StorageError, match="artifact key must be"):
            call(key)
    assert list(tmp_path.iterdir()) == []


@given(st.text(st.sampled_from("aZ0._-/\\~\n "), max_size=30))
def test_no_key_leads_out_of_the_root(key):
    root = Path("/artifacts")

    try:
        path = LocalArtifacts(root).path_of(key)
    except StorageError:
        return

    assert Path(os.path.normpath(path)) == path
    assert root in path.parents


def test_a_store_makes_no_folder_before_it_is_written_to(tmp_path):
    assert not LocalArtifacts(tmp_path / "artifacts").exists("a")

    assert list(tmp_path.iterdir()) == []


def test_content_hashes_of_a_file_and_of_its_bytes_agree(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")

    assert sha256_of_file(tmp_path / "a") == sha256_of_bytes(b"abc")
    assert sha256_of_bytes(b"abc").startswith("ba7816bf")
    with pytest.raises(StorageError, match="could not read"):
        sha256_of_file(tmp_path / "b")
