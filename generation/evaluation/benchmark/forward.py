"""How fast one forward is, as a share of what plain matrix products reach on the same machine in the same minute."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch

from generation.config import DiTConfig
from generation.evaluation.benchmark.figures import Figure, at_least
from generation.evaluation.benchmark.random_models import TEXT_TOKENS, random_dit, random_rows
from generation.evaluation.benchmark.timing import PRODUCTS_FLOPS, matrix_products, median_spent
from generation.model.flops import forward_flops
from generation.model.window import ChunkWindow, PackedText

CHUNKS = 4
GIGA = 1e9


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardCase:
    """One forward to time."""

    # Of the latents, in cells.
    side: int
    dtype: torch.dtype
    # Of the rate of matrix products in the same dtype.
    least_share: float

    @property
    def label(self) -> str:
        """For people."""
        return f"forward, {str(self.dtype).removeprefix('torch.')}, latent {self.side} x {self.side}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardSizes:
    """What is timed, and how often."""

    config: DiTConfig
    cases: tuple[ForwardCase, ...]
    rounds: int


FULL = ForwardSizes(
    config=DiTConfig(
        name="benchmark",
        num_layers=12,
        hidden_size=384,
        ffn_hidden_size=1536,
        num_heads=6,
        num_kv_heads=2,
        head_dim=64,
    ),
    cases=(
        ForwardCase(side=16, dtype=torch.float32, least_share=0.75),
        ForwardCase(side=16, dtype=torch.bfloat16, least_share=0.45),
        ForwardCase(side=32, dtype=torch.float32, least_share=0.65),
    ),
    rounds=5,
)
QUICK = replace(
    FULL,
    config=replace(FULL.config, num_layers=2, text_dim=64),
    cases=tuple(replace(case, side=case.side // 4) for case in FULL.cases),
    rounds=1,
)


def measure_forwards(sizes: ForwardSizes) -> Iterator[Figure]:
    """Time every case in turn with a matrix product in the same dtype.

    Returns:
        Per case the share on the clock and in processor time, the seconds, and the rate it is a share of.
    """
    for case in sizes.cases:
        window = causal_window(sizes.config, side=case.side)
        calls = {"forward": _forward(sizes.config, window, case.dtype), "products": matrix_products(case.dtype)}
        spent = median_spent(calls, rounds=sizes.rounds)
        arithmetic = forward_flops(sizes.config, window) / PRODUCTS_FLOPS
        forward, products = spent["forward"], spent["products"]
        yield Figure(
            name=f"{case.label}: share of the product rate",
            value=arithmetic * products.wall / forward.wall,
            limit=at_least(case.least_share),
        )
        yield Figure(
            name=f"{case.label}: the same by processor time",
            value=arithmetic * products.processor / forward.processor,
        )
        yield Figure(name=f"{case.label}: time", value=forward.wall, unit="s")
        yield Figure(name=f"{case.label}: product rate", value=PRODUCTS_FLOPS / products.wall / GIGA, unit="GFLOP/s")


def causal_window(config: DiTConfig, *, side: int) -> ChunkWindow:
    """Four chunks at the start of a clip, each of which sees all before it.

    Args:
        config: The architecture.
        side: Of the latents, in cells.
    """
    generator = torch.Generator().manual_seed(0)
    frames = CHUNKS * config.chunk_latent_frames
    rows = random_rows(CHUNKS * TEXT_TOKENS, config.text_dim, seed=0)
    return ChunkWindow(
        latents=torch.randn(1, config.latent_channels, frames, side, side, generator=generator),
        timesteps=torch.linspace(0.9, 0.0, CHUNKS)[None],
        text=PackedText(embeddings=rows, lengths=(TEXT_TOKENS,) * CHUNKS),
        first_chunk=0,
        key_ranges=tuple((0, chunk + 1) for chunk in range(CHUNKS)),
    )


def _forward(config: DiTConfig, window: ChunkWindow, dtype: torch.dtype) -> Callable[[], object]:
    """The forward as the sampler calls it: without gradients."""
    model = random_dit(config, dtype=dtype)

    @torch.no_grad()
    def run() -> None:
        model(window)

    return run
