"""The mask of one rank in its own numbers: its queries against the keys it holds, and against those it received."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from kernels.planning.communication import Transfers
from kernels.planning.cutting import cut_columns, cut_rows
from kernels.planning.ranges import Range, RangeSet
from kernels.planning.slices import AttentionSlice


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalMask:
    """Queries count a rank's own rows in ascending order.

    Keys of ``host`` count the same rows; keys of ``remote`` count the rows of its receive buffer.
    """

    host: tuple[AttentionSlice, ...]
    remote: tuple[AttentionSlice, ...]


def localise(mask: Sequence[AttentionSlice], transfers: Transfers, rank: int) -> LocalMask:
    """Cut a mask to one rank and renumber it.

    Args:
        mask: The mask of the whole sequence.
        transfers: Who holds and gets what.
        rank: Whose part.

    Returns:
        Slices whose areas add up to the rank's.
    """
    own = transfers.owned[rank]
    buffer = tuple(rows for by_peer in transfers.received[rank] for rows in by_peer)
    places, starts = _placed(buffer)
    host: list[AttentionSlice] = []
    remote: list[AttentionSlice] = []
    own_places, own_starts = _placed(own)
    for whole in mask:
        for rows, place in _overlapping(own_places, own_starts, whole.queries):
            part = cut_rows(whole, rows)
            if part is not None:
                host += _columns(part, place - rows.start, own_places, own_starts)
                remote += _columns(part, place - rows.start, places, starts)
    return LocalMask(host=tuple(host), remote=tuple(remote))


def _placed(buffer: RangeSet) -> tuple[list[tuple[Range, int]], list[int]]:
    """Ranges with their place in a buffer, by their first row, and those first rows."""
    placed, done = [], 0
    for rows in buffer:
        placed.append((rows, done))
        done += rows.length
    placed.sort()
    return placed, [rows.start for rows, _ in placed]


def _overlapping(placed: list[tuple[Range, int]], starts: list[int], wanted: Range) -> list[tuple[Range, int]]:
    """The disjoint ranges that meet the wanted one."""
    first = max(0, bisect_right(starts, wanted.start) - 1)
    stop = bisect_right(starts, wanted.stop - 1)
    return placed[first:stop]


def _columns(
    part: AttentionSlice, query_shift: int, placed: list[tuple[Range, int]], starts: list[int]
) -> list[AttentionSlice]:
    """The part of a slice in these keys, renumbered."""
    return [
        AttentionSlice(
            queries=Range(piece.queries.start + query_shift, piece.queries.stop + query_shift),
            keys=Range(piece.keys.start + place - rows.start, piece.keys.stop + place - rows.start),
            kind=piece.kind,
        )
        for rows, place in _overlapping(placed, starts, part.keys)
        for piece in cut_columns(part, rows)
    ]
