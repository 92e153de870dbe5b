"""Tempering: a student comes back nearer to what really happens, at the very steps in which it is served.

A student imitates a guided teacher. Guidance makes words count for more than they do, so the first steps aim beyond
what happens, the last ones draw harder edges than anything has, and whoever judges a second by the truth finds it too
far away. Told the truth at those steps, a student forgets that in a few minutes; told for good, it would forget sharp
pictures as well, for the mean of everything that might happen is a blur. So what is kept are weights that lie a part
of the way from where it began to what it learned: between the two, seconds are nearer to the truth than at either end.
"""

import torch
from torch import Tensor, nn

from generation.errors import ConfigError
from generation.sampling.timesteps import make_timesteps
from generation.training.runs.averaging import WeightAverage


def draw_served_timesteps(clips: int, *, num_steps: int, taught_steps: int, generator: torch.Generator) -> Tensor:
    """Where on the served schedule clips stand that have one chunk in flight, ``(clips, 1)``.

    Args:
        clips: How many.
        num_steps: Of the schedule.
        taught_steps: So many of them from the first one, all alike.
        generator: On the CPU.
    """
    return make_timesteps(num_steps)[torch.randint(taught_steps, (clips, 1), generator=generator)]


class TemperedAverage(WeightAverage):
    """An average whose weights stay part of the way from where a module began to where it goes."""

    def __init__(self, module: nn.Module, *, decay: float, share: float) -> None:
        """Start from the module's present weights, which are where it began, a resumed run's too.

        Args:
            module: Whose parameters are averaged.
            decay: As of every average.
            share: Of the way, in (0, 1].

        Raises:
            ConfigError: If the share is none of a way.
        """
        if not 0 < share <= 1:
            raise ConfigError(f"share must be in (0, 1], got {share}")
        super().__init__(module, decay=decay)
        self._share = share
        self._begun = [weight.clone() for weight in self.weights.values()]

    def seen(self, module: nn.Module) -> list[Tensor]:
        """What the average moves towards: the part of the way to the module's weights."""
        return [begun.lerp(now, self._share) for begun, now in zip(self._begun, super().seen(module), strict=True)]
