"""Runs that log, save, stop, crash and go on."""

import json

import pytest
import torch
from torch import nn

from generation.errors import ConfigError, NumericsError, StorageError, WeightsError
from generation.training.runs.averaging import WeightAverage
from generation.training.runs.checkpoints import Trainee, load_checkpoint, read_average
from generation.training.runs.loop import LoopConfig, RunControl, StepLoss, TrainingTask, run_loop, stop_after
from generation.training.runs.optimizer import make_optimizer
from generation.training.runs.randomness import step_generator
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.runs.schedule import LearningRate

RATE = LearningRate(peak=0.05, warmup_steps=3, decay_from=8, total_steps=20, floor=0.01)


class PowerCutError(Exception):
    """Stands in for a power cut."""


class Run:
    """A tiny regression in a folder; every object is made anew, as after a restart."""

    def __init__(self, folder, *, total_steps=20, crash_at=None, nan_at=None, **fields):
        self.config = LoopConfig(
            total_steps=total_steps,
            learning_rate=RATE,
            **{"log_every": 4, "save_every": 6, "sample_every": 5, **fields},
        )
        self.folder = RunFolder(root=folder)
        self.module = nn.Linear(4, 1)
        with torch.no_grad():
            for parameter in self.module.parameters():
                parameter.normal_(generator=step_generator(1, 0, "weights"))
        self.trainee = Trainee(
            module=self.module,
            average=WeightAverage(self.module),
            optimizer=make_optimizer(self.module, learning_rate=1.0),
        )
        self.crash_at, self.nan_at = crash_at, nan_at
        self.sampled = []

    def loss(self, step):
        if step == self.crash_at:
            raise PowerCutError
        inputs = torch.randn(8, 4, generator=step_generator(1, step, "inputs"))
        loss = (self.module(inputs) - inputs.sum(dim=1, keepdim=True)).square().mean()
        if self.nan_at is not None and step >= self.nan_at:
            loss = loss * float("nan")
        even = torch.tensor(float(step) if step % 2 == 0 else float("nan"))
        return StepLoss(total=loss, metrics={"even_steps": even})

    def sample(self, step):
        self.sampled.append((step, self.module.weight.detach().clone()))

    def __call__(self, *, stop_at=None):
        asked = []

        def should_stop():
            asked.append(None)
            return stop_at is not None and len(asked) > stop_at

        task = TrainingTask(
            settings={"loop": {"total_steps": self.config.total_steps, "rate": 1}, "seed": 1},
            loss_of_step=self.loss,
            draw_sample=self.sample,
        )
        return run_loop(self.config, self.folder, self.trainee, task, RunControl(should_stop=should_stop))

    def outcome(self):
        return self.folder.checkpoint.read_bytes(), self.folder.log.read_text()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("undisturbed"))
    assert run() == 20
    return run


def test_run_learns_and_logs_means(undisturbed):
    records = read_records(undisturbed.folder.log)

    assert [record["step"] for record in records] == [4, 8, 12, 16, 20]
    assert records[-1]["loss"] < records[0]["loss"]
    assert records[0]["even_steps"] == 1.0
    assert records[0]["learning_rate"] == pytest.approx(sum(RATE.at(step) for step in range(4)) / 4, abs=1e-6)
    assert "steps_per_second" not in records[0]
    assert [record["step"] for record in read_records(undisturbed.folder.timings)] == [4, 8, 12, 16, 20]


def test_samples_are_drawn_with_the_average(undisturbed):
    assert [step for step, _ in undisturbed.sampled] == [5, 10, 15, 20]
    assert torch.equal(undisturbed.sampled[-1][1], read_average(undisturbed.folder.checkpoint)["weight"])


@pytest.mark.parametrize("stop_at", [1, 4, 7, 13])
def test_run_that_was_stopped_ends_with_the_same_bytes(tmp_path, undisturbed, stop_at):
    assert Run(tmp_path)(stop_at=stop_at) == stop_at

    Run(tmp_path)()

    assert Run(tmp_path).folder.settings.read_text() == undisturbed.folder.settings.read_text()
    assert Run(tmp_path).outcome() == undisturbed.outcome()


@pytest.mark.parametrize("crash_at", [0, 5, 6, 9, 19])
def test_run_that_was_killed_ends_with_the_same_bytes(tmp_path, undisturbed, crash_at):
    with pytest.raises(PowerCutError):
        Run(tmp_path, crash_at=crash_at)()

    Run(tmp_path)()

    assert Run(tmp_path).outcome() == undisturbed.outcome()


def test_finished_run_can_be_made_longer_and_ends_as_if_it_had_been_long_from_the_start(tmp_path, undisturbed):
    Run(tmp_path, total_steps=9)()

    Run(tmp_path)()

    assert Run(tmp_path).outcome() == undisturbed.outcome()


def test_rhythm_of_saving_does_not_matter(tmp_path, undisturbed):
    Run(tmp_path, save_every=7, sample_every=3)(stop_at=11)

    Run(tmp_path, save_every=50)()

    assert Run(tmp_path).outcome() == undisturbed.outcome()


def test_loss_that_is_not_finite_stops_the_run_and_spares_the_checkpoint(tmp_path):
    with pytest.raises(NumericsError, match="finite"):
        Run(tmp_path, nan_at=7)()

    run = Run(tmp_path)
    settings = {"loop": {"rate": 1}, "seed": 1}
    assert load_checkpoint(run.folder.checkpoint, run.trainee, settings=settings).step == 6
    assert run.module.weight.isfinite().all()


def test_full_disk_while_saving_keeps_the_last_checkpoint(tmp_path, monkeypatch, undisturbed):
    run = Run(tmp_path, save_every=6)

    def fill_the_disk(step):
        def fail(descriptor):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", fail)

    run.sample = fill_the_disk
    run.config = LoopConfig(total_steps=20, learning_rate=RATE, log_every=4, save_every=6, sample_every=8)
    with pytest.raises(StorageError, match="full"):
        run()
    monkeypatch.undo()

    Run(tmp_path)()

    assert Run(tmp_path).outcome() == undisturbed.outcome()


def test_run_with_other_settings_is_refused_and_the_old_ones_stay(tmp_path):
    Run(tmp_path)(stop_at=3)
    other = Run(tmp_path)
    task = TrainingTask(settings={"loop": {"rate": 1}, "seed": 2}, loss_of_step=other.loss, draw_sample=other.sample)

    with pytest.raises(WeightsError, match="seed"):
        run_loop(other.config, other.folder, other.trainee, task)

    assert json.loads(other.folder.settings.read_text())["seed"] == 1


def test_clock_without_a_limit_never_stops():
    assert not stop_after(None)()
    assert stop_after(0.0)()
    assert not stop_after(60)()


@pytest.mark.parametrize("field", ["total_steps", "clip_norm", "log_every", "save_every", "sample_every"])
def test_numbers_must_be_positive(field):
    with pytest.raises(ConfigError, match=field):
        LoopConfig(**{"total_steps": 1, "learning_rate": RATE, field: 0})
