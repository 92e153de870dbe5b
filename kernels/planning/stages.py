"""Fetch in stages: which of the rows that a rank gets come in which, and how many stages are best for all ranks."""

from collections.abc import Sequence

from kernels.errors import UnsupportedInput
from kernels.planning.communication import Transfers
from kernels.planning.local_masks import localise
from kernels.planning.overlap import (
    MOST_STAGES,
    HeadShape,
    MachineSpeed,
    PartCost,
    best_stages,
    part_cost,
    plan_stages,
)
from kernels.planning.ranges import Range, RangeSet, count_rows, intersect, merge, split_by_rows
from kernels.planning.slices import AttentionSlice

# Smaller parts are computed badly and travel badly.
PART_ROWS = 512
MOST_PARTS = 64


def cut_parts(transfers: Transfers, rank: int, *, part_rows: int = PART_ROWS) -> tuple[RangeSet, ...]:
    """The rows that a rank gets, ascending, in parts that are never torn.

    Args:
        transfers: Who gets what.
        rank: Whose rows.
        part_rows: Of a part, at least 1; more where there would be over 64 parts.

    Returns:
        Parts; all but the last with equally many rows.

    Raises:
        UnsupportedInput: If ``part_rows`` is below 1.
    """
    if part_rows < 1:
        raise UnsupportedInput(f"part_rows must be at least 1, got {part_rows}")
    rows = merge(piece for by_peer in transfers.received[rank] for piece in by_peer)
    return split_by_rows(rows, max(part_rows, -(-count_rows(rows) // MOST_PARTS)))


def cut_stages(transfers: Transfers, stages: int, *, part_rows: int = PART_ROWS) -> tuple[Transfers, ...]:
    """The same rows in stages: every rank knows what each sends in each.

    Args:
        transfers: All of it.
        stages: At least 1; where a rank has fewer parts its last ones are empty.
        part_rows: Of a part.

    Returns:
        One table per stage; each row of ``transfers`` is in one of them.

    Raises:
        UnsupportedInput: If ``stages`` or ``part_rows`` is below 1.
    """
    by_rank = []
    for rank, by_peer in enumerate(transfers.received):
        parts = cut_parts(transfers, rank, part_rows=part_rows)
        dealt = plan_stages(0.0, [PartCost(fetch=0.0, compute=0.0)] * len(parts), stages).stages
        in_stage = [merge(rows for part in chosen for rows in parts[part]) for chosen in dealt]
        by_rank.append([tuple(intersect(rows, stage) for rows in by_peer) for stage in in_stage])
    return tuple(
        Transfers(owned=transfers.owned, received=tuple(of_rank[stage] for of_rank in by_rank))
        for stage in range(stages)
    )


def best_number_of_stages(
    mask: Sequence[AttentionSlice],
    transfers: Transfers,
    *,
    heads: HeadShape,
    speed: MachineSpeed,
    part_rows: int = PART_ROWS,
    most: int = MOST_STAGES,
) -> int:
    """The most stages that are quickest for any rank: all must have as many.

    Args:
        mask: Of the whole sequence.
        transfers: Who gets what.
        heads: Their sizes.
        speed: Of each device.
        part_rows: Of a part.
        most: To be tried.

    Returns:
        From 1 to ``most``; the same on every rank, for it depends on nothing else.
    """
    return max(
        len(best_stages(*_costs(mask, transfers, rank, part_rows, heads, speed), most).stages)
        for rank in range(len(transfers.owned))
    )


def _costs(
    mask: Sequence[AttentionSlice],
    transfers: Transfers,
    rank: int,
    part_rows: int,
    heads: HeadShape,
    speed: MachineSpeed,
) -> tuple[float, list[PartCost]]:
    """Microseconds of a rank's own part, and what its others cost."""
    parts = cut_parts(transfers, rank, part_rows=part_rows)
    # As if every part came from a peer of its own: then no slice reaches over two.
    received = tuple(parts if other == rank else () for other in range(len(transfers.owned)))
    local = localise(mask, Transfers(owned=transfers.owned, received=received), rank)
    areas = [0] * len(parts)
    for piece in local.remote:
        areas[piece.keys.start // count_rows(parts[0])] += piece.area
    own = part_cost(area=sum(piece.area for piece in local.host), rows=0, heads=heads, speed=speed).compute
    costs = [
        part_cost(area=area, rows=count_rows(part), heads=heads, speed=speed)
        for area, part in zip(areas, parts, strict=True)
    ]
    return own, costs


def shift_keys(mask: Sequence[AttentionSlice], rows: int) -> tuple[AttentionSlice, ...]:
    """The same slices on keys that lie so many rows later."""
    return tuple(
        AttentionSlice(
            queries=part.queries, keys=Range(part.keys.start + rows, part.keys.stop + rows), kind=part.kind
        )
        for part in mask
    )  # fmt: skip
