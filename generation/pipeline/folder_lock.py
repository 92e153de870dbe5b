"""Keeps a folder to one process at a time; a process that dies lets go by itself."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from generation.errors import StateError, StorageError

_NAME = ".lock"


class FolderLock:
    """A lock on a folder, which is made for it and deleted after it if nothing else is in there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def take(self) -> None:
        """Make the folder if need be and hold it, without waiting.

        Raises:
            StorageError: If it cannot be made or written to.
            StateError: If another process holds it.
        """
        while self._descriptor is None:
            try:
                self._folder.mkdir(exist_ok=True)
                descriptor = os.open(self._folder / _NAME, os.O_RDWR | os.O_CREAT, 0o644)
            except OSError as error:
                reason = error.strerror or str(error)
                raise StorageError(f"{self._folder} could not be made: {reason}; choose another place") from error
            if self._hold(descriptor):
                self._descriptor = descriptor
            else:
                os.close(descriptor)

    def release(self) -> None:
        """Let go; a folder with something in it stays."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            (self._folder / _NAME).unlink()
            self._folder.rmdir()
        os.close(self._descriptor)
        self._descriptor = None

    def _hold(self, descriptor: int) -> bool:
        """Lock the file; False if whoever had it deleted it meanwhile."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.path.samestat(os.fstat(descriptor), (self._folder / _NAME).stat())
        except BlockingIOError as error:
            os.close(descriptor)
            raise StateError(f"another process is at work in {self._folder}; wait until it is done") from error
        except FileNotFoundError:
            return False
