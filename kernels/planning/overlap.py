"""Hide fetching behind computing: in how many stages a rank should fetch its keys.

Stage 1 is fetched while the rank computes on its own keys; each later stage while the one before it is computed::

    time = max(fetch 1, own) + sum over i > 1 of max(fetch i, compute i - 1) + compute last
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kernels.errors import UnsupportedInput
from kernels.planning.communication import bytes_per_row

MOST_STAGES = 8
# A multiplication and an addition per element, for query x key and for weight x value.
OPERATIONS_PER_CELL = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class PartCost:
    """Microseconds to fetch a part's keys and values, and to compute on them; a rank's own part fetches nothing."""

    fetch: float
    compute: float


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineSpeed:
    """What a device does: operations per second in attention, and bytes per second that reach it from its peers."""

    operations: float
    bandwidth: float

    def __post_init__(self) -> None:
        if not (self.operations > 0 and self.bandwidth > 0):
            raise UnsupportedInput(f"speeds must be above 0, got {self.operations} and {self.bandwidth}")


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadShape:
    """Sizes of the heads; ``element_bytes`` counts in what travels."""

    query_heads: int
    kv_heads: int
    head_dim: int
    element_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StagePlan:
    """Which fetched parts (numbered from 0) each stage takes, and the predicted microseconds."""

    stages: tuple[tuple[int, ...], ...]
    microseconds: float


def part_cost(*, area: int, rows: int, heads: HeadShape, speed: MachineSpeed) -> PartCost:
    """Predict a part of the forward pass.

    Args:
        area: Visible cells.
        rows: Key rows fetched; 0 for a rank's own.
        heads: Sizes of the heads.
        speed: Of the device.

    Raises:
        UnsupportedInput: If a size is below 1.
    """
    operations = OPERATIONS_PER_CELL * area * heads.query_heads * heads.head_dim
    row = bytes_per_row(kv_heads=heads.kv_heads, head_dim=heads.head_dim, element_bytes=heads.element_bytes)
    return PartCost(fetch=1e6 * rows * row / speed.bandwidth, compute=1e6 * operations / speed.operations)


def plan_stages(own: float, parts: Sequence[PartCost], stages: int) -> StagePlan:
    """Fetch the parts in order, in so many stages of nearly as many parts.

    Args:
        own: Microseconds on the rank's own keys.
        parts: What is fetched.
        stages: At least 1; with fewer parts the last ones are empty.

    Raises:
        UnsupportedInput: If ``stages`` is below 1.
    """
    if stages < 1:
        raise UnsupportedInput(f"stages must be at least 1, got {stages}")
    used = max(1, min(stages, len(parts)))
    # The rank's own part counts as the first when parts are dealt out, so stage 1 fetches one fewer.
    size, larger = divmod(len(parts) + 1, used)
    stops = [min(stage, used) * size + min(stage, larger) - 1 for stage in range(1, stages + 1)]
    starts = [0, *stops[:-1]]
    dealt = tuple(tuple(range(start, stop)) for start, stop in zip(starts, stops, strict=True))
    total, computing = 0.0, own
    for chosen in dealt:
        total += max(sum(parts[part].fetch for part in chosen), computing)
        computing = sum(parts[part].compute for part in chosen)
    return StagePlan(stages=dealt, microseconds=total + computing)


def best_stages(own: float, parts: Sequence[PartCost], most: int = MOST_STAGES) -> StagePlan:
    """The number of stages that is predicted quickest; the smaller of two that round to the same microsecond."""
    plans = [plan_stages(own, parts, stages) for stages in range(1, most + 1)]
    return min(plans, key=lambda plan: round(plan.microseconds))
