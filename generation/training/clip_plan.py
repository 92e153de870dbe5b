"""What is clean and what is noisy in a batch of clips: text, image and continuation are one task told apart by it.

Some leading chunks are clean (continuation), or only the first latent frame is (image), or nothing is (text). The
others carry noise at timesteps of their own, earlier chunks cleaner.

Source: method A.1, A.3.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from generation.errors import ConfigError
from generation.training.timestep_density import TimestepDensity, draw_chunk_timesteps


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskMix:
    """How often a clip is trained from text, from an image, or as a continuation; what is left is text."""

    image_share: float = 0.35
    continuation_share: float = 0.3
    # Steps in which every caption is replaced by the null text.
    caption_dropout: float = 0.1
    # Clean chunks carry up to this share of noise, against the model's own mistakes at inference.
    clean_noise: float = 0.05
    clean_timestep: float = 0.9999
    # Clips that continue a second of the model's own, of those for which there is one.
    own_share: float = 0.0
    # How many chunks a noisy chunk looks back, itself included ...
    attention_span: int = 5
    # ... and how often it is fewer, which guidance without context and shot transitions ask for.
    short_span_share: float = 0.2
    # How often chunks are told their own second's caption: in clips in which something changes, and in the others.
    second_captions_of_changing: float = 0.5
    second_captions_of_steady: float = 0.1

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        for name in (
            "image_share", "continuation_share", "caption_dropout", "clean_noise", "clean_timestep",
            "own_share", "short_span_share", "second_captions_of_changing", "second_captions_of_steady",
        ):  # fmt: skip
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must be in [0, 1], got {getattr(self, name)}")
        if self.image_share + self.continuation_share > 1:
            raise ConfigError("image_share and continuation_share must sum to at most 1")
        if self.attention_span < 1:
            raise ConfigError(f"attention_span must be at least 1, got {self.attention_span}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipPlan:
    """What is clean and what is noisy in one batch of clips."""

    # Leading clean chunks, the same for the batch: a clean chunk attends to itself alone, so ranges follow from it.
    clean_chunks: int
    # (B,) bool: the first latent frame is given.
    from_image: Tensor
    # (B, chunks) float32: what the model is told, and how much of the clean latents is really there. They differ in
    # clean chunks, whose stain of noise the model is not told of.
    timesteps: Tensor
    levels: Tensor
    key_ranges: tuple[tuple[int, int], ...]

    @property
    def num_chunks(self) -> int:
        """Chunks of each clip."""
        return len(self.key_ranges)

    def rows(self, rows: slice) -> "ClipPlan":
        """The plan of some of the clips."""
        return ClipPlan(
            clean_chunks=self.clean_chunks,
            from_image=self.from_image[rows],
            timesteps=self.timesteps[rows],
            levels=self.levels[rows],
            key_ranges=self.key_ranges,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnTask:
    """Which task a batch is trained on, before any timestep is drawn."""

    clean_chunks: int
    from_image: Tensor
    span: int


def draw_task(batch: int, chunks: int, mix: TaskMix, generator: torch.Generator) -> DrawnTask:
    """Draw the task and the reach of one batch.

    Args:
        batch: Clips.
        chunks: Chunks per clip; continuation takes at least 2.
        mix: How often each task.
        generator: On the CPU.
    """
    pick, short = torch.rand(2, generator=generator).tolist()
    share = mix.continuation_share if chunks > 1 else 0.0
    continues = pick < share
    clean = int(torch.randint(1, chunks, (), generator=generator)) if continues else 0
    # Of the batches that do not continue; a clip of one chunk cannot, and starts from an image instead.
    image = mix.image_share + (mix.continuation_share if chunks == 1 else 0.0)
    image_share = 0.0 if continues else image / (1 - share)
    from_image = torch.rand(batch, generator=generator) < image_share
    span = int(torch.randint(1, min(chunks, mix.attention_span) + 1, (), generator=generator))
    return DrawnTask(
        clean_chunks=clean, from_image=from_image, span=span if short < mix.short_span_share else mix.attention_span
    )


def plan_clips(batch: int, chunks: int, mix: TaskMix, density: TimestepDensity, generator: torch.Generator) -> ClipPlan:
    """Draw the task, the timesteps and the reach of one batch.

    Args:
        batch: Clips.
        chunks: Chunks per clip.
        mix: How often each task.
        density: Of the timesteps.
        generator: On the CPU.
    """
    task = draw_task(batch, chunks, mix, generator)
    noisy = draw_chunk_timesteps(batch, chunks - task.clean_chunks, density, generator)
    return plan_at(noisy, task, mix, generator)


def plan_at(noisy: Tensor, task: DrawnTask, mix: TaskMix, generator: torch.Generator) -> ClipPlan:
    """A plan in which the noisy chunks stand at given timesteps.

    Args:
        noisy: ``(B, noisy chunks)`` in [0, 1).
        task: What else is drawn.
        mix: For the clean chunks.
        generator: On the CPU.
    """
    batch, clean = len(noisy), task.clean_chunks
    stain = torch.rand((batch, 1), generator=generator) * mix.clean_noise
    chunks = clean + noisy.shape[1]
    return ClipPlan(
        clean_chunks=clean,
        from_image=task.from_image,
        timesteps=torch.cat([torch.full((batch, clean), mix.clean_timestep), noisy], dim=1),
        levels=torch.cat([(1 - stain).expand(-1, clean), noisy], dim=1),
        key_ranges=tuple(
            (chunk if chunk < clean else max(0, chunk + 1 - task.span), chunk + 1) for chunk in range(chunks)
        ),
    )
