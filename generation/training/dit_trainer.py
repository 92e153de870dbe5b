"""Training of the transformer, and of the text model along with it, on cached latents of one or several sizes.

Source: method A.1 - A.4.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from generation.config import DiTConfig
from generation.errors import ConfigError
from generation.model.initialisation import init_dit
from generation.training.batched_dit import BatchedDiT
from generation.training.captioned_dit import CaptionedDiT, captions_of_chunks
from generation.training.clip_plan import TaskMix, plan_clips
from generation.training.dit_objective import EVEN, FlowWeights, flow_matching_loss
from generation.training.latent_cache import LatentCache
from generation.training.latent_training import clips_of_step, run_latent_training
from generation.training.position_prior import prefer_own_place
from generation.training.runs.autocasting import bfloat16_where_native
from generation.training.runs.averaging import WeightAverage
from generation.training.runs.checkpoints import load_weights
from generation.training.runs.loop import UNATTENDED, LoopConfig, RunControl, StepLoss
from generation.training.runs.randomness import step_generator
from generation.training.runs.team import ALONE, Team
from generation.training.text_model import TextModel, TextModelConfig
from generation.training.timestep_density import TimestepDensity
from generation.training.training_clips import (
    CacheShare,
    check_caches,
    make_noisy,
    pack_captions,
    with_own_seconds,
)

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True, kw_only=True, slots=True)
class DiTTraining:
    """Everything that decides a run."""

    dit: DiTConfig
    text: TextModelConfig
    caches: tuple[CacheShare, ...]
    loop: LoopConfig
    # Latents are multiplied by this; the autoencoder's latent_scale at inference.
    latent_scale: float
    tasks: TaskMix = field(default_factory=TaskMix)
    density: TimestepDensity = field(default_factory=TimestepDensity)
    weights: FlowWeights = EVEN
    weight_decay: float = 0.1
    seed: int = 0
    average_decay: float = 0.999
    # Matrices in bfloat16 on devices that multiply those natively.
    bfloat16: bool = True
    # Activations are computed again in the backward pass: less memory, a third more time.
    recompute: bool = False
    # Matrices of blocks move by orthogonal steps (runs/orthogonal.py); otherwise all is AdamW's.
    orthogonal: bool = False

    def __post_init__(self) -> None:
        """Check what the parts cannot check alone.

        Raises:
            ConfigError: Naming what is wrong.
        """
        if not self.caches:
            raise ConfigError("caches must name at least one cache of latents")
        if self.latent_scale <= 0:
            raise ConfigError(f"latent_scale must be positive, got {self.latent_scale}")


def train_dit(
    training: DiTTraining,
    caches: Mapping[str, LatentCache],
    folder: Path,
    *,
    model: CaptionedDiT,
    draw_sample: Callable[[CaptionedDiT, Path], None],
    control: RunControl = UNATTENDED,
) -> CaptionedDiT:
    """Train, or go on training, in a run folder.

    Args:
        training: What to train and how.
        caches: By the names that ``training`` uses.
        folder: The run folder; its checkpoint is resumed if there is one.
        model: From :func:`build_model`, on its device; trained in place.
        draw_sample: Writes a picture of what the averaged model makes to a file.
        control: Who stops it, watches it and trains with it.

    Returns:
        The averaged model.

    Raises:
        ConfigError: If a cache is missing or its clips do not fit the model.
        NumericsError: If the loss is no longer finite.
        StorageError: If the disk is full; the last checkpoint stays.
        WeightsError: If the checkpoint is damaged or belongs to another run.
    """
    check_caches(training.caches, caches, training.dit)
    return run_latent_training(
        training,
        folder,
        model,
        WeightAverage(model, decay=training.average_decay),
        loss_of_step=lambda step: dit_step(model, training, caches, step, team=control.team),
        draw_sample=draw_sample,
        control=control,
    )


def build_model(
    dit: DiTConfig,
    text: TextModelConfig,
    tokenizer: "PreTrainedTokenizerFast",
    *,
    seed: int,
    start_from: Mapping[str, Tensor] | None = None,
    source: Path | None = None,
) -> CaptionedDiT:
    """A model to train.

    Args:
        dit: The transformer's architecture.
        text: The text model's size.
        tokenizer: The text model's.
        seed: Of fresh weights.
        start_from: Weights of a :class:`CaptionedDiT` by name, in place of fresh ones.
        source: Where those come from, to name it if they do not fit.

    Raises:
        WeightsError: If ``start_from`` does not fit.
    """
    model = CaptionedDiT(BatchedDiT(dit), TextModel(text, tokenizer))
    generator = step_generator(seed, 0, "weights")
    init_dit(model.dit, generator)
    prefer_own_place(model.dit)
    model.text.init_weights(generator)
    if start_from is not None:
        load_weights(model, start_from, source=source or Path("start_from"))
    return model


def dit_step(
    model: CaptionedDiT, training: DiTTraining, caches: Mapping[str, LatentCache], step: int, *, team: Team = ALONE
) -> StepLoss:
    """The loss of one step; a function of the step and the weights alone."""
    drawn = clips_of_step(training, caches, step)
    generator = drawn.generator
    plan = plan_clips(drawn.count, drawn.chunks, training.tasks, training.density, generator)
    told_nothing = float(torch.rand((), generator=generator)) < training.tasks.caption_dropout
    captions = captions_of_chunks(drawn.clips.words, drawn.chunks, training.tasks, generator)
    batch = with_own_seconds(drawn.clips, plan, training.tasks.own_share, generator)
    clips = make_noisy(batch, plan, captions, model.device, team, noise_seed=(training.seed, step))
    with bfloat16_where_native(model.device, wanted=training.bfloat16):
        text = pack_captions(model, clips, told_nothing=told_nothing)
        return flow_matching_loss(
            model.dit, clips.noisy, clips.plan, text,
            null_condition=told_nothing, step_size=None, weights=training.weights,
        )  # fmt: skip
