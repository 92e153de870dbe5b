"""How long a person waits for a preset's first chunk and for every one after it, and for what."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from generation.config import ExecutionConfig
from generation.contract.requests import FRAMES_PER_SECOND, ControlTokens, GenerationRequest
from generation.evaluation.benchmark.figures import Figure
from generation.evaluation.benchmark.seams import moving_clip
from generation.evaluation.benchmark.timing import spent_by
from generation.pipeline.loading import load_preset
from generation.pipeline.pipeline import VideoPipeline
from generation.presets import Preset
from generation.sampling.report import StepReport

PROMPT = "waves roll in"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipSizes:
    """The clip that is made."""

    # At least 2, so that there is a second chunk to wait for.
    seconds: int


FULL = ClipSizes(seconds=6)
QUICK = ClipSizes(seconds=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChunkTime:
    """What one chunk took."""

    denoise: float
    decode: float

    @property
    def total(self) -> float:
        """Seconds."""
        return self.denoise + self.decode


def measure_clip(sizes: ClipSizes, preset: Preset, weights: Path, threads: int) -> Iterator[Figure]:
    """Make one clip from text.

    Args:
        sizes: Of the clip.
        preset: Of the model, on the CPU in float32.
        weights: Where released weights lie.
        threads: Of the CPU; 0 leaves the library's choice.

    Returns:
        Seconds until the model is loaded, until the first chunk can be seen, for each one after it, and their parts.

    Raises:
        WeightsError: If weights are missing; says what to do.
    """
    with tempfile.TemporaryDirectory() as cache:
        # Embeddings are kept between runs, so a first wait needs a cache that is empty.
        started = time.perf_counter()
        pipeline = load_preset(preset, weights=weights, cache=Path(cache), execution=ExecutionConfig(threads=threads))
        label = f"{preset.name}, {preset.width} x {preset.height}"
        yield Figure(name=f"{label}: load", value=time.perf_counter() - started, unit="s")
        yield from _figures(label, pipeline, sizes, preset)


def _figures(label: str, pipeline: VideoPipeline, sizes: ClipSizes, preset: Preset) -> Iterator[Figure]:
    request = GenerationRequest(
        prompts=(PROMPT,),
        seconds=sizes.seconds,
        width=preset.width,
        height=preset.height,
        controls=ControlTokens(high_quality=False, duration=False),
    )
    text, chunks = timed_chunks(pipeline, request)
    first, following = chunks[0], chunks[1:]
    picture = moving_clip(FRAMES_PER_SECOND, side=max(preset.width, preset.height))[:, : preset.height, : preset.width]
    for name, seconds in (
        ("first chunk", text + first.total),
        ("first chunk, of that text", text),
        ("first chunk, of that denoise", first.denoise),
        ("first chunk, of that decode", first.decode),
        ("each chunk after", mean(chunk.total for chunk in following)),
        ("each chunk after, of that denoise", mean(chunk.denoise for chunk in following)),
        ("each chunk after, of that decode", mean(chunk.decode for chunk in following)),
        ("encode a second of a prefix", spent_by(lambda: pipeline.codec.encode(picture)).wall),
    ):
        yield Figure(name=f"{label}: {name}", value=seconds, unit="s")


def timed_chunks(pipeline: VideoPipeline, request: GenerationRequest) -> tuple[float, list[ChunkTime]]:
    """Make a clip and look at the clock.

    Returns:
        Seconds for the text, and what each chunk took; the first one contains the stages that fill the window.
    """
    before = time.perf_counter()
    clip = pipeline.start(request)
    begun = time.perf_counter()
    text, denoised = begun - before, [begun]

    def note(report: StepReport) -> None:
        del report
        denoised.append(time.perf_counter())

    chunks = []
    for _ in clip.watch(on_step=note):
        # A chunk is decoded after the last step of its stage.
        ready = time.perf_counter()
        chunks.append(ChunkTime(denoise=denoised[-1] - begun, decode=ready - denoised[-1]))
        begun = ready
    return text, chunks
