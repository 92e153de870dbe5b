"""A sequence shared by ranks: where its rows lie and how attention over it runs, agreed on once and used many times."""

from dataclasses import dataclass

from kernels.distributed.agreement import agreeing, digest
from kernels.distributed.ranks import Ranks
from kernels.distributed.schedule import Schedule, make_schedule
from kernels.errors import UnsupportedInput
from kernels.planning.cover import check_single_cover
from kernels.planning.plan import Plan, PlanKey, make_plan, plan_again
from kernels.planning.ranges import RangeSet, count_rows
from kernels.planning.slices import AttentionSlice
from kernels.planning.stages import PART_ROWS


@dataclass(frozen=True, kw_only=True, slots=True)
class SharingOptions:
    """How rows are fetched.

    Raises:
        UnsupportedInput: If a number is below what it may be.
    """

    # 0 fetches everything and then computes at once; from 1 on, fetching hides behind computing.
    # kernels.planning.stages.best_number_of_stages predicts which is quickest.
    stages: int = 1
    # Rows that stay together in a stage.
    part_rows: int = PART_ROWS
    # Ranks of a node, numbered node by node, where the link between nodes is slow; 0 if all links are alike.
    ranks_per_node: int = 0
    # Whether fetched keys and values are kept for the backward pass, instead of being fetched again: a third fewer
    # bytes, for the memory of them.
    keep_fetched: bool = False
    # Whether to refuse masks that show a cell twice.
    check_cover: bool = False
    # Whether ranks compare what they are about to do before every call, which costs one small exchange; without, they
    # compare when the sequence is shared, and a rank that does something else later is noticed by its silence.
    agree_always: bool = True

    def __post_init__(self) -> None:
        if self.stages < 0 or self.part_rows < 1 or self.ranks_per_node < 0:
            raise UnsupportedInput(
                "stages and ranks_per_node must be at least 0 and part_rows at least 1, "
                f"got {self.stages}, {self.ranks_per_node} and {self.part_rows}"
            )


DEFAULTS = SharingOptions()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SharedSequence:
    """One rank's view of a shared sequence; made by ``share``."""

    ranks: Ranks
    plan: Plan
    options: SharingOptions
    schedule: Schedule
    # The same on all ranks that share the same in the same way.
    digest: str

    @property
    def rows(self) -> int:
        """Length of the whole sequence."""
        return self.plan.key.rows

    @property
    def mask(self) -> tuple[AttentionSlice, ...]:
        """Of the whole sequence."""
        return self.plan.key.mask

    @property
    def owned(self) -> RangeSet:
        """The rows that lie here, in the order in which they lie."""
        return self.plan.transfers.owned[self.ranks.rank]

    @property
    def own_rows(self) -> int:
        """How many rows lie here."""
        return count_rows(self.owned)


def share(
    key: PlanKey,
    ranks: Ranks,
    *,
    options: SharingOptions = DEFAULTS,
    mask: tuple[AttentionSlice, ...] | None = None,
) -> SharedSequence:
    """Agree with all ranks on where the rows of a sequence lie.

    Args:
        key: Mask, length and number of ranks; ``kernels.planning.plan.key_for`` fills in the rest.
        ranks: All of whom come here.
        options: How rows are fetched.
        mask: Another mask than that of ``key``, on rows that lie as ``key`` has them: for layers that see differently.

    Returns:
        The same object for the same arguments while it is kept.

    Raises:
        UnsupportedInput: On every rank, if on any the arguments do not fit, or differ from the others'.
        PeerLost: If a rank does not come here in time.
    """
    with agreeing(ranks) as facts:
        shared = ranks.kept((key, options, mask), lambda: _share(key, ranks, options, mask))
        facts["the shared sequence"] = shared.digest
    return shared


def _share(
    key: PlanKey, ranks: Ranks, options: SharingOptions, mask: tuple[AttentionSlice, ...] | None
) -> SharedSequence:
    if key.ranks != ranks.size:
        raise UnsupportedInput(f"the plan must be for the {ranks.size} ranks of the group, got one for {key.ranks}")
    plan = make_plan(key) if mask is None else plan_again(key, mask)
    if options.check_cover:
        check_single_cover(plan.key.mask)
    schedule = make_schedule(
        plan,
        ranks.rank,
        stages=options.stages,
        part_rows=options.part_rows,
        ranks_per_node=options.ranks_per_node,
    )
    return SharedSequence(
        ranks=ranks,
        plan=plan,
        options=options,
        schedule=schedule,
        digest=digest(f"{plan.key} {plan.dispatch.assignment} {options}"),
    )
