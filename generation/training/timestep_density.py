"""Which timesteps a transformer is trained at, and how the chunks of one clip share them.

The paper's density (logit-normal, then shifted towards noise) hardly ever visits t < 0.05 or t > 0.6, while half of all
inference steps lie below t = 0.1 and the last step starts near 0.5. So a part of the draws is uniform in the schedule
coordinate u, with t = u^2 / (3 - 2 u^2), where inference spends its steps evenly, and a few sit exactly at t = 0.

Source: method A.1, A.2, A.9.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.errors import ConfigError

_ALMOST_DONE = 1 - 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class TimestepDensity:
    """The mixture; the shares of paper, schedule and the atom at 0 sum to 1."""

    logit_mean: float = 0.0
    logit_std: float = 0.5
    shift: float = 1 / 3
    schedule_share: float = 0.3
    zero_share: float = 0.02
    # Share of clips whose chunks stand as inference has them: in a row of stages, each a window-th of the schedule.
    # The others draw independently and are sorted, earlier chunks cleaner.
    staircase_share: float = 0.5
    window_size: int = 4

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        for name in ("schedule_share", "zero_share", "staircase_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must be in [0, 1], got {getattr(self, name)}")
        if self.schedule_share + self.zero_share > 1:
            raise ConfigError("schedule_share and zero_share must sum to at most 1")
        if self.logit_std <= 0 or not 0 < self.shift <= 1 or self.window_size < 1:
            raise ConfigError(f"logit_std, shift and window_size must be positive and shift at most 1, got {self}")


def schedule_timestep(u: Tensor) -> Tensor:
    """The inference schedule as a map of [0, 1]: t = u^2 / (3 - 2 u^2)."""
    return u.square() / (3 - 2 * u.square())


def draw_independent(shape: tuple[int, ...], density: TimestepDensity, generator: torch.Generator) -> Tensor:
    """Timesteps in [0, 1), each drawn on its own from the mixture.

    Args:
        shape: Of the result.
        density: The mixture.
        generator: On the CPU.
    """
    logits = torch.randn(shape, generator=generator) * density.logit_std + density.logit_mean
    raw = torch.sigmoid(logits)
    paper = density.shift * raw / (1 - (1 - density.shift) * raw)
    uniform = schedule_timestep(torch.rand(shape, generator=generator))
    pick = torch.rand(shape, generator=generator)
    mixed = torch.where(pick < density.schedule_share, uniform, paper)
    return torch.where(pick >= 1 - density.zero_share, torch.zeros(()), mixed)


def draw_chunk_timesteps(batch: int, chunks: int, density: TimestepDensity, generator: torch.Generator) -> Tensor:
    """Timesteps of the noisy chunks of each clip, never rising from a chunk to the next.

    Args:
        batch: Clips.
        chunks: Noisy chunks per clip.
        density: The mixture.
        generator: On the CPU.

    Returns:
        ``(batch, chunks)`` float32 in [0, 1).
    """
    independent = draw_independent((batch, chunks), density, generator).sort(dim=1, descending=True).values
    # Anywhere inside the stages.
    offset = torch.rand((batch, 1), generator=generator)
    stages = draw_stages(batch, chunks, window_size=density.window_size, generator=generator)
    # More chunks than stages leave the oldest almost clean.
    staircase = schedule_timestep(((stages + offset) / density.window_size).clamp(max=_ALMOST_DONE))
    pick = torch.rand((batch, 1), generator=generator)
    return torch.where(pick < density.staircase_share, staircase, independent)


def draw_stages(batch: int, chunks: int, *, window_size: int, generator: torch.Generator) -> Tensor:
    """In which stage of denoising each noisy chunk is, as at some moment of inference.

    A full window has one chunk in every stage. Fewer chunks stand anywhere in it: at the noisy end when a clip begins,
    at the clean end when it runs out.

    Returns:
        ``(batch, chunks)``, falling by 1 from chunk to chunk; 0 is the noisiest stage.
    """
    youngest = torch.randint(max(1, window_size - chunks + 1), (batch, 1), generator=generator)
    return torch.arange(chunks - 1, -1, -1) + youngest


def share_below(density: TimestepDensity, timestep: float, *, draws: int, generator: torch.Generator) -> float:
    """Share of independent draws below a timestep, by sampling; for plots and tests."""
    if draws < 1 or not math.isfinite(timestep):
        raise ConfigError(f"draws must be 1 or more and timestep finite, got {draws} and {timestep}")
    return float((draw_independent((draws,), density, generator) < timestep).float().mean())
