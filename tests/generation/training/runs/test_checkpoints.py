"""Training state on disk."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from generation.errors import StorageError, WeightsError
from generation.training.runs.averaging import WeightAverage
from generation.training.runs.checkpoints import (
    Progress,
    Trainee,
    load_checkpoint,
    load_weights,
    read_average,
    save_checkpoint,
)
from generation.training.runs.optimizer import make_optimizer

SETTINGS = {"seed": 1, "loop": {"learning_rate": {"peak": 0.1}}, "shapes": (1, 2)}
PROGRESS = Progress(step=7, totals={"loss": (0.1 + 0.2, 3.0)})


def trainee(seed, *, steps=0, width=4):
    generator = torch.Generator().manual_seed(seed)
    module = nn.Sequential(nn.Linear(3, width), nn.Linear(width, 2))
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(generator=generator)
    made = Trainee(module=module, average=WeightAverage(module), optimizer=make_optimizer(module, learning_rate=0.1))
    for _ in range(steps):
        train(made, generator)
    return made


def train(made, generator):
    made.optimizer.zero_grad()
    made.module(torch.randn(5, 3, generator=generator)).square().mean().backward()
    made.optimizer.step()
    made.average.update(made.module)


@pytest.fixture
def path(tmp_path):
    save_checkpoint(tmp_path / "checkpoint.safetensors", trainee(1, steps=4), PROGRESS, settings=SETTINGS)
    return tmp_path / "checkpoint.safetensors"


def test_everything_comes_back(path):
    saved, loaded = trainee(1, steps=4), trainee(2)

    assert load_checkpoint(path, loaded, settings=SETTINGS) == PROGRESS

    for made in (saved, loaded):
        train(made, torch.Generator().manual_seed(9))
    assert loaded.average.updates == saved.average.updates
    for name, parameter in saved.module.named_parameters():
        assert torch.equal(parameter, dict(loaded.module.named_parameters())[name])
        assert torch.equal(saved.average.weights[name], loaded.average.weights[name])


def test_other_settings_are_refused_by_name(path):
    settings = {**SETTINGS, "seed": 2, "loop": {"learning_rate": {"peak": 0.2}}}

    with pytest.raises(WeightsError, match=r"loop\.learning_rate\.peak, seed"):
        load_checkpoint(path, trainee(2), settings=settings)


def test_checkpoint_of_another_model_changes_nothing(path):
    other = trainee(2, width=5)
    before = [parameter.clone() for parameter in other.module.parameters()]

    with pytest.raises(WeightsError, match="other shapes"):
        load_checkpoint(path, other, settings=SETTINGS)

    assert all(torch.equal(mine, old) for mine, old in zip(other.module.parameters(), before, strict=True))


@pytest.mark.parametrize("keep", [0, 5, 100, -1])
def test_file_cut_short_is_a_typed_error(path, keep):
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(WeightsError, match="cannot be read"):
        load_checkpoint(path, trainee(2), settings=SETTINGS)


@pytest.mark.parametrize(
    "state",
    [
        None, "{", "[]", '{"format": "another"}', '{"format": "sceneloom-training-1", "step": 1}',
        '{"format": "sceneloom-training-1", "step": "x", "totals": {}, "average_updates": 1, "settings": {}}',
        '{"format": "sceneloom-training-1", "step": 1, "totals": [1], "average_updates": 1, "settings": {}}',
    ],
)  # fmt: skip
def test_other_files_are_refused(path, state):
    save_file(load_file(path), path, {} if state is None else {"training": state})

    with pytest.raises(WeightsError, match="must be a training checkpoint"):
        load_checkpoint(path, trainee(2), settings=SETTINGS)


def test_equal_states_are_equal_bytes(path, tmp_path):
    save_checkpoint(tmp_path / "again", trainee(1, steps=4), PROGRESS, settings=SETTINGS)

    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_file_without_an_average_is_refused(tmp_path):
    save_file({"weight": torch.zeros(1)}, tmp_path / "other.safetensors")

    with pytest.raises(WeightsError, match="without averaged weights"):
        read_average(tmp_path / "other.safetensors")


@pytest.mark.parametrize("part", ["model", "average"])
def test_missing_tensor_is_named(path, part):
    tensors = load_file(path)
    del tensors[f"{part}/0.bias"]
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    save_file(tensors, path, metadata)

    with pytest.raises(WeightsError, match=r"lacks: 0\.bias"):
        load_checkpoint(path, trainee(2), settings=SETTINGS)


def test_full_disk_keeps_the_checkpoint_before(path, monkeypatch):
    before = path.read_bytes()

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(StorageError, match="full"):
        save_checkpoint(path, trainee(3), Progress(step=8), settings=SETTINGS)

    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_average_can_be_taken_out_whatever_the_settings(path):
    module = trainee(2).module

    load_weights(module, read_average(path), source=path)

    expected = trainee(1, steps=4).average.weights
    assert all(torch.equal(parameter, expected[name]) for name, parameter in module.named_parameters())


def test_parameter_that_never_had_a_gradient_has_no_state(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    made = trainee(1)
    made.module[0].weight.grad = torch.ones(4, 3)
    made.optimizer.step()

    save_checkpoint(path, made, PROGRESS, settings=SETTINGS)
    loaded = trainee(2)
    load_checkpoint(path, loaded, settings=SETTINGS)

    assert list(loaded.optimizer.state) == [loaded.module[0].weight]
