"""Distils a trained transformer into one that takes few steps and needs one pass.

Three networks of one shape: the frozen *teacher* (the base model, run in three passes), the *student*, and the
student's average, which makes the targets of larger steps and is what ships. The text model is the teacher's, frozen.
No caption is dropped: a distilled model is never asked without one.

Source: method A.7.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from generation.config import DiTConfig
from generation.errors import ConfigError
from generation.model.dit import DiT
from generation.training.captioned_dit import CaptionedDiT, captions_of_chunks
from generation.training.clip_plan import TaskMix, draw_task, plan_at
from generation.training.dit_objective import flow_matching_loss, window_of
from generation.training.guided_teacher import guided_velocity
from generation.training.latent_cache import LatentCache
from generation.training.latent_training import clips_of_step, run_latent_training
from generation.training.runs.autocasting import bfloat16_where_native
from generation.training.runs.averaging import WeightAverage
from generation.training.runs.loop import UNATTENDED, LoopConfig, RunControl, StepLoss
from generation.training.runs.team import ALONE, Team
from generation.training.shortcut import (
    DistilledGuidance,
    ShortcutCycle,
    StepSpan,
    draw_span,
    embedded_step_size,
    two_step_target,
)
from generation.training.text_model import TextModelConfig
from generation.training.timestep_density import draw_stages
from generation.training.training_clips import (
    CacheShare,
    TrainingClips,
    check_caches,
    make_noisy,
    pack_captions,
    with_own_seconds,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortcutTraining:
    """Everything that decides a distillation."""

    # The student's architecture: the teacher's, distilled.
    dit: DiTConfig
    # The frozen text model's size.
    text: TextModelConfig
    # Fingerprint of the teacher.
    teacher: str
    caches: tuple[CacheShare, ...]
    loop: LoopConfig
    latent_scale: float
    cycle: ShortcutCycle = field(default_factory=ShortcutCycle)
    guidance: DistilledGuidance = field(default_factory=DistilledGuidance)
    # Chunks in flight, and stages of the schedule.
    window_size: int = 4
    tasks: TaskMix = field(default_factory=TaskMix)
    weight_decay: float = 0.1
    seed: int = 0
    average_decay: float = 0.999
    bfloat16: bool = True
    recompute: bool = False

    def __post_init__(self) -> None:
        """Check what the parts cannot check alone.

        Raises:
            ConfigError: Naming what is wrong.
        """
        if not self.dit.distilled:
            raise ConfigError("the student's architecture must be distilled, or it could not be told its step size")
        if self.window_size < 1 or any(count % self.window_size for count in self.cycle.step_counts):
            raise ConfigError(
                f"step_counts must be multiples of window_size, got {self.cycle.step_counts} and {self.window_size}"
            )
        if not self.caches or self.latent_scale <= 0:
            raise ConfigError(
                f"caches must name one and latent_scale be positive, got {self.caches}, {self.latent_scale}"
            )

    @property
    def orthogonal(self) -> bool:
        """All is AdamW's."""
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Networks:
    """The three networks of a distillation; all on one device."""

    teacher: CaptionedDiT
    student: CaptionedDiT
    # Holds the student's average whenever :meth:`refresh` has been called.
    target: CaptionedDiT
    average: WeightAverage

    @classmethod
    def of(cls, teacher: CaptionedDiT, training: ShortcutTraining) -> "Networks":
        """Make a student that begins as its teacher.

        Raises:
            ConfigError: If the architectures differ in more than their names and the step size.
        """
        if replace(training.dit, distilled=False, name=teacher.config.name) != teacher.config:
            raise ConfigError("the student must have its teacher's architecture, which itself is not distilled")
        teacher.requires_grad_(requires_grad=False).eval()
        dit = DiT(training.dit)
        dit.load_state_dict(teacher.dit.state_dict())
        # Text is embedded by one and the same frozen model.
        student = CaptionedDiT(dit.to(teacher.device), teacher.text)
        target = CaptionedDiT(copy.deepcopy(dit).requires_grad_(requires_grad=False), teacher.text)
        average = WeightAverage(student, decay=training.average_decay)
        return cls(teacher=teacher, student=student, target=target, average=average)


