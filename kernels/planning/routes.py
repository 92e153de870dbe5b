"""One rank's part in an exchange of rows, in its own numbers; and the exchanges that are not attention's."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernels.planning.communication import Transfers
from kernels.planning.ranges import Range, RangeSet, count_rows, intersect, merge, places_in


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """What one rank sends and gets; made by ``route``.

    ``sent[peer]`` are ranges of the rank's stock of ``rows`` rows, in the order in which they travel, and
    ``received[peer]`` is how many rows come. Nobody takes part where it is ``quiet``: no rank sends a row to any.
    """

    rows: int
    sent: tuple[tuple[Range, ...], ...]
    received: tuple[int, ...]
    quiet: bool

    @property
    def sent_rows(self) -> tuple[int, ...]:
        """Rows by peer: the input splits of all-to-all-v."""
        return tuple(map(count_rows, self.sent))


def route(transfers: Transfers, rank: int, stock: Sequence[Range] | None = None) -> Route:
    """The part of one rank.

    Args:
        transfers: Who gets what from whom.
        rank: Whose part.
        stock: What the rank holds, in the order in which it holds it; the rows it owns if not given.

    Raises:
        UnsupportedInput: If the rank is to send what it does not hold.
    """
    held = transfers.owned[rank] if stock is None else stock
    places = places_in(held)
    return Route(
        rows=count_rows(held),
        sent=tuple(places.find(rows) for rows in transfers.sent[rank]),
        received=transfers.received_rows[rank],
        quiet=not any(rows for by_peer in transfers.received for rows in by_peer),
    )


def received_in_order(transfers: Transfers, rank: int) -> tuple[Range, ...]:
    """The rows of a rank's receive buffer as they come."""
    return tuple(rows for by_peer in transfers.received[rank] for rows in by_peer)


def everything(owned: Sequence[RangeSet]) -> Transfers:
    """Every rank gets all rows, its own from itself."""
    return Transfers(owned=tuple(owned), received=tuple(tuple(owned) for _ in owned))


def rolled_sources(owned: RangeSet, *, rows: int, shift: int) -> tuple[Range, ...]:
    """Which rows come to lie on those of a rank when the whole sequence is rolled: row i gets row i - shift.

    Args:
        owned: Of the rank.
        rows: Length of the sequence, at least 1.
        shift: Any integer.

    Returns:
        Ranges in the order of the rank's rows.
    """
    found = []
    for start, stop in owned:
        first = (start - shift) % rows
        last = first + stop - start
        found.append(Range(first, min(last, rows)))
        if last > rows:
            found.append(Range(0, last - rows))
    return tuple(found)


def rolled(owned: Sequence[RangeSet], *, rows: int, shift: int) -> Transfers:
    """Every rank gets what ``rolled_sources`` names, from itself too."""
    return Transfers(
        owned=tuple(owned),
        received=tuple(
            tuple(intersect(merge(rolled_sources(mine, rows=rows, shift=shift)), theirs) for theirs in owned)
            for mine in owned
        ),
    )
