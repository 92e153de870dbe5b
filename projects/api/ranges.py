"""Which bytes of a file a request wants (RFC 9110 §14): one range, all of it, or none that exists."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_MOST_DIGITS = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class ByteRange:
    """Bytes ``[start, stop)`` of a file."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many."""
        return self.stop - self.start


class NoSuchRange(Exception):  # noqa: N818 - an outcome
    """The range lies outside the file."""


def wanted_range(header: str, size: int) -> ByteRange | None:
    """The range that a ``Range`` header asks for.

    Args:
        header: Its value; empty if there is none.
        size: Of the file, in bytes.

    Returns:
        The range; None for the whole file, which is also the answer to what is malformed or asks for several.

    Raises:
        NoSuchRange: If it begins beyond the end.
    """
    match = _RANGE.fullmatch(header.strip().replace(" ", ""))
    if match is None:
        return None
    first, last = match.groups()
    if (not first and not last) or max(len(first), len(last)) > _MOST_DIGITS:
        return None
    if not first:
        length = int(last)
        if not length or not size:
            raise NoSuchRange
        return ByteRange(start=max(0, size - length), stop=size)
    start = int(first)
    stop = min(size, int(last) + 1) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise NoSuchRange
    return ByteRange(start=start, stop=stop)
