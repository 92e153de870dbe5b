"""The loop that every training shares: rate, step, clip, average, log, save, stop in time.

The trainings differ in what one step's loss is; that is all they hand in.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.errors import ConfigError, NumericsError
from generation.training.runs.checkpoints import Progress, Trainee, load_checkpoint, save_checkpoint
from generation.training.runs.metric_sums import LOSS, MetricSums, is_finite, means_of
from generation.training.runs.optimizer import RATE_FACTOR
from generation.training.runs.run_folder import RunFolder, append_record
from generation.training.runs.schedule import LearningRate
from generation.training.runs.team import ALONE, Team

# Fields of LoopConfig that say when something is written or that the run is over; the weights do not depend on them.
_RHYTHM = ("total_steps", "log_every", "save_every", "sample_every")


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopConfig:
    """How long a run lasts and how often it writes."""

    total_steps: int
    learning_rate: LearningRate
    clip_norm: float = 1.0
    log_every: int = 20
    save_every: int = 500
    sample_every: int = 1000

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        for name in ("total_steps", "clip_norm", "log_every", "save_every", "sample_every"):
            if getattr(self, name) <= 0:
                raise ConfigError(f"{name} must be positive, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLoss:
    """What one step minimises, and what it tells the log."""

    total: Tensor
    # One element each; NaN where this step knows nothing.
    metrics: dict[str, Tensor]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingTask:
    """What a training hands to the loop."""

    # The run's configuration as plain values, its LoopConfig under "loop"; a resume compares it.
    settings: Mapping[str, object]
    # Must depend on the step alone (and the weights).
    loss_of_step: Callable[[int], StepLoss]
    # Writes a picture of progress.
    draw_sample: Callable[[int], None]


def _never() -> bool:
    return False


def _tell_nobody(step: int, values: Mapping[str, float]) -> None:
    del step, values


@dataclass(frozen=True, kw_only=True, slots=True)
class RunControl:
    """Who stops a run, who watches it, and who trains with it."""

    # Asked before every step; the run then ends with a checkpoint.
    should_stop: Callable[[], bool] = _never
    # Called with every line of the log, speed included, in the first process.
    on_log: Callable[[int, Mapping[str, float]], None] = _tell_nobody
    team: Team = ALONE


UNATTENDED = RunControl()


def stop_after(minutes: float | None) -> Callable[[], bool]:
    """A clock that starts now; without a limit it never stops a run."""
    deadline = None if minutes is None else time.monotonic() + 60 * minutes
    return lambda: deadline is not None and time.monotonic() >= deadline


def run_loop(
    config: LoopConfig,
    run: RunFolder,
    trainee: Trainee,
    task: TrainingTask,
    control: RunControl = UNATTENDED,
) -> int:
    """Train until the steps are done or someone says stop, resuming from the folder's checkpoint if there is one.

    A run that is stopped and resumed, or killed and resumed, ends with the same weights and the same log.

    Args:
        config: Length and rhythm.
        run: Where the run lives.
        trainee: What changes.
        task: What a step is.
        control: Who stops it, watches it and trains with it.

    Returns:
        Steps done so far.

    Raises:
        NumericsError: If a loss was not finite; the last checkpoint stays.
        StorageError: If the disk is full; the last checkpoint stays.
        WeightsError: If the checkpoint is damaged or belongs to another run.
    """
    team, settings = control.team, _lasting(task.settings)
    progress = load_checkpoint(run.checkpoint, trainee, settings=settings) if run.checkpoint.exists() else Progress()
    if team.is_first:
        run.begin(task.settings, step=progress.step)
    sums, step = MetricSums(), progress.step
    sums.restore(progress.totals)
    clock = _Clock(step)

    def save() -> None:
        totals = sums.totals()
        _require_finite(team.total(totals), step)
        if team.is_first:
            # Each process keeps its own sums; a resumed team goes on with those of the first.
            save_checkpoint(run.checkpoint, trainee, Progress(step=step, totals=totals), settings=settings)

    while step < config.total_steps and not team.any(control.should_stop()):
        sums.add(_train_step(config, trainee, task.loss_of_step, step, team))
        step += 1
        if step % config.log_every == 0:
            totals = team.total(sums.totals())
            _require_finite(totals, step)
            sums.clear()
            if team.is_first:
                means, speed = means_of(totals), {"steps_per_second": clock.rate(step)}
                append_record(run.log, step, means)
                append_record(run.timings, step, speed)
                control.on_log(step, {**means, **speed})
        if step % config.save_every == 0:
            save()
        if step % config.sample_every == 0 and team.is_first:
            with trainee.average.inside(trainee.module):
                task.draw_sample(step)
    save()
    return step


def _train_step(
    config: LoopConfig, trainee: Trainee, loss_of_step: Callable[[int], StepLoss], step: int, team: Team
) -> dict[str, Tensor]:
    rate = config.learning_rate.at(step)
    for group in trainee.optimizer.param_groups:
        group["lr"] = rate * group.get(RATE_FACTOR, 1.0)
    trainee.optimizer.zero_grad(set_to_none=True)
    loss = loss_of_step(step)
    loss.total.backward()  # type: ignore[no-untyped-call]  # the library's gap
    team.average_gradients(trainee.module.parameters())
    norm = torch.nn.utils.clip_grad_norm_(trainee.module.parameters(), config.clip_norm)
    trainee.optimizer.step()
    trainee.average.update(trainee.module)
    return {**loss.metrics, LOSS: loss.total, "gradient_norm": norm, "learning_rate": torch.tensor(rate)}


def _lasting(settings: Mapping[str, object]) -> dict[str, object]:
    """Settings as a file gives them back (tuples are lists there), without those that weights do not depend on."""
    plain: dict[str, object] = json.loads(json.dumps(settings))
    loop = plain.get("loop")
    if isinstance(loop, dict):
        plain["loop"] = {name: value for name, value in loop.items() if name not in _RHYTHM}
    return plain


def _require_finite(totals: dict[str, tuple[float, float]], step: int) -> None:
    if not is_finite(totals):
        raise NumericsError(
            f"the loss must be finite, got {totals[LOSS][0]} in the steps before {step}; resume with a lower learning "
            "rate in a new folder that starts from this run's checkpoint"
        )


class _Clock:
    """Steps per second since it was last asked."""

    def __init__(self, step: int) -> None:
        self._step, self._since = step, time.monotonic()

    def rate(self, step: int) -> float:
        now = time.monotonic()
        rate = (step - self._step) / max(now - self._since, 1e-9)
        self._step, self._since = step, now
        return rate
