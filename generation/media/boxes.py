"""The little of the MP4 box structure that is needed to move a fragment in time; strict, because only our own are read.

A box is a 32-bit big-endian size that includes its header, a four-letter kind, and a body.

Source:
    ISO/IEC 14496-12, §4.2 (boxes), §8.8 (movie fragments).
"""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from generation.errors import MediaError

_HEADER_BYTES = 8
_LARGE_HEADER_BYTES = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """Where one box lies in its data: header from ``start``, body from ``body``, both to ``stop``."""

    kind: str
    start: int
    body: int
    stop: int


def read_boxes(data: bytes, *, start: int = 0, stop: int | None = None) -> list[Box]:
    """The boxes that fill ``data[start:stop]`` one after the other, without looking inside.

    Raises:
        MediaError: If they do not fill it exactly.
    """
    stop = len(data) if stop is None else stop
    boxes = []
    while start < stop:
        box = _read_box(data, start, stop)
        boxes.append(box)
        start = box.stop
    return boxes


def _read_box(data: bytes, start: int, stop: int) -> Box:
    if stop - start < _HEADER_BYTES:
        raise MediaError(f"an MP4 box must have a header of {_HEADER_BYTES} bytes, {stop - start} are left")
    size, kind = struct.unpack_from(">I4s", data, start)
    header = _HEADER_BYTES
    if size == 1 and stop - start >= _LARGE_HEADER_BYTES:
        size = struct.unpack_from(">Q", data, start + _HEADER_BYTES)[0]
        header = _LARGE_HEADER_BYTES
    if not header <= size <= stop - start:
        raise MediaError(f"an MP4 box {kind!r} must lie inside its parent: it claims {size} bytes of {stop - start}")
    return Box(kind=kind.decode("latin-1"), start=start, body=start + header, stop=start + size)


def find_box(data: bytes, path: str) -> Box:
    """The one box at a path such as ``moof/traf/tfdt``.

    Raises:
        MediaError: If there is none, or more than one, at any step.
    """
    start, stop = 0, len(data)
    found: Box | None = None
    for kind in path.split("/"):
        matches = [box for box in read_boxes(data, start=start, stop=stop) if box.kind == kind]
        if len(matches) != 1:
            raise MediaError(f"an MP4 must have exactly one {kind} box at {path}, got {len(matches)}")
        found = matches[0]
        start, stop = found.body, found.stop
    assert found is not None  # noqa: S101 - a path has at least one step
    return found


def read_number(data: bytes, at: int, *, size: int) -> int:
    """The big-endian number of ``size`` bytes at a position."""
    return int.from_bytes(data[at : at + size], "big")


def with_number(data: bytes, at: int, number: int, *, size: int) -> bytes:
    """The data with the big-endian number of ``size`` bytes at a position replaced.

    Raises:
        MediaError: If the number does not fit.
    """
    if not 0 <= number < 1 << (8 * size):
        raise MediaError(f"a number of {size} bytes must be in 0..{(1 << 8 * size) - 1}, got {number}")
    return data[:at] + number.to_bytes(size, "big") + data[at + size :]


def read_whole_boxes(file: BinaryIO) -> list[Box]:
    """The boxes at the top of a file, up to the first that is not complete; bodies are skipped, not read."""
    end = file.seek(0, io.SEEK_END)
    boxes: list[Box] = []
    start = 0
    while end - start >= _HEADER_BYTES:
        file.seek(start)
        head = file.read(_LARGE_HEADER_BYTES)
        size, kind = struct.unpack_from(">I4s", head)
        body = start + _HEADER_BYTES
        if size == 1 and len(head) == _LARGE_HEADER_BYTES:
            size = struct.unpack_from(">Q", head, _HEADER_BYTES)[0]
            body = start + _LARGE_HEADER_BYTES
        if not body - start <= size <= end - start:
            break
        boxes.append(Box(kind=kind.decode("latin-1"), start=start, body=body, stop=start + size))
        start += size
    return boxes
