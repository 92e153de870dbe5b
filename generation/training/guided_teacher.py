"""The base model's guided velocity for a training batch: three passes, mixed per chunk as at inference.

Source: method A.8; :mod:`generation.sampling.velocity` does the same for clips in flight.
"""

import torch
from torch import Tensor

from generation.model.window import ChunkWindow
from generation.training.captioned_dit import CaptionedDiT
from generation.training.clip_plan import ClipPlan
from generation.training.dit_objective import window_of
from generation.training.shortcut import DistilledGuidance, guidance_weights
from generation.training.training_clips import TrainingClips, pack_captions


@torch.no_grad()
def guided_velocity(teacher: CaptionedDiT, clips: TrainingClips, guidance: DistilledGuidance) -> Tensor:
    """What a student's smallest step should predict.

    Args:
        teacher: The base model, which knows no step size.
        clips: The batch.
        guidance: How strongly chunks follow their past and their text.

    Returns:
        ``(B, C, T, H, W)``; meaningless in clean chunks.
    """
    plan, latents = clips.plan, clips.noisy.latents
    weights = guidance_weights(guidance, plan.timesteps)
    null = teacher.pack_null(len(latents) * plan.num_chunks)
    told = pack_captions(teacher, clips, told_nothing=False)
    in_context: Tensor = teacher.dit(window_of(latents, plan, null, null_condition=True, step_size=None))
    with_text: Tensor = teacher.dit(window_of(latents, plan, told, null_condition=False, step_size=None))
    # A clip of one chunk has no context to leave out, and some guidance asks for none.
    needless = plan.num_chunks == 1 or not weights.none.any()
    alone = in_context if needless else _each_chunk_alone(teacher, latents, plan)
    return (
        _spread(weights.none, latents) * alone
        + _spread(weights.context, latents) * in_context
        + _spread(weights.text, latents) * with_text
    )


def _each_chunk_alone(teacher: CaptionedDiT, latents: Tensor, plan: ClipPlan) -> Tensor:
    """Every chunk as if it were a clip of its own, without text."""
    batch, channels, length, height, width = latents.shape
    chunks = plan.num_chunks
    # (B x chunks, C, T / chunks, H, W).
    apart = latents.reshape(batch, channels, chunks, length // chunks, height, width).transpose(1, 2).flatten(0, 1)
    window = ChunkWindow(
        latents=apart,
        timesteps=plan.timesteps.reshape(-1, 1).to(latents.device),
        text=teacher.pack_null(batch * chunks),
        first_chunk=0,
        key_ranges=((0, 1),),
        null_condition=True,
    )
    velocity: Tensor = teacher.dit(window)
    return velocity.reshape(batch, chunks, *apart.shape[1:]).transpose(1, 2).flatten(2, 3)


def _spread(values: Tensor, like: Tensor) -> Tensor:
    """``(B, chunks)`` to ``(B, 1, T, 1, 1)``."""
    frames = like.shape[2] // values.shape[1]
    return values.repeat_interleave(frames, dim=1)[:, None, :, None, None].to(like)
