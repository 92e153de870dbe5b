"""How long a person waits for a clip, on this machine, in this minute."""

import resource
import time
from dataclasses import dataclass
from statistics import median

import torch

from generation.contract.requests import GenerationRequest
from generation.evaluation.clips import seconds_of
from generation.pipeline.pipeline import VideoPipeline

_MATRIX, _PRODUCTS = 1024, 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Figures of one clip; seconds on the clock, decode and encode included."""

    first_second: float
    # Median of the seconds after the first.
    later_seconds: float
    threads: int
    # Rates of plain matrix products in the same minute, in billions of operations per second.
    float32_rate: float
    bfloat16_rate: float
    # Of the process so far, in bytes.
    peak_memory: int


def measure_pace(pipeline: VideoPipeline, request: GenerationRequest) -> Pace:
    """Make a clip with a clock beside it.

    Args:
        pipeline: Loaded, and warm if its first clip is not to be counted.
        request: At least 2 seconds.
    """
    began, waits = time.perf_counter(), []
    for _ in seconds_of(pipeline, request):
        now = time.perf_counter()
        waits.append(now - began)
        began = now
    return Pace(
        first_second=waits[0],
        later_seconds=median(waits[1:] or waits),
        threads=torch.get_num_threads(),
        float32_rate=matmul_rate(torch.float32),
        bfloat16_rate=matmul_rate(torch.bfloat16),
        # In KiB on Linux.
        peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def matmul_rate(dtype: torch.dtype) -> float:
    """Billions of operations per second of square matrix products; the best of a few."""
    first = torch.ones(_MATRIX, _MATRIX, dtype=dtype)
    best = float("inf")
    for _ in range(_PRODUCTS):
        began = time.perf_counter()
        torch.mm(first, first)
        best = min(best, time.perf_counter() - began)
    return 2 * _MATRIX**3 / best / 1e9
