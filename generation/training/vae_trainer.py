"""Training of the video autoencoder: fixed clips first, then pictures and clips of every size and aspect.

Source: method A.6. Stage 1 and stage 2 differ only in the shapes they draw (:class:`ClipShape`); the second continues
from the first one's checkpoint.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from generation.config import VAEConfig
from generation.errors import ConfigError
from generation.training.averaging import WeightAverage
from generation.training.checkpoints import Trainee
from generation.training.loop import LoopConfig, StepLoss, make_optimizer, run_loop
from generation.training.pictures import save_rows
from generation.training.randomness import step_generator
from generation.training.run_folder import RunFolder
from generation.training.vae_initialisation import init_vae
from generation.training.vae_objective import VAELossWeights, psnr, vae_loss
from generation.vae.vae import VideoVAE


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipShape:
    """One shape of training batch; ``frames`` 1 is a batch of pictures."""

    batch: int
    frames: int
    height: int
    width: int
    # How often this shape is drawn, against the others'.
    share: float = 1.0

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        for name in ("batch", "frames", "height", "width", "share"):
            if getattr(self, name) <= 0:
                raise ConfigError(f"{name} must be positive, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class VAETraining:
    """Everything that decides a run."""

    vae: VAEConfig
    shapes: tuple[ClipShape, ...]
    loop: LoopConfig
    weights: VAELossWeights = field(default_factory=VAELossWeights)
    seed: int = 0
    average_decay: float = 0.999
    autocast: bool = True

    def shape_of_step(self, step: int) -> ClipShape:
        """The shape that a step trains on."""
        generator = step_generator(self.seed, step, "shape")
        shares = torch.tensor([shape.share for shape in self.shapes])
        return self.shapes[int(torch.multinomial(shares, 1, generator=generator))]


# Draws a batch of clips, uint8 (B, T, H, W, 3), for a shape and a step; must depend on these alone.
ClipSource = Callable[[ClipShape, int], Tensor]


def train_vae(
    training: VAETraining,
    source: ClipSource,
    folder: Path,
    *,
    minutes: float | None = None,
    start_from: VideoVAE | None = None,
) -> VideoVAE:
    """Train, or go on training, in a run folder.

    Args:
        training: What to train and how.
        source: Where clips come from.
        folder: The run folder; its checkpoint is resumed if there is one.
        minutes: Stop after this long, with a checkpoint.
        start_from: Weights to begin with in a new folder (stage 2, or a shipped model); fresh ones otherwise.

    Returns:
        The averaged model.

    Raises:
        NumericsError: If the loss is no longer finite.
        StorageError: If the disk is full; the last checkpoint stays.
        WeightsError: If the checkpoint belongs to another run.
    """
    vae = VideoVAE(training.vae)
    init_vae(vae, step_generator(training.seed, 0, "weights"))
    if start_from is not None:
        vae.load_state_dict(start_from.state_dict())
    trainee = Trainee(
        module=vae,
        average=WeightAverage(vae, decay=training.average_decay),
        optimizer=make_optimizer(vae, learning_rate=training.loop.learning_rate.peak, weight_decay=0.01),
    )
    run = RunFolder(root=folder)
    run_loop(
        training.loop,
        run,
        trainee,
        settings=asdict(training),
        loss_of_step=lambda step: vae_step(vae, training, source, step),
        draw_sample=lambda step: _draw_sample(vae, training, source, run.sample(step)),
        minutes=minutes,
    )
    trainee.average.copy_to(vae)
    return vae


def vae_step(vae: VideoVAE, training: VAETraining, source: ClipSource, step: int) -> StepLoss:
    """The loss of one step; a function of the step and the weights alone."""
    video = to_video(source(training.shape_of_step(step), step)).to(vae.device)
    with torch.autocast(vae.device.type, torch.bfloat16, enabled=training.autocast):
        posterior = vae.encode_moments(video)
        latents = posterior.sample(step_generator(training.seed, step, "posterior"))
        output = vae.decode(latents)
    loss = vae_loss(output, video, posterior.mean, posterior.logvar, training.weights)
    metrics = {
        "l1": loss.l1.item(),
        "gradient": loss.gradient.item(),
        "kl": loss.kl.item(),
        "psnr": psnr(output.detach(), video),
        "latent_std": posterior.mean.detach().float().std().item(),
    }
    return StepLoss(total=loss.total, metrics=metrics)


def to_video(frames: Tensor) -> Tensor:
    """Turn uint8 ``(B, T, H, W, 3)`` into float32 ``(B, 3, T, H, W)`` in [-1, 1]."""
    return frames.permute(0, 4, 1, 2, 3).float() / 127.5 - 1


def to_frames(video: Tensor) -> Tensor:
    """Turn ``(B, 3, T, H, W)`` in [-1, 1] into uint8 ``(B, T, H, W, 3)``."""
    return ((video.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 4, 1)


@torch.no_grad()
def _draw_sample(vae: VideoVAE, training: VAETraining, source: ClipSource, path: Path) -> None:
    # The same clips every time (step -1 is never trained on), truth above reconstruction.
    frames = source(training.shapes[0], -1)[:6]
    output = vae.decode(vae.encode(to_video(frames).to(vae.device)))
    save_rows(path, [frames[:, 0], to_frames(output)[:, 0].cpu(), frames[:, -1], to_frames(output)[:, -1].cpu()])
