"""A ZIP of any size, made piece by piece: nothing of it is held, and nothing is written twice."""

import io
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

_LONGEST_TITLE = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """A file of an archive."""

    name: str
    # In bytes; no more may come.
    size: int
    pieces: Iterable[bytes]
    # Whether it is text, which shrinks.
    is_text: bool = False


def archive_pieces(files: Iterable[Packed], *, written: datetime) -> Iterator[bytes]:
    """The bytes of a ZIP with these files, as they come.

    Args:
        files: Each is read when its turn comes; what reading raises passes through.
        written: What the archive says of when its files were made.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w") as archive:
        for file in files:
            with archive.open(_entry(file, written), "w") as inner:
                for piece in file.pieces:
                    inner.write(piece)
                    yield outlet.taken()
    yield outlet.taken()


def name_from(title: str) -> str:
    """A title as a part of a file's name: letters of every language, nothing that means something to a computer."""
    return re.sub(r"[^\w-]+", "-", title).strip("-_")[:_LONGEST_TITLE].rstrip("-_") or "untitled"


def _entry(file: Packed, written: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(file.name, written.timetuple()[:6])
    info.file_size = file.size
    info.compress_type = zipfile.ZIP_DEFLATED if file.is_text else zipfile.ZIP_STORED
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info


class _Outlet(io.RawIOBase):
    """Where a ZIP is written to that is handed on at once: nobody can go back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override] # narrower than any buffer
        """Keep bytes until they are taken."""
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data
