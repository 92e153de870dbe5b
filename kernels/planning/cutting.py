"""Cut slices by rows and by columns; the parts together cover exactly the cells of the whole.

Row cuts keep the kind. For a column cut, each edge of the part is either the cut (constant) or the slice's own edge
(which may lean); it changes from one to the other at one row. Between such rows both edges are constant or lean by
one, which is one of the four kinds.
"""

import itertools
from collections.abc import Iterable

from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind


def trim(part: AttentionSlice) -> AttentionSlice | None:
    """Leave off the queries that see nothing, and give one visible shape one name.

    Returns:
        A slice whose every query sees a key and whose keys are all seen; None if nothing is visible.
    """
    (start, stop), (first, last), kind = part.queries, part.keys, part.kind
    keys = last - first
    if start >= stop or keys <= 0:
        return None
    if stop - start > keys:
        if kind is SliceKind.BI_CAUSAL:
            return None
        if kind is SliceKind.CAUSAL:
            start = stop - keys
        elif kind is SliceKind.INV_CAUSAL:
            stop = start + keys
    if stop - start == 1:
        kind = SliceKind.FULL
    return AttentionSlice(queries=Range(start, stop), keys=part.keys, kind=kind)


def cut_rows(whole: AttentionSlice, rows: Range) -> AttentionSlice | None:
    """The part of a slice that lies in these queries.

    Returns:
        One trimmed slice of the same kind, or None if nothing is visible there.
    """
    start, stop = max(whole.queries.start, rows.start), min(whole.queries.stop, rows.stop)
    if start >= stop:
        return None
    first, last = whole.keys
    if whole.kind.left_moves:
        first += start - whole.queries.start
    if whole.kind.right_moves:
        last -= whole.queries.stop - stop
    if first >= last:
        return None
    return trim(AttentionSlice(queries=Range(start, stop), keys=Range(first, last), kind=whole.kind))


def cut_columns(whole: AttentionSlice, columns: Range) -> tuple[AttentionSlice, ...]:
    """The part of a slice that lies in these keys.

    Returns:
        At most three trimmed slices with disjoint ascending queries.
    """
    part = trim(whole)
    if part is None:
        return ()
    start, stop = part.queries
    # The row from which the left edge is its own, and the row from which the right edge is the cut.
    own = start + columns.start - part.keys.start if part.kind.left_moves else stop
    passed = stop - (part.keys.stop - columns.stop) if part.kind.right_moves else start
    borders = sorted({start, stop, *(row for row in (own, passed) if start < row < stop)})
    bands = (_band(part, Range(*rows), columns) for rows in itertools.pairwise(borders))
    return tuple(band for band in bands if band is not None)


def cut(whole: Iterable[AttentionSlice], rows: Range, columns: Range) -> tuple[AttentionSlice, ...]:
    """The part of a mask that lies in these queries and keys, trimmed."""
    bands = (cut_rows(one, rows) for one in whole)
    return tuple(part for band in bands if band is not None for part in cut_columns(band, columns))


def _band(part: AttentionSlice, rows: Range, columns: Range) -> AttentionSlice | None:
    """The part in rows in which no edge passes the cut."""
    top, bottom = part.visible(rows.start), part.visible(rows.stop - 1)
    first, last = max(top.start, columns.start), min(bottom.stop, columns.stop)
    if first >= last:
        return None
    # A leaning edge still leans here if its row nearest the cut has not passed it.
    left_leans = part.kind.left_moves and top.start >= columns.start
    right_leans = part.kind.right_moves and bottom.stop <= columns.stop
    kind = SliceKind(2 * left_leans + right_leans)
    return trim(AttentionSlice(queries=rows, keys=Range(first, last), kind=kind))
