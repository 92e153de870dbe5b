"""Whether memory grows with a clip's length: peaks of the process for clips of several lengths.

Claim: no, because a chunk sees a bounded number of chunks before it, and seconds are shown as they come.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import linear_regression

from generation.contract.requests import MAX_SECONDS, GenerationRequest
from generation.errors import RequestError
from generation.evaluation.benchmark.machine import forget_peak, peak_bytes
from generation.evaluation.experiments.chained_takes import chained_takes
from generation.pipeline.pipeline import VideoPipeline


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryFigures:
    """One length."""

    seconds: int
    # Most that the process held while it was made, weights and library included; None where nobody counts it.
    peak: int | None


def measure_memory(
    pipeline: VideoPipeline, request: GenerationRequest, lengths: Sequence[int]
) -> Iterator[MemoryFigures]:
    """Make clips of several lengths, letting go of every second as soon as it is there.

    Args:
        pipeline: The model; one long take is made before, unmeasured, for what is set up only once: the library's
            allocator finds its blocks within some seconds of video.
        request: Of one prompt; its length does not count.
        lengths: In seconds; beyond the longest take, whole takes that continue each other.

    Raises:
        RequestError: If a length beyond the longest take is not whole takes.
    """
    for seconds in lengths:
        if seconds > MAX_SECONDS and seconds % MAX_SECONDS:
            raise RequestError(f"a length must be whole takes of {MAX_SECONDS} s beyond one, got {seconds}")
    _make(pipeline, request, MAX_SECONDS)
    for seconds in lengths:
        forget_peak()
        _make(pipeline, request, seconds)
        yield MemoryFigures(seconds=seconds, peak=peak_bytes())


def growth(figures: Sequence[MemoryFigures]) -> float | None:
    """Bytes per second of video, by a line of least squares; None if nobody counted."""
    peaks = [found.peak for found in figures if found.peak is not None]
    if len(peaks) < max(2, len(figures)):
        return None
    return linear_regression([found.seconds for found in figures], peaks).slope


def _make(pipeline: VideoPipeline, request: GenerationRequest, seconds: int) -> None:
    takes = max(1, seconds // MAX_SECONDS)
    for _ in chained_takes(pipeline, replace(request, seconds=seconds // takes), takes=takes):
        pass
