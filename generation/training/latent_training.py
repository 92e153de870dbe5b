"""What every training of the transformer on cached latents does alike: a run in its folder, and the clips of a step."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch
from torch import nn

from generation.config import DiTConfig
from generation.training.captioned_dit import CaptionedDiT
from generation.training.latent_cache import LatentBatch, LatentCache
from generation.training.runs.averaging import WeightAverage
from generation.training.runs.checkpoints import Trainee
from generation.training.runs.loop import LoopConfig, RunControl, StepLoss, TrainingTask, run_loop
from generation.training.runs.optimizer import make_optimizer
from generation.training.runs.randomness import step_generator
from generation.training.runs.recomputing import recompute_in_backward
from generation.training.runs.run_folder import RunFolder
from generation.training.training_clips import CacheShare, draw_clips, pick_cache


class LatentTraining(Protocol):
    """Everything that decides a training on latents, whatever it learns from them."""

    # A dataclass: its fields are compared when a run is resumed.
    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def dit(self) -> DiTConfig:
        """The transformer's architecture."""

    @property
    def caches(self) -> tuple[CacheShare, ...]:
        """Which latents it trains on, and how often."""

    @property
    def loop(self) -> LoopConfig:
        """How long, at which rate, and what is written when."""

    @property
    def latent_scale(self) -> float:
        """Latents are multiplied by this."""

    @property
    def weight_decay(self) -> float:
        """Of matrices."""

    @property
    def seed(self) -> int:
        """Of everything that is drawn."""

    @property
    def orthogonal(self) -> bool:
        """Whether matrices of blocks move by orthogonal steps (runs/orthogonal.py); otherwise all is AdamW's."""

    @property
    def recompute(self) -> bool:
        """Whether activations are computed again in the backward pass: less memory, a third more time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepClips:
    """One step's clips, the same in every process, and what else the step draws from."""

    clips: LatentBatch
    count: int
    # Seconds of each.
    chunks: int
    # Of everything about the step but its noise.
    generator: torch.Generator


def run_latent_training(
    training: LatentTraining,
    folder: Path,
    model: CaptionedDiT,
    average: WeightAverage,
    *,
    loss_of_step: Callable[[int], StepLoss],
    draw_sample: Callable[[CaptionedDiT, Path], None],
    control: RunControl,
) -> CaptionedDiT:
    """Train, or go on training, in a run folder.

    Args:
        training: What and how.
        folder: The run folder; its checkpoint is resumed if there is one.
        model: Trained in place.
        average: Of the model.
        loss_of_step: The loss of a step; a function of the step and the weights alone.
        draw_sample: Writes a picture of what the averaged model makes to a file.
        control: Who stops it, watches it and trains with it.

    Returns:
        The averaged model.

    Raises:
        NumericsError: If the loss is no longer finite.
        StorageError: If the disk is full; the last checkpoint stays.
        WeightsError: If the checkpoint is damaged or belongs to another run.
    """
    if training.recompute:
        recompute_in_backward(model.dit.blocks)
    run = RunFolder(root=folder)
    optimizer = make_optimizer(
        model,
        learning_rate=training.loop.learning_rate.peak,
        weight_decay=training.weight_decay,
        orthogonal=hidden_matrices(model) if training.orthogonal else (),
    )
    task = TrainingTask(
        settings=asdict(training),
        loss_of_step=loss_of_step,
        draw_sample=lambda step: draw_sample(model, run.sample(step)),
    )
    run_loop(training.loop, run, Trainee(module=model, average=average, optimizer=optimizer), task, control)
    average.copy_to(model)
    return model


def hidden_matrices(model: CaptionedDiT) -> list[nn.Parameter]:
    """The matrices that map tokens to tokens inside the blocks."""
    return [
        parameter
        for name, parameter in model.dit.blocks.named_parameters()
        if parameter.ndim == 2 and "gates" not in name
    ]


def clips_of_step(training: LatentTraining, caches: Mapping[str, LatentCache], step: int) -> StepClips:
    """What a step trains on, before anything is drawn about it."""
    share = pick_cache(training.caches, training.seed, step)
    clips = draw_clips(
        caches[share.cache], share.batch, step, training.seed,
        latent_scale=training.latent_scale, seconds=share.seconds,
    )  # fmt: skip
    return StepClips(
        clips=clips,
        count=share.batch,
        chunks=clips.latents.shape[2] // training.dit.chunk_latent_frames,
        generator=step_generator(training.seed, step, "plan"),
    )
