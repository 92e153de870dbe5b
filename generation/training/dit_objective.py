"""Flow matching on chunks: one objective for text, image and continuation, told apart by what is clean.

A clip is a row of chunks. Some leading chunks are clean (continuation), or only the first latent frame is (image), or
nothing is (text). The others carry noise at timesteps of their own, earlier chunks cleaner. The transformer predicts
the velocity of all; the loss counts the noisy ones, and its gradient flows through the keys and values of the clean.

Source: method A.1, A.3.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from generation.errors import ConfigError
from generation.model.dit import DiT
from generation.model.window import ChunkWindow, PackedText
from generation.training.loop import StepLoss
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
    attention_span: int = 5

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        for name in ("image_share", "continuation_share", "caption_dropout", "clean_noise", "clean_timestep"):
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
    # (B, chunks) float32; clean chunks hold the clean timestep.
    timesteps: Tensor
    drop_captions: bool
    key_ranges: tuple[tuple[int, int], ...]


def plan_clips(batch: int, chunks: int, mix: TaskMix, density: TimestepDensity, generator: torch.Generator) -> ClipPlan:
    """Draw the task, the timesteps and the reach of one batch.

    Args:
        batch: Clips.
        chunks: Chunks per clip.
        mix: How often each task.
        density: Of the timesteps.
        generator: On the CPU.
    """
    task, dropout = torch.rand(2, generator=generator).tolist()
    continues = chunks > 1 and task < mix.continuation_share
    clean = int(torch.randint(1, chunks, (), generator=generator)) if continues else 0
    image_share = mix.image_share / (1 - mix.continuation_share) if chunks > 1 else mix.image_share
    from_image = torch.rand(batch, generator=generator) < (0.0 if continues else image_share)
    noisy = draw_chunk_timesteps(batch, chunks - clean, density, generator)
    timesteps = torch.cat([torch.full((batch, clean), mix.clean_timestep), noisy], dim=1)
    key_ranges = tuple(
        (chunk if chunk < clean else max(0, chunk + 1 - mix.attention_span), chunk + 1) for chunk in range(chunks)
    )
    return ClipPlan(
        clean_chunks=clean,
        from_image=from_image,
        timesteps=timesteps,
        drop_captions=dropout < mix.caption_dropout,
        key_ranges=key_ranges,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class NoisyClips:
    """A batch as the transformer sees it, and what it should answer."""

    # Shape (B, C, T, H, W).
    latents: Tensor
    # Velocity from noise to data, same shape.
    target: Tensor
    # (B, 1, T, 1, 1) in {0, 1}: frames that count in the loss.
    counted: Tensor


def add_noise(clean: Tensor, plan: ClipPlan, mix: TaskMix, generator: torch.Generator) -> NoisyClips:
    """Mix latents with noise as the plan says.

    Args:
        clean: Latents of whole clips, ``(B, C, T, H, W)``.
        plan: From :func:`plan_clips`.
        mix: For the noise on clean chunks.
        generator: On the CPU.
    """
    batch, _, frames = clean.shape[:3]
    chunk_frames = frames // plan.timesteps.shape[1]
    noise = torch.randn(clean.shape, generator=generator).to(clean)
    level = plan.timesteps.clone()
    stain = torch.rand((batch, 1), generator=generator) * mix.clean_noise
    level[:, : plan.clean_chunks] = 1 - stain
    per_frame = level.repeat_interleave(chunk_frames, dim=1)
    counted = (torch.arange(frames) >= plan.clean_chunks * chunk_frames).float().repeat(batch, 1)
    per_frame[:, 0] = torch.where(plan.from_image, 1.0, per_frame[:, 0])
    counted[:, 0] = torch.where(plan.from_image, 0.0, counted[:, 0])
    weight = per_frame[:, None, :, None, None].to(clean)
    return NoisyClips(
        latents=(1 - weight) * noise + weight * clean,
        target=clean - noise,
        counted=counted[:, None, :, None, None].to(clean),
    )


def flow_matching_loss(
    dit: DiT, noisy: NoisyClips, plan: ClipPlan, text: PackedText, *, step_size: float | None = None
) -> StepLoss:
    """Mean squared velocity error over the frames that count.

    Args:
        dit: The transformer, in training.
        noisy: From :func:`add_noise`.
        plan: From :func:`plan_clips`.
        text: Of every clip and chunk; null text for clean chunks and dropped captions.
        step_size: Embedded beside the timestep for models that know several.
    """
    window = ChunkWindow(
        latents=noisy.latents,
        timesteps=plan.timesteps.to(noisy.latents.device),
        text=text,
        first_chunk=0,
        key_ranges=plan.key_ranges,
        null_condition=plan.drop_captions,
        step_size=step_size,
    )
    error = (dit(window) - noisy.target).square().mean(dim=(1, 3, 4), keepdim=True)
    per_clip = (error * noisy.counted).sum(dim=(1, 2, 3, 4)) / noisy.counted.sum(dim=(1, 2, 3, 4))
    total = per_clip.mean()
    return StepLoss(total=total, metrics=_metrics_by_timestep(error.detach(), noisy.counted, plan))


def _metrics_by_timestep(error: Tensor, counted: Tensor, plan: ClipPlan) -> dict[str, float]:
    chunk_frames = error.shape[2] // plan.timesteps.shape[1]
    per_frame = plan.timesteps.repeat_interleave(chunk_frames, dim=1).to(error.device)
    error, weight = error.flatten(1), counted.flatten(1)
    metrics = {}
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 1.0)):
        inside = weight * ((per_frame >= low) & (per_frame < high))
        if inside.sum() > 0:
            metrics[f"loss_t{low:g}_{high:g}"] = float((error * inside).sum() / inside.sum())
    return metrics
