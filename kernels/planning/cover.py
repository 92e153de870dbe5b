"""Say whether a mask names a cell twice: it would then count twice in the softmax."""

from collections.abc import Iterable, Sequence

from kernels.errors import UnsupportedInput
from kernels.planning.cutting import trim
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice


def shared_rows(first: AttentionSlice, second: AttentionSlice) -> Range:
    """The queries for which two slices show a common key; one range, for the conditions are linear in the row.

    Args:
        first: Any slice.
        second: Any slice.

    Returns:
        The queries; an empty range if no cell lies in both.
    """
    start = max(first.queries.start, second.queries.start)
    stop = min(first.queries.stop, second.queries.stop)
    # Two ranges meet if each starts before either stops.
    for left in (first, second):
        for right in (first, second):
            # keys visible at row r: left edge a + lean * r, right edge b + lean * r.
            gap = _right_edge(right) - _left_edge(left)
            lean = right.kind.right_moves - left.kind.left_moves
            if lean > 0:
                start = max(start, 1 - gap)
            elif lean < 0:
                stop = min(stop, gap)
            elif gap <= 0:
                return Range(start, start)
    return Range(start, max(start, stop))


def check_single_cover(mask: Iterable[AttentionSlice]) -> None:
    """Refuse a mask in which a cell lies in two slices.

    Raises:
        UnsupportedInput: Names the first pair found and the queries they share.
    """
    live = [part for part in map(trim, mask) if part is not None]
    live.sort(key=lambda part: part.queries)
    active: list[AttentionSlice] = []
    for part in live:
        active = [other for other in active if other.queries.stop > part.queries.start]
        _check_against(part, active)
        active.append(part)


def check_within(mask: Iterable[AttentionSlice], *, queries: int, keys: int) -> None:
    """Refuse slices that leave the sequences.

    Raises:
        UnsupportedInput: Names the first slice that does.
    """
    for part in mask:
        if part.queries.stop > queries or part.keys.stop > keys:
            raise UnsupportedInput(f"slices must lie within {queries} queries and {keys} keys, got {part}")


def _check_against(part: AttentionSlice, others: Sequence[AttentionSlice]) -> None:
    for other in others:
        rows = shared_rows(other, part)
        if rows.length:
            raise UnsupportedInput(
                f"a cell may lie in one slice only, but queries [{rows.start}, {rows.stop}) share keys in "
                f"{other} and {part}"
            )


def _left_edge(part: AttentionSlice) -> int:
    """The left edge at row 0 of the sequence, were it to go on so far."""
    return part.keys.start - (part.queries.start if part.kind.left_moves else 0)


def _right_edge(part: AttentionSlice) -> int:
    return part.keys.stop - (part.queries.stop - 1 if part.kind.right_moves else 0)
