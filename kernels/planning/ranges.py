"""Half-open ranges of token rows and sets of them; everything a plan says is said in these.

A range set is a tuple of non-empty ranges, ascending, with a gap between neighbours: equal sets are equal tuples.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from kernels.errors import UnsupportedInput


class Range(NamedTuple):
    """Token rows ``[start, stop)``; empty if ``stop <= start``."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many rows there are, at least 0."""
        return max(0, self.stop - self.start)


RangeSet: TypeAlias = tuple[Range, ...]


def check_range(rows: Range, what: str) -> None:
    """Refuse a range that cannot be one of tokens.

    Raises:
        UnsupportedInput: If it begins below 0 or stops before it starts.
    """
    if not 0 <= rows.start <= rows.stop:
        raise UnsupportedInput(f"{what} must satisfy 0 <= start <= stop, got [{rows.start}, {rows.stop})")


def merge(ranges: Iterable[Range]) -> RangeSet:
    """The union of any ranges as a range set; empty ones vanish, touching ones become one."""
    merged: list[Range] = []
    for rows in sorted(rows for rows in ranges if rows.length):
        if merged and rows.start <= merged[-1].stop:
            merged[-1] = Range(merged[-1].start, max(merged[-1].stop, rows.stop))
        else:
            merged.append(rows)
    return tuple(merged)


def intersect(first: RangeSet, second: RangeSet) -> RangeSet:
    """The rows in both range sets."""
    found: list[Range] = []
    i = j = 0
    while i < len(first) and j < len(second):
        rows = Range(max(first[i].start, second[j].start), min(first[i].stop, second[j].stop))
        if rows.length:
            found.append(rows)
        # The one that stops first meets nothing more.
        if first[i].stop <= second[j].stop:
            i += 1
        else:
            j += 1
    return tuple(found)


def subtract(ranges: RangeSet, holes: RangeSet) -> RangeSet:
    """The rows of the first range set that are not in the second."""
    left: list[Range] = []
    j = 0
    for start, stop in ranges:
        while j < len(holes) and holes[j].stop <= start:
            j += 1
        k = j
        while k < len(holes) and holes[k].start < stop:
            if start < holes[k].start:
                left.append(Range(start, holes[k].start))
            start = holes[k].stop
            k += 1
        if start < stop:
            left.append(Range(start, stop))
    return tuple(left)


def count_rows(ranges: Iterable[Range]) -> int:
    """How many rows there are in all, overlaps counted again."""
    return sum(rows.length for rows in ranges)


def split_by_rows(ranges: RangeSet, size: int) -> tuple[RangeSet, ...]:
    """Consecutive pieces of so many rows, the last with what is left.

    Raises:
        UnsupportedInput: If ``size`` is below 1.
    """
    if size < 1:
        raise UnsupportedInput(f"size must be at least 1, got {size}")
    pieces: list[list[Range]] = []
    room = 0
    for start, stop in ranges:
        while start < stop:
            if not room:
                pieces.append([])
                room = size
            taken = min(room, stop - start)
            pieces[-1].append(Range(start, start + taken))
            start, room = start + taken, room - taken
    return tuple(map(tuple, pieces))


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where the rows of a sequence lie in a buffer; made by ``places_in``.

    ``placed`` are disjoint ranges of the sequence, ascending, each with its first row in the buffer.
    """

    placed: tuple[tuple[Range, int], ...]
    starts: tuple[int, ...]

    def overlapping(self, wanted: Range) -> tuple[tuple[Range, int], ...]:
        """The placed ranges that meet the wanted one."""
        first = max(0, bisect_right(self.starts, wanted.start) - 1)
        return self.placed[first : bisect_right(self.starts, wanted.stop - 1)]

    def find(self, wanted: Iterable[Range]) -> tuple[Range, ...]:
        """Ranges of the buffer that hold the wanted rows, in their order.

        Raises:
            UnsupportedInput: If a row is not there.
        """
        found: list[Range] = []
        for rows in wanted:
            inside = 0
            for held, place in self.overlapping(rows):
                start, stop = max(held.start, rows.start), min(held.stop, rows.stop)
                if start < stop:
                    inside += stop - start
                    _append(found, Range(start - held.start + place, stop - held.start + place))
            if inside < rows.length:
                raise UnsupportedInput(f"rows [{rows.start}, {rows.stop}) must be held, {rows.length - inside} are not")
        return tuple(found)


def places_in(buffer: Iterable[Range]) -> Places:
    """Say where rows lie in a buffer that holds disjoint ranges one after the other."""
    placed, done = [], 0
    for rows in buffer:
        if rows.length:
            placed.append((rows, done))
            done += rows.length
    placed.sort()
    return Places(placed=tuple(placed), starts=tuple(rows.start for rows, _ in placed))


def _append(ranges: list[Range], rows: Range) -> None:
    """Add a range to a list, to its last one if that stops where this starts."""
    if ranges and ranges[-1].stop == rows.start:
        rows = Range(ranges.pop().start, rows.stop)
    ranges.append(rows)
