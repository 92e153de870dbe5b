"""Give every rank its chunks: even work first, then as few travelling key rows as that allows."""

from dataclasses import dataclass
from random import Random

from kernels.planning.annealing import Schedule, SwapSearch, strict_schedule
from kernels.planning.baselines import Assignment, contiguous, min_heap, zigzag
from kernels.planning.traffic import Load, encode, weigh
from kernels.planning.workload import Workload

# A rank may compute one per cent more than the mean, for the rows that this saves.
SLACK_PERCENT = 1
SWAPS = 8_000
# The search rounds stretches of keys to such a part of a chunk; what it finds is counted exactly.
FINEST_STRETCH = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatch:
    """An assignment and what it costs; no rank computes more than ``cap`` cells."""

    assignment: Assignment
    load: Load
    cap: int


def balance_cap(areas: tuple[int, ...], ranks: int) -> int:
    """The most cells a rank may compute: what the min-heap reaches, or 1.01 times the mean if that is more."""
    heaped = max(sum(areas[chunk] for chunk in held) for held in min_heap(areas, ranks))
    return max(heaped, sum(areas) * (100 + SLACK_PERCENT) // (100 * ranks))


def dispatch(work: Workload, ranks: int, *, swaps: int = SWAPS, seed: int = 0) -> Dispatch:
    """Find an assignment within the balance cap that moves few rows.

    Searches from each baseline, from the min-heap twice, and keeps the least rows in all; among equals the least rows
    of the worst rank. The same arguments give the same assignment on every rank and machine.

    Args:
        work: The workload.
        ranks: How many ranks; at most as many as chunks.
        swaps: Swaps tried from each start; 0 takes the best baseline.
        seed: Draws the swaps.

    Returns:
        The assignment; never more rows than the min-heap's.

    Raises:
        UnsupportedInput: If there are fewer chunks than ranks.
    """
    keys, cap = encode(work), balance_cap(work.areas, ranks)
    chunks = len(work.chunks)
    heaped = min_heap(work.areas, ranks)
    searches = (
        (heaped, strict_schedule(swaps)),
        (heaped, Schedule(swaps=swaps)),
        (contiguous(chunks, ranks), Schedule(swaps=swaps)),
        (zigzag(chunks, ranks), Schedule(swaps=swaps)),
    )
    rough = encode(work, unit=max(1, work.chunks[0].length // FINEST_STRETCH))
    best = Dispatch(assignment=heaped, load=weigh(work, heaped, keys), cap=cap)
    for start, _ in searches:
        best = _better(best, start, weigh(work, start, keys))
    for number, (start, schedule) in enumerate(searches):
        if best.load.total_received == 0:
            break
        # Nothing here is secret: the same draws on every rank are the point.
        random = Random(f"{seed}/{number}")  # noqa: S311
        found = SwapSearch(work, rough, cap, start).run(schedule, random)
        if found is not None:
            best = _better(best, found, weigh(work, found, keys))
    return best


def _better(best: Dispatch, assignment: Assignment, load: Load) -> Dispatch:
    """The cheaper of two, if the new one keeps the cap."""
    if max(load.areas) > best.cap or _cost(load) >= _cost(best.load):
        return best
    return Dispatch(assignment=assignment, load=load, cap=best.cap)


def _cost(load: Load) -> tuple[int, int]:
    return load.total_received, max(load.received)
