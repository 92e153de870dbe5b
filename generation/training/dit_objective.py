"""Flow matching on chunks: the velocity from noise to data, counted where a batch is noisy.

The transformer predicts the velocity of all chunks; the loss counts the noisy ones, and its gradient flows through the
keys and values of the clean ones (blocking it hurt the original clearly).

Source: method A.1, A.3.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional

from generation.errors import ConfigError
from generation.model.dit import DiT
from generation.model.window import ChunkWindow, PackedText
from generation.training.clip_plan import ClipPlan
from generation.training.runs.loop import StepLoss

# Borders of the ranges of timesteps whose losses are logged apart: the schedule's own quarters.
TIMESTEP_BORDERS = (0.0, 0.0217, 0.1, 0.3, 1.0)
# A clip at rest changes less than this, in squares of latents: nothing in it counts more.
_LITTLE_CHANGE = 0.02
# Against the clip's average; a small thing that acts alone would be all that counts.
_MOST_CHANGE = 12.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowWeights:
    """What counts more than the rest of a velocity."""

    # Of a chunk's latent frames in turn; empty: all alike.
    frames: tuple[float, ...] = ()
    # Of the squared error of each frame's channel means: a colour that is wrong everywhere by a little is seen at once,
    # and is a hundredth of the squared error.
    mean: float = 0.0
    # Of places that change from frame to frame more than the clip does on average: a thing that acts fills a few.
    change: float = 0.0

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: If one is negative.
        """
        if min((self.mean, self.change, *self.frames)) < 0:
            raise ConfigError(
                f"weights of a velocity must not be negative, got {self.frames}, {self.mean} and {self.change}"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class NoisyClips:
    """A batch as the transformer sees it, and what it should answer."""

    # Shape (B, C, T, H, W).
    latents: Tensor
    # Velocity from noise to data, same shape.
    target: Tensor
    # (B, 1, T, 1, 1) in {0, 1}: frames that are noisy and count in the loss.
    counted: Tensor
    # Without noise, same shape as the latents.
    clean: Tensor

    def rows(self, rows: slice) -> "NoisyClips":
        """Some of the clips."""
        return NoisyClips(
            latents=self.latents[rows], target=self.target[rows], counted=self.counted[rows], clean=self.clean[rows]
        )


# All errors alike.
EVEN = FlowWeights()


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
    return NoisyClips(latents=(1 - weight) * noise + weight * clean, target=clean - noise, counted=counted, clean=clean)


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
    dit: DiT,
    noisy: NoisyClips,
    plan: ClipPlan,
    text: PackedText,
    *,
    null_condition: bool,
    step_size: float | None,
    weights: FlowWeights = EVEN,
) -> StepLoss:
    """Mean squared velocity error over the frames that count; its metrics are unweighted.

    Args:
        dit: The transformer, in training.
        noisy: From :func:`add_noise`; its target may be another velocity.
        plan: Of these clips.
        text: Of every clip and chunk; null text for clean chunks and dropped captions.
        null_condition: Whether captions are dropped.
        step_size: Embedded beside the timestep by models that know several.
        weights: What counts more.
    """
    velocity = dit(window_of(noisy.latents, plan, text, null_condition=null_condition, step_size=step_size))
    # (B, T): squared errors of latent frames.
    wrong = velocity.float() - noisy.target
    error = wrong.square().mean(dim=(1, 3, 4))
    counted = noisy.counted.flatten(1)
    weighted = error
    if weights.change:
        places = change_weights(noisy.clean, weights.change)
        weighted = (wrong.square().mean(dim=1) * places).mean(dim=(2, 3))
    if weights.frames:
        weighted = weighted * _along(weights.frames, plan, like=error)
    if weights.mean:
        weighted = weighted + weights.mean * wrong.mean(dim=(3, 4)).square().mean(dim=1)
    total = ((weighted * counted).sum(dim=1) / counted.sum(dim=1)).mean()
    return StepLoss(total=total, metrics=losses_by_timestep(error.detach(), counted, plan))


def change_weights(clean: Tensor, amount: float) -> Tensor:
    """How much each place of a clip counts, 1 on average, ``(B, T, H, W)``.

    Args:
        clean: Latents of about unit variance, ``(B, C, T, H, W)``, at least two frames.
        amount: What a place that changes as much as the clip does on average counts beside 1.
    """
    change = clean.diff(dim=2).square().mean(dim=1)
    # A first frame changes as the one after it.
    change = functional.avg_pool2d(torch.cat([change[:, :1], change], dim=1), kernel_size=3, stride=1, padding=1)
    relative = change / (change.mean(dim=(1, 2, 3), keepdim=True) + _LITTLE_CHANGE)
    weights = 1 + amount * relative.clamp(max=_MOST_CHANGE)
    return weights / weights.mean(dim=(1, 2, 3), keepdim=True)


def _along(frames: tuple[float, ...], plan: ClipPlan, *, like: Tensor) -> Tensor:
    """Weights of all latent frames of a clip, ``(T,)``.

    Raises:
        ConfigError: If there is not one for every frame of a chunk.
    """
    if len(frames) * plan.num_chunks != like.shape[1]:
        raise ConfigError(
            f"weights of a chunk's latent frames must be {like.shape[1] // plan.num_chunks}, got {frames}"
        )
    return torch.tensor(frames).repeat(plan.num_chunks).to(like)


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
