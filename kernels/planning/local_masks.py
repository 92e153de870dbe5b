"""The mask of one rank in its own numbers: its queries against the keys it holds, and against those it received."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernels.planning.communication import Transfers
from kernels.planning.cutting import cut_columns, cut_rows
from kernels.planning.ranges import Places, Range, RangeSet, places_in
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
    places = places_in(buffer)
    host: list[AttentionSlice] = []
    remote: list[AttentionSlice] = []
    own_places = places_in(own)
    for whole in mask:
        for rows, place in own_places.overlapping(whole.queries):
            part = cut_rows(whole, rows)
            if part is not None:
                host += _columns(part, place - rows.start, own_places)
                remote += _columns(part, place - rows.start, places)
    return LocalMask(host=tuple(host), remote=tuple(remote))


def _columns(part: AttentionSlice, query_shift: int, places: Places) -> list[AttentionSlice]:
    """The part of a slice in these keys, renumbered."""
    return [
        AttentionSlice(
            queries=Range(piece.queries.start + query_shift, piece.queries.stop + query_shift),
            keys=Range(piece.keys.start + place - rows.start, piece.keys.stop + place - rows.start),
            kind=piece.kind,
        )
        for rows, place in places.overlapping(part.keys)
        for piece in cut_columns(part, rows)
    ]


def query_part(mask: Sequence[AttentionSlice], owned: RangeSet) -> tuple[AttentionSlice, ...]:
    """Cut a mask to the queries of one rank and renumber these; keys keep the numbers of the whole sequence."""
    places = places_in(owned)
    return tuple(
        AttentionSlice(
            queries=Range(part.queries.start + place - rows.start, part.queries.stop + place - rows.start),
            keys=part.keys,
            kind=part.kind,
        )
        for whole in mask
        for rows, place in places.overlapping(whole.queries)
        if (part := cut_rows(whole, rows)) is not None
    )
