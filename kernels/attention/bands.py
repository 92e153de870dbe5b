"""Cut a mask into bands of queries for a processor that works on one block of scores at a time.

Inside a band every slice is one piece, and a piece is either without an edge or little more than an edge: so that
scores are computed for visible cells, and for few others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from kernels.planning.cutting import cut_columns, cut_rows, trim
from kernels.planning.ranges import Range, merge
from kernels.planning.slices import AttentionSlice, SliceKind

MASKS_KEPT = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Consecutive queries, and the trimmed pieces of the mask in them; full pieces of equal queries do not touch."""

    rows: Range
    pieces: tuple[AttentionSlice, ...]


@lru_cache(maxsize=MASKS_KEPT)
def cut_bands(mask: tuple[AttentionSlice, ...], *, most_rows: int, most_leaning_rows: int) -> tuple[Band, ...]:
    """Cut a mask into bands; the pieces cover exactly its cells.

    Args:
        mask: Slices in which no cell lies twice.
        most_rows: Queries of a band at most.
        most_leaning_rows: The same where an edge leans; half as many cells per edge are computed for nothing.

    Returns:
        Ascending bands; queries that see nothing are in none.
    """
    live = [part for part in map(trim, mask) if part is not None]
    bands: list[Band] = []
    for rows, active in _steady_rows(live):
        leaning = any(part.kind is not SliceKind.FULL for part in active)
        step = most_leaning_rows if leaning else most_rows
        for start in range(rows.start, rows.stop, step):
            band = Range(start, min(start + step, rows.stop))
            pieces = (piece for part in active for piece in _pieces(part, band))
            bands.append(Band(rows=band, pieces=_joined(pieces)))
    return tuple(bands)


def _steady_rows(live: Sequence[AttentionSlice]) -> Iterator[tuple[Range, list[AttentionSlice]]]:
    """Longest ranges of queries between the borders of slices, with the slices over each."""
    borders = sorted({border for part in live for border in part.queries})
    waiting = sorted(live, key=lambda part: part.queries.start, reverse=True)
    active: list[AttentionSlice] = []
    for start, stop in pairwise(borders):
        active = [part for part in active if part.queries.stop > start]
        while waiting and waiting[-1].queries.start == start:
            active.append(waiting.pop())
        if active:
            yield Range(start, stop), active


def _pieces(part: AttentionSlice, band: Range) -> Iterator[AttentionSlice]:
    """A slice's cells in a band: what all its queries see, and what is left and right of that."""
    inside = cut_rows(part, band)
    if inside is None:
        return
    seen_by_all = Range(inside.visible(inside.queries.stop - 1).start, inside.visible(inside.queries.start).stop)
    if inside.kind is SliceKind.FULL or not seen_by_all.length:
        yield inside
        return
    first, last = inside.keys
    for columns in (Range(first, seen_by_all.start), seen_by_all, Range(seen_by_all.stop, last)):
        if columns.length:
            yield from cut_columns(inside, columns)


def _joined(pieces: Iterable[AttentionSlice]) -> tuple[AttentionSlice, ...]:
    """Full pieces of the same queries become one where their keys touch."""
    leaning: list[AttentionSlice] = []
    full: dict[Range, list[Range]] = {}
    for piece in pieces:
        if piece.kind is SliceKind.FULL:
            full.setdefault(piece.queries, []).append(piece.keys)
        else:
            leaning.append(piece)
    joined = [AttentionSlice(queries=rows, keys=keys) for rows, parts in full.items() for keys in merge(parts)]
    return (*joined, *leaning)
