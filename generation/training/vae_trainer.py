"""Training of the video autoencoder: fixed clips first, then pictures and clips of every size and aspect.

Source: method A.6. Stage 1 and stage 2 differ only in the shapes they draw
(:class:`~generation.training.clip_sources.ClipShape`); the second starts from the first one's weights. Stage 3 trains a
decoder of larger pictures on the latents of an encoder that is frozen and shown them smaller; stage 4 trains it on
the windows that are served (:mod:`generation.training.served_windows`), and the last one on joints of seconds behind
which a finished model made what follows (:mod:`generation.training.made_joints`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from generation.config import VAEConfig
from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import ConfigError
from generation.training.clip_sources import ClipShape, ClipSource
from generation.training.corpus.contact_sheet import write_contact_sheet
from generation.training.frames import to_frames, to_video
from generation.training.joint_objective import draw_joint_task, joint_loss
from generation.training.latent_statistics import measure_latents, save_statistics
from generation.training.made_joints import MadeJoints
from generation.training.runs.autocasting import bfloat16_where_native
from generation.training.runs.averaging import WeightAverage
from generation.training.runs.checkpoints import Trainee, load_weights
from generation.training.runs.loop import UNATTENDED, LoopConfig, RunControl, StepLoss, TrainingTask, run_loop
from generation.training.runs.optimizer import make_optimizer
from generation.training.runs.randomness import step_generator
from generation.training.runs.run_folder import RunFolder
from generation.training.runs.team import ALONE, Team
from generation.training.served_windows import ServedWindow, draw_neighbours, draw_window, served_latents
from generation.training.vae_initialisation import init_vae
from generation.training.vae_objective import VAELossWeights, psnr, pyramid_motion_loss, vae_loss
from generation.vae.pixels import shrink_video
from generation.vae.vae import VideoVAE

# Numbers of the clips that are looked at and never trained on.
HELD_OUT = 2**40
_CLIPS_SHOWN, _CLIPS_MEASURED = 6, 64
# A tenth of the transformer's: pixels want large weights.
WEIGHT_DECAY = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class VAETraining:
    """Everything that decides a run."""

    vae: VAEConfig
    shapes: tuple[ClipShape, ...]
    loop: LoopConfig
    weights: VAELossWeights = field(default_factory=VAELossWeights)
    seed: int = 0
    average_decay: float = 0.999
    # Matrices in bfloat16 on devices that multiply those natively.
    bfloat16: bool = True
    # Latents stay what they are: only the decoder learns.
    frozen_encoder: bool = False
    # The decoder is trained on windows as they are served; shapes are seconds and pictures.
    as_served: bool = False
    # Two of them, side by side, so that their joint counts.
    side_by_side: bool = False
    # Added to those latents, in deviations of a channel: a transformer's are not exact.
    latent_noise: float = 0.0
    # Steps that are on made joints, of those on clips: the others are windows side by side.
    made_share: float = 0.0
    # Matrices of blocks move by orthogonal steps (runs/orthogonal.py); otherwise all is AdamW's.
    orthogonal: bool = False

    def __post_init__(self) -> None:
        """Check what the parts cannot check alone.

        Raises:
            ConfigError: If there is no shape, or one is not whole cells.
        """
        if self.vae.decoder_scale > 1 and not (self.frozen_encoder or self.as_served):
            raise ConfigError(
                "a decoder of larger pictures learns on frozen latents or as served; set frozen_encoder or as_served"
            )
        if not self.shapes:
            raise ConfigError("shapes must name at least one shape of batch")
        if not 0 <= self.made_share <= 1 or (self.made_share and not (self.side_by_side and self.frozen_encoder)):
            raise ConfigError(
                "made_share must be in [0, 1], and above 0 only with windows side_by_side and a frozen_encoder, got "
                f"{self.made_share}"
            )
        if self.side_by_side and not self.as_served:
            raise ConfigError("windows side by side are windows as served; set as_served")
        if self.as_served and any(shape.frames not in (1, FRAMES_PER_SECOND) for shape in self.shapes):
            raise ConfigError(f"windows as served are of pictures and of {FRAMES_PER_SECOND} frames, got {self.shapes}")
        if self.latent_noise < 0:
            raise ConfigError(f"latent_noise must be 0 or more, got {self.latent_noise}")
        cell, length = self.vae.pixels_per_cell, self.vae.patch_length
        for shape in self.shapes:
            # A single latent frame stands for a picture.
            is_whole = shape.frames == 1 or (shape.frames > length and shape.frames % length == 0)
            if not is_whole or shape.height % cell or shape.width % cell:
                raise ConfigError(
                    f"shapes must have 1 frame, or several latent frames of {length}, and sides that are multiples of "
                    f"{cell}, got {shape}"
                )

    def shape_of_step(self, step: int) -> ClipShape:
        """The shape that a step trains on."""
        generator = step_generator(self.seed, step, "shape")
        shares = torch.tensor([shape.share for shape in self.shapes])
        return self.shapes[int(torch.multinomial(shares, 1, generator=generator))]

    def is_on_joints(self, step: int) -> bool:
        """Whether a step is on made joints; pictures are at rest and have none."""
        generator = step_generator(self.seed, step, "made")
        return float(torch.rand((), generator=generator)) < self.made_share and self.shape_of_step(step).frames > 1

    def clips_of_step(self, step: int) -> range:
        """The numbers of the clips that a step trains on; no step shares one with another."""
        first = step * max(shape.batch for shape in self.shapes)
        return range(first, first + self.shape_of_step(step).batch)


def train_vae(
    training: VAETraining,
    source: ClipSource,
    folder: Path,
    *,
    device: torch.device,
    joints: MadeJoints | None = None,
    start_from: Mapping[str, Tensor] | None = None,
    control: RunControl = UNATTENDED,
) -> VideoVAE:
    """Train, or go on training, in a run folder.

    Args:
        training: What to train and how.
        source: Where clips come from.
        folder: The run folder; its checkpoint is resumed if there is one.
        device: Where to train.
        joints: For a training that wants some.
        start_from: Weights to begin with in a new folder (stage 2, or a shipped model); fresh ones otherwise.
        control: Who stops it, watches it and trains with it.

    Returns:
        The averaged model. Beside its checkpoint stands what :mod:`generation.training.latent_statistics` measured.

    Raises:
        ConfigError: If joints are wanted and there are none.
        NumericsError: If the loss is no longer finite.
        StorageError: If the disk is full; the last checkpoint stays.
        WeightsError: If the checkpoint is damaged or belongs to another run, or ``start_from`` to another model.
    """
    if training.made_share and joints is None:
        raise ConfigError("a training with made_share above 0 needs joints")
    vae = VideoVAE(training.vae)
    init_vae(vae, step_generator(training.seed, 0, "weights"))
    if start_from is not None:
        load_weights(vae, start_from, source=folder)
    vae.to(device)
    vae.encoder.requires_grad_(requires_grad=not training.frozen_encoder)
    trainee = Trainee(
        module=vae,
        average=WeightAverage(vae, decay=training.average_decay),
        optimizer=make_optimizer(
            vae,
            learning_rate=training.loop.learning_rate.peak,
            weight_decay=WEIGHT_DECAY,
            orthogonal=_hidden_matrices(vae) if training.orthogonal else (),
        ),
    )
    run = RunFolder(root=folder)
    task = TrainingTask(
        settings=asdict(training),
        loss_of_step=lambda step: vae_step(vae, training, source, step, joints=joints, team=control.team),
        draw_sample=lambda step: _draw_sample(vae, training, source, run.sample(step)),
    )
    steps = run_loop(training.loop, run, trainee, task, control)
    trainee.average.copy_to(vae)
    # A frozen encoder is standardised already.
    if control.team.is_first and not training.frozen_encoder:
        # The latest clips: their canvases are painted already.
        last = max(_CLIPS_MEASURED, training.clips_of_step(steps).start)
        clips = source(training.shapes[0], range(last - _CLIPS_MEASURED, last))
        save_statistics(folder, measure_latents(vae, clips))
    return vae


def vae_step(
    vae: VideoVAE,
    training: VAETraining,
    source: ClipSource,
    step: int,
    *,
    joints: MadeJoints | None = None,
    team: Team = ALONE,
) -> StepLoss:
    """The loss of one step; a function of the step and the weights alone."""
    if joints is not None and training.is_on_joints(step):
        return _joint_step(vae, training, joints, step, team)
    if training.as_served:
        return _served_step(vae, training, source, step, team)
    video, rows = _own_video(vae, training, source, step, team)
    with bfloat16_where_native(vae.device, wanted=training.bfloat16):
        posterior = vae.encode_moments(shrink_video(video, training.vae.decoder_scale))
        mean, logvar = posterior.mean.float(), posterior.logvar.float()
        output = vae.decode(mean + torch.exp(0.5 * logvar) * _own_noise(training, step, rows, like=mean))
    loss = vae_loss(output, video, mean, logvar, training.weights)
    metrics = {
        "l1": loss.l1,
        "gradient": loss.gradient,
        "kl": loss.kl,
        "psnr": psnr(output.detach(), video),
        "latent_std": mean.std(),
    }
    return StepLoss(total=loss.total, metrics=metrics)


def _own_video(vae: VideoVAE, training: VAETraining, source: ClipSource, step: int, team: Team) -> tuple[Tensor, slice]:
    """This process's share of a step's clips, ``(B, 3, T, H, W)``, and which rows of the joint batch they are."""
    numbers = training.clips_of_step(step)
    rows = team.rows(len(numbers))
    return to_video(source(training.shape_of_step(step), numbers[rows]).to(vae.device)), rows


def _own_noise(training: VAETraining, step: int, rows: slice, *, like: Tensor) -> Tensor:
    """Noise for latents; drawn for the joint batch, so that a team sees the noise that one process would."""
    joint = (len(training.clips_of_step(step)), *like.shape[1:])
    noise = torch.randn(joint, generator=step_generator(training.seed, step, "posterior"))
    return noise[rows].to(like)


def _served_step(vae: VideoVAE, training: VAETraining, source: ClipSource, step: int, team: Team) -> StepLoss:
    video, rows = _own_video(vae, training, source, step, team)
    with bfloat16_where_native(vae.device, wanted=training.bfloat16):
        with torch.set_grad_enabled(not training.frozen_encoder):
            clean = served_latents(vae, shrink_video(video, training.vae.decoder_scale)).float()
        noise = _own_noise(training, step, rows, like=clean)
        # Before windows are cut, so that what stands in for the future is the same twice.
        noisy = clean + training.latent_noise * _spread(clean, training) * noise
        windows = _draw_windows(noisy, training, step)
        shown = [vae.decoder(window.latents)[:, :, window.kept] for window in windows]
    output = torch.cat(shown, dim=2)
    target = torch.cat([video[:, :, window.shown] for window in windows], dim=2).expand(output.shape)
    # What is frozen is nobody's to change; of others the size is held.
    held = torch.zeros_like(clean) if training.frozen_encoder else clean
    loss = vae_loss(output, target, held, torch.zeros_like(clean), training.weights)
    metrics = {
        "l1": loss.l1,
        "gradient": loss.gradient,
        "square": loss.square,
        "motion": loss.motion,
        "psnr": psnr(output.detach(), target),
        "latent_std": clean.std(),
    }
    total = loss.total
    if len(windows) > 1:
        border = slice(shown[0].shape[2] - 1, shown[0].shape[2] + 1)
        levels = training.weights.pyramid_levels
        metrics["joint"] = pyramid_motion_loss(output[:, :, border].float(), target[:, :, border], levels=levels)
        total = total + training.weights.joint * metrics["joint"]
    return StepLoss(total=total, metrics=metrics)


def _joint_step(vae: VideoVAE, training: VAETraining, joints: MadeJoints, step: int, team: Team) -> StepLoss:
    shape, generator = training.shape_of_step(step), step_generator(training.seed, step, "joints")
    batch = joints.draw(shape.batch, shape.height, shape.width, training.vae.pixels_per_cell, generator)
    task = draw_joint_task(batch, training.latent_noise, generator)
    rows = team.rows(shape.batch)
    with bfloat16_where_native(vae.device, wanted=training.bfloat16):
        return joint_loss(vae, task.rows(rows).to(vae.device), training.weights)


def _draw_windows(latents: Tensor, training: VAETraining, step: int) -> tuple[ServedWindow, ...]:
    generator = step_generator(training.seed, step, "window")
    if training.side_by_side and latents.shape[2] > 1:
        return draw_neighbours(latents, training.vae, generator)
    return (draw_window(latents, training.vae, generator),)


def _spread(latents: Tensor, training: VAETraining) -> Tensor:
    """The deviation of a clip's channels, so that larger latents do not drown noise; frozen ones have 1."""
    if training.frozen_encoder:
        return torch.ones_like(latents[:, :, :1, :1, :1])
    return latents.detach().std(dim=(2, 3, 4), keepdim=True)


def _hidden_matrices(vae: VideoVAE) -> list[nn.Parameter]:
    """The matrices that map tokens to tokens inside the blocks that learn."""
    blocks = [trunk.blocks for trunk in (vae.encoder.trunk, vae.decoder.trunk)]
    return [matrix for part in blocks for matrix in part.parameters() if matrix.ndim == 2 and matrix.requires_grad]


@torch.no_grad()
def _draw_sample(vae: VideoVAE, training: VAETraining, source: ClipSource, path: Path) -> None:
    """The same clips every time, truth above reconstruction."""
    shape = training.shapes[0]
    frames = source(shape, range(HELD_OUT, HELD_OUT + min(_CLIPS_SHOWN, shape.batch))).cpu()
    video = shrink_video(to_video(frames.to(vae.device)), training.vae.decoder_scale)
    output = to_frames(vae.decode(vae.encode(video))).cpu()
    write_contact_sheet(path, [clip for pair in zip(frames, output, strict=True) for clip in pair])
