"""One studio per data folder: whoever holds the lock runs it, and says where."""

import fcntl
import json
import os
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType


class RunsAlready(Exception):  # noqa: N818 - an outcome
    """Another process runs this studio; ``str`` says where."""


class StudioLock:
    """Held as long as the process lives; the system frees it whatever happens."""

    def __init__(self, data: Path) -> None:
        self._path = data / "studio.lock"
        self._file: TextIOWrapper | None = None

    def __enter__(self) -> "StudioLock":
        """Take it.

        Raises:
            RunsAlready: If somebody else has it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            known = _read(file.read())
            file.close()
            raise RunsAlready(
                f"this studio runs already, at {known.get('address', 'an address it has not said yet')} "
                f"(process {known.get('pid', '?')})"
            ) from None
        self._file = file
        return self

    def say(self, address: str) -> None:
        """Leave word where the studio is."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(json.dumps({"pid": os.getpid(), "address": address}))
            self._file.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()


def _read(text: str) -> dict[str, object]:
    try:
        known = json.loads(text)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}
