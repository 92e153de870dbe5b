"""Half-open ranges of token rows and sets of them; everything a plan says is said in these.

A range set is a tuple of non-empty ranges, ascending, with a gap between neighbours: equal sets are equal tuples.
"""

from collections.abc import Iterable
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
