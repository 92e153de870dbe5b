"""A file that is still arriving: what is there, what it is a part of, and its hash so far.

``model.safetensors`` grows as ``model.safetensors.part``, beside a note ``model.safetensors.part.json`` that says what
it is to become: size, hash, and the server's ETag. Any process can go on with it later; a part that belongs to
something else is started anew. Only one process at a time may hold it.
"""

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from generation.artifacts import sync_folder
from generation.errors import DownloadError, StorageError
from generation.weights.hub.listing import RemoteFile

_BLOCK = 2**20
# Smaller files are hashed again rather than believed.
_LEAST_RECORDED = 16 * 2**20


def _new_hash(remote: RemoteFile) -> "hashlib._Hash":
    if remote.sha256:
        return hashlib.sha256()
    # Git hashes a short header before the content. It is its checksum here, not a defence.
    return hashlib.sha1(f"blob {remote.num_bytes}\0".encode(), usedforsecurity=False)


def _storage_error(path: Path, error: OSError) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"the disk is full: {path} cannot grow; make room and start again to go on")
    return StorageError(f"{path} cannot be written: {error.strerror or error}")


class PartFile:
    """The beginning of a file; made by :func:`open_part`."""

    def __init__(self, *, target: Path, remote: RemoteFile, file: FileIO) -> None:
        self.target = target
        self.remote = remote
        # The ETag under which the bytes so far came; empty if none or a weak one.
        self.etag = ""
        self.length = 0
        # The longest it has been: restarts are no progress.
        self.furthest = 0
        self._file = file
        self._hash = _new_hash(remote)

    @property
    def _note(self) -> Path:
        return self.target.with_name(self.target.name + ".part.json")

    def take_up(self, should_stop: Callable[[], None]) -> None:
        """Keep what an earlier process left, if it is a part of the same content."""
        identity = {"bytes": self.remote.num_bytes, "sha256": self.remote.sha256, "git_sha1": self.remote.git_sha1}
        try:
            note = json.loads(self._note.read_text("utf-8"))
        except (OSError, ValueError):
            note = None
        present = os.fstat(self._file.fileno()).st_size
        same = isinstance(note, dict) and {name: note.get(name) for name in identity} == identity
        if not same or present > self.remote.num_bytes:
            self.restart("")
            return
        self.etag = str(note.get("etag", "")) if isinstance(note, dict) else ""
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            should_stop()
            self._hash.update(block)
            self.length += len(block)
        self.furthest = self.length

    def restart(self, etag: str) -> None:
        """Throw away what is there and note what comes.

        Raises:
            StorageError: If the disk refuses.
        """
        note = {
            "bytes": self.remote.num_bytes,
            "sha256": self.remote.sha256,
            "git_sha1": self.remote.git_sha1,
            "etag": etag,
        }
        unfinished = self._note.with_name(self._note.name + ".new")
        try:
            self._file.seek(0)
            self._file.truncate()
            unfinished.write_text(json.dumps(note), "utf-8")
            unfinished.replace(self._note)
        except OSError as error:
            raise _storage_error(self.target, error) from error
        self.etag, self.length, self._hash = etag, 0, _new_hash(self.remote)

    def append(self, block: bytes) -> None:
        """Add bytes at the end.

        Raises:
            StorageError: If the disk refuses; what was written before is kept.
        """
        rest = memoryview(block)
        try:
            while rest:
                written = self._file.write(rest)
                self._hash.update(rest[:written])
                self.length += written
                rest = rest[written:]
        except OSError as error:
            raise _storage_error(self.target, error) from error
        self.furthest = max(self.furthest, self.length)

    @property
    def is_right(self) -> bool:
        """Whether all of it is there and has the hash that was promised."""
        return self.length == self.remote.num_bytes and self._hash.hexdigest() == (
            self.remote.sha256 or self.remote.git_sha1
        )

    def finish(self) -> None:
        """Give it its name, once its bytes are on the disk.

        Raises:
            StorageError: If the disk refuses.
        """
        part = self.target.with_name(self.target.name + ".part")
        try:
            os.fsync(self._file.fileno())
            part.replace(self.target)
            _record(self.target, self.remote)
            self._note.unlink(missing_ok=True)
            sync_folder(self.target.parent)
        except OSError as error:
            raise _storage_error(self.target, error) from error


def _lock(path: Path) -> FileIO:
    """Open a part for this process alone.

    Raises:
        DownloadError: If another process is at it.
    """
    while True:
        file = FileIO(path, "a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise DownloadError(
                f"another process is fetching {path.name.removesuffix('.part')}; wait for it"
            ) from error
        # Whoever held it may have finished and renamed it in between: then this is no longer the part.
        if path.exists() and os.fstat(file.fileno()).st_ino == path.stat().st_ino:
            return file
        file.close()


@contextmanager
def open_part(target: Path, remote: RemoteFile, *, should_stop: Callable[[], None]) -> Iterator[PartFile]:
    """Take up the part of a file, or begin one; its folder is made.

    Args:
        target: Where the whole file will be.
        remote: What it is to become.
        should_stop: Raises if the caller asked to stop; called while what is there is hashed.

    Raises:
        DownloadError: If another process is fetching it.
        StorageError: If the disk refuses.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = _lock(target.with_name(target.name + ".part"))
    except OSError as error:
        raise _storage_error(target, error) from error
    with file:
        part = PartFile(target=target, remote=remote, file=file)
        part.take_up(should_stop)
        yield part


def part_length(target: Path) -> int:
    """How many bytes of a file have arrived so far; 0 without a part."""
    part = target.with_name(target.name + ".part")
    return part.stat().st_size if part.is_file() else 0


def _record_path(target: Path) -> Path:
    # As the sha256sum tool reads it.
    return target.with_name(target.name + ".sha256")


def _record(target: Path, remote: RemoteFile) -> None:
    """Note that a large file was checked, so that it need not be hashed the next time."""
    if remote.sha256 and remote.num_bytes >= _LEAST_RECORDED:
        _record_path(target).write_text(f"{remote.sha256}  {target.name}\n", "utf-8")


def is_whole(target: Path, remote: RemoteFile, *, should_stop: Callable[[], None]) -> bool:
    """Whether a file is there with the right content: by the note of an earlier check, else by its hash.

    Args:
        target: The file.
        remote: What it must be.
        should_stop: Raises if the caller asked to stop.
    """
    if not target.is_file() or target.stat().st_size != remote.num_bytes:
        return False
    record = _record_path(target)
    if remote.sha256 and record.is_file() and record.stat().st_mtime_ns >= target.stat().st_mtime_ns:
        return record.read_text("utf-8", errors="replace").split()[:1] == [remote.sha256]
    content = _new_hash(remote)
    with target.open("rb") as file:
        while block := file.read(_BLOCK):
            should_stop()
            content.update(block)
    if content.hexdigest() != (remote.sha256 or remote.git_sha1):
        return False
    _record(target, remote)
    return True
