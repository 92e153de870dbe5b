"""The loop that every training shares: rate, step, clip, average, log, save, stop in time.

The trainings differ in what one step's loss is; that is all they hand in.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.errors import ConfigError, NumericsError
from generation.training.checkpoints import Trainee, load_checkpoint, save_checkpoint
from generation.training.run_folder import RunFolder, write_metrics
from generation.training.schedule import LearningRate


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
    metrics: dict[str, float]


def make_optimizer(
    module: torch.nn.Module,
    *,
    learning_rate: float,
    betas: tuple[float, float] = (0.9, 0.95),
    weight_decay: float = 0.1,
) -> torch.optim.AdamW:
    """AdamW as the method uses it; vectors (biases, norms, tables of one row) are not decayed.

    Source: method A.4.
    """
    parameters = list(module.named_parameters())
    # One group per parameter order: checkpoints count parameters in the module's own order.
    groups = [
        {"params": [parameter], "weight_decay": weight_decay if parameter.ndim >= 2 else 0.0}
        for _, parameter in parameters
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas, fused=False, foreach=True)


def run_loop(
    config: LoopConfig,
    folder: RunFolder,
    trainee: Trainee,
    *,
    settings: dict[str, object],
    loss_of_step: Callable[[int], StepLoss],
    draw_sample: Callable[[int], None],
    minutes: float | None = None,
) -> int:
    """Train until the steps or the minutes are used up, resuming from the folder's checkpoint if there is one.

    Args:
        config: Length and rhythm.
        folder: Where the run lives.
        trainee: What changes.
        settings: The run's configuration as JSON values, kept beside it and compared on resume.
        loss_of_step: The loss of one step; must depend on the step alone (and the weights).
        draw_sample: Writes a picture of progress.
        minutes: Stop after this many minutes of wall time, with a checkpoint.

    Returns:
        Steps done so far.

    Raises:
        NumericsError: If a loss is not finite; the last checkpoint stays.
        StorageError: If the disk is full; the last checkpoint stays.
    """
    # As a file gives them back: tuples are lists there.
    settings = json.loads(json.dumps(settings))
    folder.open(settings)
    step = load_checkpoint(folder.checkpoint, trainee, settings=settings) if folder.checkpoint.exists() else 0
    folder.rewind_log(step)
    deadline = None if minutes is None else time.monotonic() + 60 * minutes
    with folder.log.open("a") as log:
        started, since = time.monotonic(), step
        while step < config.total_steps and (deadline is None or time.monotonic() < deadline):
            loss = _train_step(config, trainee, loss_of_step, step)
            step += 1
            if step % config.log_every == 0:
                rate = (step - since) / (time.monotonic() - started)
                write_metrics(log, step, {**loss.metrics, "loss": loss.total.item(), "steps_per_second": rate})
                started, since = time.monotonic(), step
            if step % config.save_every == 0:
                save_checkpoint(folder.checkpoint, trainee, step=step, settings=settings)
            if step % config.sample_every == 0:
                draw_sample(step)
    save_checkpoint(folder.checkpoint, trainee, step=step, settings=settings)
    return step


def _train_step(config: LoopConfig, trainee: Trainee, loss_of_step: Callable[[int], StepLoss], step: int) -> StepLoss:
    rate = config.learning_rate.at(step)
    for group in trainee.optimizer.param_groups:
        group["lr"] = rate
    trainee.optimizer.zero_grad(set_to_none=True)
    loss = loss_of_step(step)
    if not torch.isfinite(loss.total):
        raise NumericsError(f"the loss of step {step} must be finite, got {loss.total.item()}; lower the rate")
    loss.total.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(trainee.module.parameters(), config.clip_norm)
    trainee.optimizer.step()
    trainee.average.update(trainee.module)
    return loss
