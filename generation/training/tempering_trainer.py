"""Tempers a student: flow matching on true clips at the steps in which it is served, of which a part is kept.

One chunk is in flight, as the small model is served; the seconds before it are clean. The text model is frozen, and no
caption is dropped: a distilled model is never asked without one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from generation.config import DiTConfig
from generation.errors import ConfigError
from generation.training.captioned_dit import CaptionedDiT, captions_of_chunks
from generation.training.clip_plan import DrawnTask, TaskMix, draw_task, plan_at
from generation.training.dit_objective import flow_matching_loss
from generation.training.latent_cache import LatentCache
from generation.training.latent_training import clips_of_step, run_latent_training
from generation.training.runs.autocasting import bfloat16_where_native
from generation.training.runs.loop import UNATTENDED, LoopConfig, RunControl, StepLoss
from generation.training.runs.team import ALONE, Team
from generation.training.shortcut import embedded_step_size
from generation.training.tempering import TemperedAverage, draw_served_timesteps
from generation.training.text_model import TextModelConfig
from generation.training.training_clips import (
    CacheShare,
    TrainingClips,
    check_caches,
    make_noisy,
    pack_captions,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TemperTraining:
    """Everything that decides a tempering."""

    # The student's.
    dit: DiTConfig
    text: TextModelConfig
    # Fingerprint of the student.
    begun: str
    caches: tuple[CacheShare, ...]
    loop: LoopConfig
    latent_scale: float
    # Of the way to what it learns, how much is kept.
    share: float
    # In which it is served.
    num_steps: int = 8
    # The last one draws what the others have left open; the truth would make it a mean.
    untaught_steps: int = 1
    tasks: TaskMix = field(default_factory=TaskMix)
    weight_decay: float = 0.0
    seed: int = 0
    average_decay: float = 0.99
    bfloat16: bool = True
    recompute: bool = False

    def __post_init__(self) -> None:
        """Check what the parts cannot check alone.

        Raises:
            ConfigError: Naming what is wrong.
        """
        if not self.dit.distilled:
            raise ConfigError("only a student is tempered: the architecture must be distilled")
        if not 0 <= self.untaught_steps < self.num_steps:
            raise ConfigError(f"untaught_steps must be in 0..{self.num_steps - 1}, got {self.untaught_steps}")
        if not self.caches or self.latent_scale <= 0:
            raise ConfigError(
                f"caches must name one and latent_scale be positive, got {self.caches}, {self.latent_scale}"
            )

    @property
    def orthogonal(self) -> bool:
        """As the base model was trained."""
        return True


def train_temper(
    training: TemperTraining,
    caches: Mapping[str, LatentCache],
    folder: Path,
    *,
    model: CaptionedDiT,
    draw_sample: Callable[[CaptionedDiT, Path], None],
    control: RunControl = UNATTENDED,
) -> CaptionedDiT:
    """Temper, or go on tempering, in a run folder.

    Args:
        training: What and how.
        caches: By the names that ``training`` uses.
        folder: The run folder; its checkpoint is resumed if there is one.
        model: The student on its device; trained in place.
        draw_sample: Writes a picture of what the tempered model makes to a file.
        control: Who stops it, watches it and trains with it.

    Returns:
        The tempered model.

    Raises:
        ConfigError: If a cache is missing or its clips do not fit the model.
        NumericsError: If the loss is no longer finite.
        StorageError: If the disk is full; the last checkpoint stays.
        WeightsError: If the checkpoint is damaged or belongs to another run.
    """
    check_caches(training.caches, caches, training.dit)
    model.text.requires_grad_(requires_grad=False)
    return run_latent_training(
        training,
        folder,
        model,
        TemperedAverage(model, decay=training.average_decay, share=training.share),
        loss_of_step=lambda step: temper_step(model, training, caches, step, team=control.team),
        draw_sample=draw_sample,
        control=control,
    )


def temper_step(
    model: CaptionedDiT,
    training: TemperTraining,
    caches: Mapping[str, LatentCache],
    step: int,
    *,
    team: Team = ALONE,
) -> StepLoss:
    """The loss of one step; a function of the step and the weights alone."""
    clips = draw_tempering(training, caches, step, model.device, team=team)
    with bfloat16_where_native(model.device, wanted=training.bfloat16):
        return flow_matching_loss(
            model.dit,
            clips.noisy,
            clips.plan,
            pack_captions(model, clips, told_nothing=False),
            null_condition=False,
            step_size=embedded_step_size(training.num_steps),
        )


def draw_tempering(
    training: TemperTraining,
    caches: Mapping[str, LatentCache],
    step: int,
    device: torch.device,
    *,
    team: Team = ALONE,
) -> TrainingClips:
    """This process's share of a step's clips, each at one of the served steps."""
    drawn = clips_of_step(training, caches, step)
    generator, chunks = drawn.generator, drawn.chunks
    task = _one_in_flight(draw_task(drawn.count, chunks, training.tasks, generator), chunks)
    timesteps = draw_served_timesteps(
        drawn.count,
        num_steps=training.num_steps,
        taught_steps=training.num_steps - training.untaught_steps,
        generator=generator,
    )
    plan = plan_at(timesteps, task, training.tasks, generator)
    captions = captions_of_chunks(drawn.clips.words, chunks, training.tasks, generator)
    return make_noisy(drawn.clips, plan, captions, device, team, noise_seed=(training.seed, step))


def _one_in_flight(task: DrawnTask, chunks: int) -> DrawnTask:
    """The task with all chunks but the last one clean; what continues a second needs no picture."""
    if chunks == 1:
        return task
    return replace(task, clean_chunks=chunks - 1, from_image=torch.zeros_like(task.from_image))
