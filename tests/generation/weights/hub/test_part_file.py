"""Parts: held by one process, given their name only when whole, and honest about a full disk."""

import errno
import fcntl
import hashlib
import os
from pathlib import Path

import pytest

from generation.errors import DownloadError, StorageError
from generation.weights.hub import part_file
from generation.weights.hub.listing import RemoteFile
from generation.weights.hub.part_file import is_whole, open_part, part_length

CONTENT = b"0123456789" * 100


def remote(content: bytes = CONTENT) -> RemoteFile:
    return RemoteFile(
        path="a/model", url="", num_bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), git_sha1=""
    )


def go_on() -> None:
    pass


def test_a_part_is_taken_up_with_its_hash(tmp_path) -> None:
    target = tmp_path / "deep" / "model"
    with open_part(target, remote(), should_stop=go_on) as part:
        part.restart('"tag"')
        part.append(CONTENT[:300])
        assert not part.is_right
    assert part_length(target) == 300

    with open_part(target, remote(), should_stop=go_on) as part:
        assert (part.length, part.etag) == (300, '"tag"')
        part.append(CONTENT[300:])
        assert part.is_right
        part.finish()

    assert target.read_bytes() == CONTENT
    assert part_length(target) == 0
    assert [path.name for path in target.parent.iterdir()] == ["model"]


def test_two_processes_cannot_fetch_the_same_file(tmp_path) -> None:
    target = tmp_path / "model"

    with open_part(target, remote(), should_stop=go_on) as part:
        part.append(CONTENT[:10])
        with (
            pytest.raises(DownloadError, match="another process is fetching model"),
            open_part(target, remote(), should_stop=go_on),
        ):
            pass
        assert part_length(target) == 10


def test_a_part_that_was_finished_while_waiting_for_it_is_not_touched(tmp_path, monkeypatch) -> None:
    target = tmp_path / "model"
    locks = []

    def lock(handle: int, operation: int) -> None:
        # The other process renames its part between our opening and our locking it.
        if not locks:
            (tmp_path / "model.part").write_bytes(CONTENT)
            (tmp_path / "model.part").replace(target)
        locks.append(handle)
        return flock(handle, operation)

    flock = fcntl.flock
    monkeypatch.setattr(part_file.fcntl, "flock", lock)

    with open_part(target, remote(), should_stop=go_on):
        pass

    assert len(locks) == 2
    assert target.read_bytes() == CONTENT


def test_a_full_disk_keeps_what_was_written_and_says_so(tmp_path, monkeypatch) -> None:
    target = tmp_path / "model"

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with open_part(target, remote(), should_stop=go_on) as part:
        part.append(CONTENT[:10])
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="disk is full"):
            part.finish()
    assert part_length(target) == 10


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(StorageError, match="cannot be written"),
        open_part(tmp_path / "file" / "model", remote(), should_stop=go_on),
    ):
        pass


def test_whole_files_are_known_by_size_and_hash(tmp_path) -> None:
    target = tmp_path / "model"
    assert not is_whole(target, remote(), should_stop=go_on)
    for content, whole in ((CONTENT[:-1], False), (b"x" + CONTENT[1:], False), (CONTENT, True)):
        target.write_bytes(content)
        assert is_whole(target, remote(), should_stop=go_on) == whole


def test_git_files_are_known_by_gits_hash(tmp_path) -> None:
    target = tmp_path / "config.json"
    target.write_bytes(b"what is up, doc?")
    known = RemoteFile(
        path="a/config.json", url="", num_bytes=16, sha256="", git_sha1="bd9dbf5aae1a3862dd1526723246b20206e5fc37"
    )

    assert is_whole(target, known, should_stop=go_on)


def test_a_large_file_is_hashed_once_and_then_believed_until_it_changes(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(part_file, "_LEAST_RECORDED", 100)
    target: Path = tmp_path / "model"
    target.write_bytes(CONTENT)
    hashed: list[int] = []

    def count() -> None:
        hashed.append(1)

    assert is_whole(target, remote(), should_stop=count)
    assert is_whole(target, remote(), should_stop=count)
    assert len(hashed) == 1
    assert (tmp_path / "model.sha256").read_text() == f"{remote().sha256}  model\n"

    target.write_bytes(b"x" + CONTENT[1:])
    later = (tmp_path / "model.sha256").stat().st_mtime_ns + 10**9
    os.utime(target, ns=(later, later))
    assert not is_whole(target, remote(), should_stop=count)