def train_shortcut(
    training: ShortcutTraining,
    caches: Mapping[str, LatentCache],
    folder: Path,
    *,
    teacher: CaptionedDiT,
    draw_sample: Callable[[CaptionedDiT, Path], None],
    control: RunControl = UNATTENDED,
) -> CaptionedDiT:
    """Distil, or go on distilling, in a run folder.

    Args:
        training: What to distil and how.
        caches: By the names that ``training`` uses.
        folder: The run folder; its checkpoint is resumed if there is one.
        teacher: The trained base model on its device; frozen here.
        draw_sample: Writes a picture of what the averaged student makes to a file.
        control: Who stops it, watches it and trains with it.

    Returns:
        The averaged student.

    Raises:
        ConfigError: If a cache is missing or its clips do not fit the model.
        NumericsError: If the loss is no longer finite.
        StorageError: If the disk is full; the last checkpoint stays.
        WeightsError: If the checkpoint is damaged or belongs to another run.
    """
    check_caches(training.caches, caches, training.dit)
    networks = Networks.of(teacher, training)
    return run_latent_training(
        training,
        folder,
        networks.student,
        networks.average,
        loss_of_step=lambda step: shortcut_step(networks, training, caches, step, team=control.team),
        draw_sample=draw_sample,
        control=control,
    )


def shortcut_step(
    networks: Networks,
    training: ShortcutTraining,
    caches: Mapping[str, LatentCache],
    step: int,
    *,
    team: Team = ALONE,
) -> StepLoss:
    """The loss of one step; a function of the step and the weights alone."""
    num_steps = training.cycle.steps_at(step)
    device = networks.student.device
    clips, span = draw_shortcut(training, caches, step, device, team=team)
    # Without gradients the model has its own ways of multiplying on a CPU.
    narrow = training.bfloat16 and device.type != "cpu"
    with torch.no_grad(), bfloat16_where_native(device, wanted=narrow):
        if num_steps == training.cycle.most_steps:
            target = guided_velocity(networks.teacher, clips, training.guidance)
        else:
            networks.average.copy_to(networks.target)
            target = _averaged_two_steps(networks.target, clips, span, embedded_step_size(2 * num_steps))
    student = networks.student
    with bfloat16_where_native(device, wanted=training.bfloat16):
        loss = flow_matching_loss(
            student.dit,
            replace(clips.noisy, target=target),
            clips.plan,
            pack_captions(student, clips, told_nothing=False),
            null_condition=False,
            step_size=embedded_step_size(num_steps),
        )
    return StepLoss(total=loss.total, metrics={**loss.metrics, f"loss_{num_steps}_steps": loss.total})


def draw_shortcut(
    training: ShortcutTraining,
    caches: Mapping[str, LatentCache],
    step: int,
    device: torch.device,
    *,
    team: Team = ALONE,
) -> tuple[TrainingClips, StepSpan]:
    """This process's share of a step's clips, and the step that each of their chunks takes."""
    drawn = clips_of_step(training, caches, step)
    generator, chunks = drawn.generator, drawn.chunks
    task = draw_task(drawn.count, chunks, training.tasks, generator)
    # At inference no more chunks are in flight than there are stages.
    task = replace(task, clean_chunks=max(task.clean_chunks, chunks - training.window_size))
    stages = draw_stages(drawn.count, chunks - task.clean_chunks, window_size=training.window_size, generator=generator)
    span = draw_span(
        stages, num_steps=training.cycle.steps_at(step), window_size=training.window_size, generator=generator
    )
    plan = plan_at(span.start, task, training.tasks, generator)
    captions = captions_of_chunks(drawn.clips.words, chunks, training.tasks, generator)
    batch = with_own_seconds(drawn.clips, plan, training.tasks.own_share, generator)
    clips = make_noisy(batch, plan, captions, device, team, noise_seed=(training.seed, step))
    still = plan.timesteps[:, : plan.clean_chunks]
    return clips, span.after(still).rows(team.rows(drawn.count))


def _averaged_two_steps(model: CaptionedDiT, clips: TrainingClips, span: StepSpan, step_size: float) -> Tensor:
    text = pack_captions(model, clips, told_nothing=False)

    def velocity(latents: Tensor, timesteps: Tensor) -> Tensor:
        plan = replace(clips.plan, timesteps=timesteps)
        return model.dit(window_of(latents, plan, text, null_condition=False, step_size=step_size))  # type: ignore[no-any-return]  # modules are untyped calls

    return two_step_target(velocity, clips.noisy.latents, span, clips.noisy.counted)
