"""One plan per mask and number of ranks, made once and kept: pure, so every rank finds the same without asking."""

from dataclasses import dataclass, replace
from functools import lru_cache

from kernels.planning.communication import Transfers, plan_transfers
from kernels.planning.dispatch import SWAPS, Dispatch, balance_cap, dispatch
from kernels.planning.local_masks import LocalMask, localise
from kernels.planning.slices import AttentionSlice
from kernels.planning.traffic import weigh
from kernels.planning.workload import Workload, default_chunk_rows, measure

PLANS_KEPT = 128
CHUNKS_SEARCHED_FULLY = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanKey:
    """Everything a plan depends on.

    Raises:
        UnsupportedInput: When planned, if sizes or slices do not fit.
    """

    mask: tuple[AttentionSlice, ...]
    rows: int
    ranks: int
    chunk_rows: int
    # Swaps tried from each start; 0 is quickest.
    swaps: int = SWAPS


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Who holds, computes, sends and receives what; made by ``make_plan``."""

    key: PlanKey
    work: Workload
    dispatch: Dispatch
    transfers: Transfers

    def local_mask(self, rank: int) -> LocalMask:
        """The mask of one rank in its own numbers."""
        return localise(self.key.mask, self.transfers, rank)


def key_for(mask: tuple[AttentionSlice, ...], *, rows: int, ranks: int) -> PlanKey:
    """The key of a mask with eight chunks per rank; more chunks are searched less, to be planned within a second."""
    chunk_rows = default_chunk_rows(rows, ranks)
    swaps = min(SWAPS, SWAPS * CHUNKS_SEARCHED_FULLY * chunk_rows // max(1, rows))
    return PlanKey(mask=mask, rows=rows, ranks=ranks, chunk_rows=chunk_rows, swaps=swaps)


@lru_cache(maxsize=PLANS_KEPT)
def make_plan(key: PlanKey) -> Plan:
    """The plan of a key; the same object for an equal key while it is kept.

    Raises:
        UnsupportedInput: If a slice leaves the sequence, or a rank would hold no chunk.
    """
    work = measure(key.mask, rows=key.rows, chunk_rows=key.chunk_rows)
    found = dispatch(work, key.ranks, swaps=key.swaps)
    return Plan(key=key, work=work, dispatch=found, transfers=plan_transfers(work, found.assignment))


@lru_cache(maxsize=PLANS_KEPT)
def plan_again(key: PlanKey, mask: tuple[AttentionSlice, ...]) -> Plan:
    """The plan of another mask on rows that lie where the plan of ``key`` has put them.

    For networks in which layers see differently: the rows stay, and balance and rows received are what they come to.

    Raises:
        UnsupportedInput: As ``make_plan``.
    """
    assignment = make_plan(key).dispatch.assignment
    work = measure(mask, rows=key.rows, chunk_rows=key.chunk_rows)
    found = Dispatch(assignment=assignment, load=weigh(work, assignment), cap=balance_cap(work.areas, key.ranks))
    return Plan(
        key=replace(key, mask=mask), work=work, dispatch=found, transfers=plan_transfers(work, assignment)
    )  # fmt: skip
