"""Times of two ways side by side: run in turn, so that whatever else the machine does slows both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

WARM_UPS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Seconds of both ways, the best of all turns, and the median over turns of the first over the second."""

    first: float
    second: float
    ratio: float


def time_pair(first: Callable[[], object], second: Callable[[], object], *, turns: int) -> Pair:
    """Run both in turn.

    Args:
        first: What is measured.
        second: What it is measured against.
        turns: At least 1; two more warm up.
    """
    seconds = [(once(first), once(second)) for _ in range(WARM_UPS + turns)][WARM_UPS:]
    return Pair(
        first=min(one for one, _ in seconds),
        second=min(other for _, other in seconds),
        ratio=statistics.median(one / other for one, other in seconds),
    )


def once(run: Callable[[], object]) -> float:
    """Seconds of one run, with all that it left a GPU to do."""
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.synchronize()
    start = time.perf_counter()
    run()
    if on_gpu:
        torch.cuda.synchronize()
    return time.perf_counter() - start
