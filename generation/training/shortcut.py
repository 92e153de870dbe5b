"""Shortcut distillation: one network that knows how far a step goes, so that few large steps end where many small do.

Its smallest step imitates the guided teacher, and only there guidance is distilled (guiding large steps, too, would
apply it again and again). A step twice as large imitates two smaller ones of the network's own average::

    v(x, t, 2s)  <-  [dt1 v(x, t, s) + dt2 v(x + dt1 v(x, t, s), t + dt1, s)] / (dt1 + dt2)

Timesteps are those of the inference schedules, on which steps of one size differ in length; hence dt1 and dt2.

Source: method A.7, A.8.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from generation.config import SamplingConfig
from generation.errors import ConfigError
from generation.sampling.guidance import pass_weights
from generation.sampling.timesteps import make_timesteps, step_size_of

# Shorter than any step.
_NO_LENGTH = 1e-9

# Latents (B, C, T, H, W) and timesteps (B, chunks) to a velocity like the latents.
Velocity = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortcutCycle:
    """Which step size each training step is about, as the number of such steps from noise to clean."""

    # The smallest first: it is the one with the teacher.
    step_counts: tuple[int, ...] = (64, 64, 64, 64, 64, 64, 64, 64, 32, 16, 8)

    def __post_init__(self) -> None:
        """Check the counts.

        Raises:
            ConfigError: If a count is not half of another one, down from the first.
        """
        known = sorted(set(self.step_counts), reverse=True)
        halved = all(larger == 2 * smaller for larger, smaller in pairwise(known))
        if not known or known[0] != self.step_counts[0] or known[-1] < 1 or not halved:
            raise ConfigError(f"step_counts must begin with the most steps and halve, got {self.step_counts}")

    @property
    def most_steps(self) -> int:
        """The count whose step size imitates the teacher."""
        return self.step_counts[0]

    def steps_at(self, step: int) -> int:
        """The count that a training step is about."""
        return self.step_counts[step % len(self.step_counts)]


@dataclass(frozen=True, kw_only=True, slots=True)
class DistilledGuidance:
    """The guidance that goes into the weights; as released."""

    timesteps: tuple[float, ...] = (0.0, 0.0217, 0.1, 0.3, 0.999)
    context: tuple[float, ...] = (1.5, 1.5, 1.5, 1.0, 1.0)
    text: tuple[float, ...] = (7.5, 7.5, 7.5, 0.0, 0.0)

    def __post_init__(self) -> None:
        """Check the values, as a sampler would.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        self.as_sampling()

    def as_sampling(self) -> SamplingConfig:
        """The settings with which a sampler applies the same guidance."""
        return SamplingConfig(guidance_timesteps=self.timesteps, context_guidance=self.context, text_guidance=self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class GuidanceWeights:
    """What each of the three passes contributes, per clip and chunk: ``(B, chunks)`` each, summing to 1."""

    none: Tensor
    context: Tensor
    text: Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class StepSpan:
    """One step of a schedule and the two halves of it that the next finer schedule takes; each ``(B, chunks)``."""

    start: Tensor
    middle: Tensor
    stop: Tensor

    def after(self, still: Tensor) -> "StepSpan":
        """The same with chunks in front, ``(B, chunks)`` timesteps, that stand still."""
        start, middle, stop = (torch.cat([still, part], dim=1) for part in (self.start, self.middle, self.stop))
        return StepSpan(start=start, middle=middle, stop=stop)

    def rows(self, rows: slice) -> "StepSpan":
        """The steps of some of the clips."""
        return StepSpan(start=self.start[rows], middle=self.middle[rows], stop=self.stop[rows])


def guidance_weights(guidance: DistilledGuidance, timesteps: Tensor) -> GuidanceWeights:
    """Look up the guidance of every chunk.

    Args:
        guidance: The values.
        timesteps: ``(B, chunks)`` in [0, 1].
    """
    sampling = guidance.as_sampling()
    rows = [[pass_weights(sampling, timestep) for timestep in clip] for clip in timesteps.tolist()]
    none, context, text = (
        torch.tensor([[getattr(weights, name) for weights in clip] for clip in rows])
        for name in ("none", "context", "text")
    )
    return GuidanceWeights(none=none, context=context, text=text)


def draw_span(stages: Tensor, *, num_steps: int, window_size: int, generator: torch.Generator) -> StepSpan:
    """Draw where in its stage a step begins; all chunks of a clip move together, as at inference.

    Args:
        stages: ``(B, chunks)``, whole numbers in 0..window_size - 1: which part of the schedule each chunk is in.
        num_steps: Steps of that size from noise to clean, a multiple of ``window_size``.
        window_size: Parts of the schedule.
        generator: On the CPU.
    """
    per_stage = num_steps // window_size
    index = stages * per_stage + torch.randint(per_stage, (len(stages), 1), generator=generator)
    halves = make_timesteps(2 * num_steps)
    return StepSpan(start=halves[2 * index], middle=halves[2 * index + 1], stop=halves[2 * index + 2])


def two_step_target(velocity: Velocity, latents: Tensor, span: StepSpan, moving: Tensor) -> Tensor:
    """The mean velocity over two small steps: what one large step should predict.

    Args:
        velocity: Of the small steps.
        latents: Where the step begins, ``(B, C, T, H, W)``.
        span: The step and its halves; a chunk that stands still has a step of no length, and the target 0.
        moving: ``(B, 1, T, 1, 1)`` in {0, 1}: frames that are noisy; the others stay where they are.
    """
    frames = latents.shape[2] // span.start.shape[1]

    def spread(values: Tensor) -> Tensor:
        return values.repeat_interleave(frames, dim=1)[:, None, :, None, None].to(latents)

    first_length, second_length = spread(span.middle - span.start), spread(span.stop - span.middle)
    first = velocity(latents, span.start)
    second = velocity(latents + first_length * first * moving, span.middle)
    length = (first_length + second_length).clamp(min=_NO_LENGTH)
    return (first_length * first + second_length * second) / length


def embedded_step_size(num_steps: int) -> float:
    """What the network is told of a step's size: 32 for 64 steps down to 4 for 8, as released."""
    return step_size_of(SamplingConfig(num_steps=num_steps, attention_span_by_stage=()), 0)
