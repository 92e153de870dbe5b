"""What one rank does for attention over a shared sequence, as data: routes and masks, stage by stage."""

from dataclasses import dataclass

from kernels.planning.communication import Transfers
from kernels.planning.local_masks import localise
from kernels.planning.plan import Plan
from kernels.planning.routes import Route, route
from kernels.planning.slices import AttentionSlice
from kernels.planning.stages import cut_stages, shift_keys
from kernels.planning.two_levels import split_levels

Mask = tuple[AttentionSlice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """Rows that are fetched together, by one route or by two after one another, and who sees them.

    Keys of ``mask`` count the fetched rows.
    """

    routes: tuple[Route, ...]
    mask: Mask


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """One rank's own part and its stages.

    Where ``merged``, there is one stage, its keys count the rank's own rows and then the fetched ones, and ``own`` is
    empty: all is computed at once, when all is there.
    """

    own: Mask
    stages: tuple[Stage, ...]
    merged: bool


def make_schedule(plan: Plan, rank: int, *, stages: int, part_rows: int, ranks_per_node: int) -> Schedule:
    """Cut a plan for one rank.

    Args:
        plan: For all ranks.
        rank: Whose part.
        stages: To fetch in; 0 fetches all and then computes all at once.
        part_rows: Rows that stay together in a stage.
        ranks_per_node: For the way in two levels; 0 goes directly.

    Raises:
        UnsupportedInput: If the numbers do not fit the plan.
    """
    tables = cut_stages(plan.transfers, max(1, stages), part_rows=part_rows)
    own = localise(plan.key.mask, plan.transfers, rank).host
    cut = tuple(_stage(plan, table, rank, ranks_per_node) for table in tables)
    if stages:
        return Schedule(own=own, stages=cut, merged=False)
    (whole,) = cut
    rows = sum(last - first for first, last in plan.transfers.owned[rank])
    mask = own + shift_keys(whole.mask, rows)
    return Schedule(own=(), stages=(Stage(routes=whole.routes, mask=mask),), merged=True)


def _stage(plan: Plan, table: Transfers, rank: int, ranks_per_node: int) -> Stage:
    if not ranks_per_node:
        return Stage(routes=(route(table, rank),), mask=localise(plan.key.mask, table, rank).remote)
    levels = split_levels(table, ranks_per_node)
    return Stage(
        routes=(route(levels.between, rank), route(levels.within, rank, levels.stock(rank))),
        mask=localise(plan.key.mask, levels.within, rank).remote,
    )
