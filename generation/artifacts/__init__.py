"""Files that are whole or absent: atomic writes, and a store of artifacts under readable keys.

A crash, a full disk or a pulled plug leaves either the old file or the new one, never a part of one. Everything
that outlives a process goes through here: sampler states, chunks, finished clips, cached embeddings.
"""

import errno
import hashlib
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from generation.errors import StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)
_IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR)
_PIECE_BYTES = 256 * 1024
_MAX_KEY_CHARACTERS = 1024
_MAX_NAME_CHARACTERS = 255
# Names do not start with a dot, so keys reach neither parent folders nor the partial files of a write.
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class ArtifactStore(Protocol):
    """Where artifacts are kept; a key is a relative path of names made of ``A-Za-z0-9._-``."""

    def put(self, key: str, data: bytes | Iterable[bytes]) -> None:
        """Keep data under a key, whole or not at all, in place of what was there."""

    def get(self, key: str) -> bytes:
        """Read an artifact back; raises :class:`StorageError` if there is none."""

    def exists(self, key: str) -> bool:
        """Whether there is an artifact under a key."""

    def delete(self, key: str) -> None:
        """Forget an artifact; no error if there is none."""

    def size_of(self, key: str) -> int:
        """How many bytes an artifact has; raises :class:`StorageError` if there is none."""

    def pieces(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Bytes ``[start, stop)`` of an artifact, read a piece at a time."""

    def stored(self, prefix: str, *, after: str = "") -> Iterator[tuple[str, float]]:
        """Keys that begin with a folder's name, in an order of the store's own, with the time of writing (Unix)."""

    def path_of(self, key: str) -> Path | None:
        """Where the artifact lies on this machine, or will; None if the store is not on this machine."""


class LocalArtifacts:
    """Artifacts as files in one folder, which is made when first written to."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def put(self, key: str, data: bytes | Iterable[bytes]) -> None:
        """Write an artifact; returns when it would survive a power cut.

        Raises:
            StorageError: If the key is not one, or the disk is full, read-only or broken. What was stored under
                the key before is then still there.
        """
        atomic_write(self.path_of(key), data)

    def get(self, key: str) -> bytes:
        """Read an artifact.

        Raises:
            StorageError: If there is none, or it cannot be read.
        """
        path = self.path_of(key)
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise StorageError(f"there is no artifact {key!r} in {self._root}") from None
        except OSError as error:
            raise _storage_error("read", path, error) from error

    def size_of(self, key: str) -> int:
        """How many bytes an artifact has.

        Raises:
            StorageError: If there is none, or its folder cannot be looked into.
        """
        path = self.path_of(key)
        with _storage_errors("look for", path):
            return path.stat().st_size

    def pieces(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Bytes ``[start, stop)`` of an artifact, a piece at a time.

        Raises:
            StorageError: If there is none, or it cannot be read.
        """
        path = self.path_of(key)
        with _storage_errors("read", path), path.open("rb") as file:
            file.seek(start)
            left = stop - start
            while left > 0 and (piece := file.read(min(_PIECE_BYTES, left))):
                left -= len(piece)
                yield piece

    def exists(self, key: str) -> bool:
        """Whether there is an artifact under a key.

        Raises:
            StorageError: If the key is not one, or its folder cannot be looked into.
        """
        path = self.path_of(key)
        with _storage_errors("look for", path):
            return path.is_file()

    def delete(self, key: str) -> None:
        """Delete an artifact; no error if there is none.

        Raises:
            StorageError: If the key is not one, or the file cannot be deleted.
        """
        path = self.path_of(key)
        with _storage_errors("delete", path), suppress(NotADirectoryError):
            path.unlink(missing_ok=True)

    def stored(self, prefix: str, *, after: str = "") -> Iterator[tuple[str, float]]:
        """Keys below a folder in the order of their names, and when each was written.

        Args:
            prefix: A folder, such as ``takes``; one that is not there holds nothing.
            after: Go on after this key.

        Raises:
            StorageError: If a folder cannot be looked into.
        """
        yield from self._below(check_key(prefix), check_key(after) if after else [])

    def _below(self, names: list[str], after: list[str]) -> Iterator[tuple[str, float]]:
        folder = self._root.joinpath(*names)
        with _storage_errors("look into", folder):
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except (FileNotFoundError, NotADirectoryError):
                # Gone since it was seen.
                return
        for entry in entries:
            here = [*names, entry.name]
            # Partial files of a write begin with a dot, and are no artifacts.
            if entry.name.startswith(".") or (after and here < after[: len(here)]):
                continue
            if entry.is_dir():
                yield from self._below(here, after)
            elif not after or here > after:
                with suppress(FileNotFoundError):
                    yield "/".join(here), entry.stat().st_mtime

    def path_of(self, key: str) -> Path:
        """The file of a key, whether it exists or not.

        Raises:
            StorageError: If the key is not a relative path of plain names.
        """
        return self._root.joinpath(*check_key(key))


def check_key(key: str) -> list[str]:
    """The names of a key, which lead nowhere else.

    Raises:
        StorageError: If the key is not a relative path of plain names.
    """
    names = key.split("/")
    if (
        not _KEY.fullmatch(key)
        or len(key) > _MAX_KEY_CHARACTERS
        or any(len(name) > _MAX_NAME_CHARACTERS for name in names)
    ):
        raise StorageError(
            "an artifact key must be names of A-Z a-z 0-9 . _ - joined by /, none starting with a dot, at most "
            f"{_MAX_KEY_CHARACTERS} characters, got {key[:200]!r}"
        )
    return names


def atomic_write(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file whole or not at all; returns when it would survive a power cut.

    The data goes to a hidden file in the same folder, which is then renamed. Missing folders are made.

    Args:
        path: The file; what is there is replaced at once, and survives any failure.
        data: All bytes, or pieces of them. If the iterable raises, that error passes through and nothing is written.

    Raises:
        StorageError: If the disk is full, read-only or broken; no partial file is left.
    """
    partial = path.with_name(f".{uuid.uuid4().hex}.partial")
    pieces = (bytes(data),) if isinstance(data, bytes | bytearray | memoryview) else data
    try:
        with _storage_errors("make the folder of", path):
            _make_folder(path.parent)
        _write_through(partial, path, pieces)
        with _storage_errors("write", path):
            partial.replace(path)
            sync_folder(path.parent)
    except BaseException:
        # Whatever happened, cancelling included; the first error is the one to tell.
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the file system can.

    A file's name belongs to its folder, which is flushed on its own.

    Raises:
        OSError: If the disk refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems keep names safe by themselves and refuse this call.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def sha256_of_bytes(data: bytes) -> str:
    """Content hash of data in memory, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Content hash of a file of any size, 64 hexadecimal digits.

    Raises:
        StorageError: If the file cannot be read.
    """
    with _storage_errors("read", path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_through(partial: Path, path: Path, pieces: Iterable[bytes]) -> None:
    with _storage_errors("write", path):
        file = partial.open("xb")
    # The pieces are drawn outside of _storage_errors: an OSError of their maker is not this disk's.
    try:
        for piece in pieces:
            with _storage_errors("write", path):
                file.write(piece)
        with _storage_errors("write", path):
            file.flush()
            os.fsync(file.fileno())
    finally:
        # Closing flushes again, so on a full disk it fails again.
        with suppress(OSError):
            file.close()


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for files that are written much later: a wrong path is told at once.

    Raises:
        StorageError: If something else has the name, or files cannot be written there.
    """
    with _storage_errors("make the folder", folder):
        _make_folder(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


@contextmanager
def _storage_errors(action: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _storage_error(action, path, error) from error


def _storage_error(action: str, path: Path, error: OSError) -> StorageError:
    if error.errno in _FULL:
        reason = "the disk is full or a size limit is reached; free some space"
    elif error.errno in _REFUSED:
        reason = "the folder is read-only or not permitted; choose another one or change its permissions"
    elif error.errno in _IN_THE_WAY:
        reason = "a file has the name of a folder; choose another one"
    elif error.errno == errno.EIO:
        reason = "the disk reports an error; check it"
    else:
        reason = error.strerror or str(error)
    return StorageError(f"could not {action} {path}: {reason}")
