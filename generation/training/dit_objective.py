"""Flow matching on chunks: the velocity from noise to data, counted where a batch is noisy.

The transformer predicts the velocity of all chunks; the loss counts the noisy ones, and its gradient flows through the
keys and values of the clean ones (blocking it hurt the original clearly).

Source: method A.1, A.3.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from generation.model.dit import DiT
from generation.model.window import ChunkWindow, PackedText
from generation.training.clip_plan import ClipPlan
from generation.training.runs.loop import StepLoss

# Borders of the ranges of timesteps whose losses are logged apart: the schedule's own quarters.
TIMESTEP_BORDERS = (0.0, 0.0217, 0.1, 0.3, 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoisyClips:
    """A batch as the transformer sees it, and what it should answer."""

    # Shape (B, C, T, H, W).
    latents: Tensor
    # Velocity from noise to data, same shape.
    target: Tensor
    # (B, 1, T, 1, 1) in {0, 1}: frames that are noisy and count in the loss.
    counted: Tensor

    def rows(self, rows: slice) -> "NoisyClips":
        """Some of the clips."""
        return NoisyClips(latents=self.latents[rows], target=self.target[rows], counted=self.counted[rows])


def with_stills(clean: Tensor, stills: Tensor, plan: ClipPlan) -> Tensor:
    """Put the picture that a clip starts from in place of its first latent frame, as inference does.

    A picture is encoded as a still moment, the clip's own first latent frame as four frames of motion.

    Args:
        clean: ``(B, C, T, H, W)``.
        stills: Latents of the clips' first frames, ``(B, C, 1, H, W)``.
        plan: Says which clips start from a picture.
    """
    chosen = plan.from_image.to(clean.device)[:, None, None, None, None]
    return torch.cat([torch.where(chosen, stills.to(clean), clean[:, :, :1]), clean[:, :, 1:]], dim=2)


def add_noise(clean: Tensor, plan: ClipPlan, generator: torch.Generator) -> NoisyClips:
    """Mix latents with noise as the plan says.

    Args:
        clean: Latents of whole clips, ``(B, C, T, H, W)``.
        plan: Of these clips.
        generator: On any device; what is drawn differs between kinds of devices.
    """
    frames = clean.shape[2]
    chunk_frames = frames // plan.num_chunks
    noise = torch.randn(clean.shape, generator=generator, device=generator.device).to(clean)
    weight = plan.levels.repeat_interleave(chunk_frames, dim=1)
    counted = (torch.arange(frames) >= plan.clean_chunks * chunk_frames).float().repeat(len(clean), 1)
    weight[:, 0] = torch.where(plan.from_image, 1.0, weight[:, 0])
    counted[:, 0] = torch.where(plan.from_image, 0.0, counted[:, 0])
    weight, counted = (part[:, None, :, None, None].to(clean) for part in (weight, counted))
    return NoisyClips(latents=(1 - weight) * noise + weight * clean, target=clean - noise, counted=counted)


def window_of(
    latents: Tensor, plan: ClipPlan, text: PackedText, *, null_condition: bool, step_size: float | None
) -> ChunkWindow:
    """A batch of whole clips as one forward."""
    return ChunkWindow(
        latents=latents,
        timesteps=plan.timesteps.to(latents.device),
        text=text,
        first_chunk=0,
        key_ranges=plan.key_ranges,
        null_condition=null_condition,
        step_size=step_size,
    )


def flow_matching_loss(
    dit: DiT, noisy: NoisyClips, plan: ClipPlan, text: PackedText, *, null_condition: bool, step_size: float | None
) -> StepLoss:
    """Mean squared velocity error over the frames that count.

    Args:
        dit: The transformer, in training.
        noisy: From :func:`add_noise`; its target may be another velocity.
        plan: Of these clips.
        text: Of every clip and chunk; null text for clean chunks and dropped captions.
        null_condition: Whether captions are dropped.
        step_size: Embedded beside the timestep by models that know several.
    """
    velocity = dit(window_of(noisy.latents, plan, text, null_condition=null_condition, step_size=step_size))
    # (B, T): squared errors of latent frames.
    error = (velocity.float() - noisy.target).square().mean(dim=(1, 3, 4))
    counted = noisy.counted.flatten(1)
    total = ((error * counted).sum(dim=1) / counted.sum(dim=1)).mean()
    return StepLoss(total=total, metrics=losses_by_timestep(error.detach(), counted, plan))


def losses_by_timestep(error: Tensor, counted: Tensor, plan: ClipPlan) -> dict[str, Tensor]:
    """Mean error in each quarter of the schedule; NaN where no chunk of the batch stands.

    Args:
        error: ``(B, T)``.
        counted: The same shape, in {0, 1}.
        plan: Of these clips.
    """
    per_frame = plan.timesteps.repeat_interleave(error.shape[1] // plan.num_chunks, dim=1).to(error.device)
    metrics = {}
    for low, high in pairwise(TIMESTEP_BORDERS):
        inside = counted * ((per_frame >= low) & (per_frame < high))
        metrics[f"loss_t{low:g}_{high:g}"] = (error * inside).sum() / inside.sum()
    return metrics
