"""Rows over the slow link once per node: first to the rank of the same number there, then on to whoever needs them.

Ranks are numbered node by node; rank r is number ``r % ranks_per_node`` of node ``r // ranks_per_node``.
"""

from dataclasses import dataclass

from kernels.errors import UnsupportedInput
from kernels.planning.communication import Transfers
from kernels.planning.ranges import Range, RangeSet, merge
from kernels.planning.routes import received_in_order


@dataclass(frozen=True, kw_only=True, slots=True)
class TwoLevels:
    """The same rows in two steps; made by ``split_levels``.

    ``between`` travels between nodes. Then a rank holds its own rows and behind them what came, and ``within`` travels
    inside each node, from a rank to itself too. What ``within`` delivers is what attention reads.
    """

    between: Transfers
    within: Transfers

    def stock(self, rank: int) -> tuple[Range, ...]:
        """What a rank holds after the first step, as it lies there."""
        return (*self.between.owned[rank], *received_in_order(self.between, rank))


def split_levels(transfers: Transfers, ranks_per_node: int) -> TwoLevels:
    """Take the way over the rank of the owner's number in each node.

    Args:
        transfers: Directly from the owners.
        ranks_per_node: At least 1; divides the number of ranks.

    Raises:
        UnsupportedInput: If nodes would not be equal.
    """
    ranks = len(transfers.owned)
    if ranks_per_node < 1 or ranks % ranks_per_node:
        raise UnsupportedInput(f"ranks_per_node must divide the number of ranks {ranks}, got {ranks_per_node}")
    between: list[list[RangeSet]] = [[() for _ in range(ranks)] for _ in range(ranks)]
    within: list[list[RangeSet]] = [[() for _ in range(ranks)] for _ in range(ranks)]
    for first in range(0, ranks, ranks_per_node):
        node = range(first, first + ranks_per_node)
        for owner in range(ranks):
            carrier = first + owner % ranks_per_node
            if owner not in node:
                between[carrier][owner] = merge(rows for rank in node for rows in transfers.received[rank][owner])
            for rank in node:
                within[rank][carrier] = merge((*within[rank][carrier], *transfers.received[rank][owner]))
    return TwoLevels(
        between=Transfers(owned=transfers.owned, received=tuple(map(tuple, between))),
        within=Transfers(owned=transfers.owned, received=tuple(map(tuple, within))),
    )
