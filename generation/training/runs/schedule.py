"""How fast a model learns, by step."""

import math
from dataclasses import dataclass

from generation.errors import ConfigError


@dataclass(frozen=True, kw_only=True, slots=True)
class LearningRate:
    """Linear warm-up, a constant stretch, then a cosine down to a floor (method A.4 uses the first two)."""

    peak: float = 1e-4
    warmup_steps: int = 1000
    # The cosine runs from decay_from to total_steps; equal numbers leave the rate constant.
    decay_from: int = 0
    total_steps: int = 0
    floor: float = 1e-5

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        if not 0 < self.floor <= self.peak:
            raise ConfigError(f"learning rates must satisfy 0 < floor <= peak, got {self.floor} and {self.peak}")
        if self.warmup_steps < 0 or not 0 <= self.decay_from <= self.total_steps:
            raise ConfigError(
                "warmup_steps must be 0 or more and decay_from within total_steps, got "
                f"{self.warmup_steps}, {self.decay_from} and {self.total_steps}"
            )

    def at(self, step: int) -> float:
        """The rate of a step, counted from 0."""
        if step < self.warmup_steps:
            return self.peak * (step + 1) / self.warmup_steps
        if step < self.decay_from or self.decay_from == self.total_steps:
            return self.peak
        progress = min(1.0, (step - self.decay_from) / (self.total_steps - self.decay_from))
        return self.floor + (self.peak - self.floor) * 0.5 * (1 + math.cos(math.pi * progress))
