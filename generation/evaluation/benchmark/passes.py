"""What leaving out guidance passes of weight zero saves, and that it changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from generation.config import DiTConfig, SamplingConfig
from generation.evaluation.benchmark.figures import Figure, at_most, below
from generation.evaluation.benchmark.random_models import random_dit, random_texts
from generation.evaluation.benchmark.timing import median_spent
from generation.model.dit import DiT
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.report import StepReport
from generation.sampling.sampler import Sampler

# Of the largest value; forwards over fewer chunks round differently.
MOST_DIFFERENCE = 1e-5


@dataclass(frozen=True, kw_only=True, slots=True)
class PassSizes:
    """The clips that are made."""

    config: DiTConfig
    windows: tuple[int, ...]
    num_steps: int
    num_chunks: int
    # Of the latents, in cells.
    side: int
    rounds: int


FULL = PassSizes(
    config=DiTConfig(
        name="passes",
        num_layers=4,
        hidden_size=256,
        ffn_hidden_size=1024,
        num_heads=4,
        num_kv_heads=2,
        head_dim=64,
        text_dim=64,
    ),
    windows=(1, 4),
    num_steps=8,
    num_chunks=5,
    side=8,
    rounds=5,
)
QUICK = replace(
    FULL,
    config=replace(FULL.config, num_layers=2, hidden_size=64, ffn_hidden_size=128, head_dim=16),
    num_chunks=2,
    side=4,
    rounds=1,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedClip:
    """A whole clip, and what it took."""

    chunks: list[Tensor]
    forwards: int
    # Forwards times the chunks that went through them.
    chunk_forwards: int


def measure_passes(sizes: PassSizes) -> Iterator[Figure]:
    """Make the same clip with and without the passes, for every window size.

    Returns:
        Per window the difference between the clips, and forwards, chunks in forwards and time as ratios of what is
        left to the whole.
    """
    model, texts = random_dit(sizes.config), random_texts(sizes.num_chunks, sizes.config.text_dim)
    for window in sizes.windows:
        label = f"passes, window of {window}"
        every = _clip_maker(model, texts, sizes, window, skip=False)
        needed = _clip_maker(model, texts, sizes, window, skip=True)
        whole, left = every(), needed()
        yield Figure(
            name=f"{label}: largest difference",
            value=largest_difference(left.chunks, whole.chunks),
            limit=at_most(MOST_DIFFERENCE),
        )
        yield Figure(name=f"{label}: forwards", value=left.forwards / whole.forwards, limit=below(1))
        yield Figure(
            name=f"{label}: chunks in forwards", value=left.chunk_forwards / whole.chunk_forwards, limit=below(1)
        )
        spent = median_spent({"whole": every, "left": needed}, rounds=sizes.rounds)
        yield Figure(name=f"{label}: time", value=spent["left"].wall / spent["whole"].wall, limit=below(1))
        yield Figure(name=f"{label}: processor time", value=spent["left"].processor / spent["whole"].processor)


def largest_difference(got: list[Tensor], expected: list[Tensor]) -> float:
    """Largest absolute difference of two clips, over the largest absolute value of the expected one."""
    whole = torch.cat(expected)
    # One maximum over all, through which NaN comes out as NaN.
    return float((torch.cat(got) - whole).abs().max() / whole.abs().max())


def _clip_maker(
    model: DiT, texts: ChunkTexts, sizes: PassSizes, window: int, *, skip: bool
) -> Callable[[], CountedClip]:
    sampling = SamplingConfig(num_steps=sizes.num_steps, window_size=window, skip_zero_weight_passes=skip)
    sampler = Sampler(model, sampling, texts, weights_hash="benchmark")
    state = sampler.start(num_chunks=sizes.num_chunks, latent_height=sizes.side, latent_width=sizes.side, seed=0)

    def make() -> CountedClip:
        counts: list[tuple[int, int]] = []

        def count(report: StepReport) -> None:
            counts.append((report.forwards, report.chunk_forwards))

        chunks = [chunk.latents for chunk in sampler.run(state, on_step=count)]
        forwards, chunk_forwards = (sum(of_steps) for of_steps in zip(*counts, strict=True))
        return CountedClip(chunks=chunks, forwards=forwards, chunk_forwards=chunk_forwards)

    return make
