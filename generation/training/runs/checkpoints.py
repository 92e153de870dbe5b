"""Training state on disk: model, average, optimiser and step, in safetensors; a resumed run draws the same curve.

All randomness of training is derived from (seed, step), so the step is the only random state there is to keep.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from generation.artifacts import atomic_write
from generation.errors import WeightsError
from generation.training.runs.averaging import WeightAverage

FORMAT = "sceneloom-training-1"
# All that is no tensor stands in one entry, so that equal states are equal bytes: entries have no order of their own.
_ENTRY = "training"
_NAMES_TOLD = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Trainee:
    """What a run changes: a module, its average and its optimiser."""

    module: nn.Module
    average: WeightAverage
    optimizer: torch.optim.Optimizer


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a run is, beside its weights."""

    # Steps done.
    step: int = 0
    # Sums and counts of the metrics since the last line of the log.
    totals: dict[str, tuple[float, float]] = field(default_factory=dict)


def save_checkpoint(path: Path, trainee: Trainee, progress: Progress, *, settings: Mapping[str, object]) -> None:
    """Write everything needed to go on, atomically: an interrupted save leaves the previous checkpoint.

    Args:
        path: The file.
        trainee: What to write.
        progress: How far it is.
        settings: The run's configuration as JSON values; a resume compares it.

    Raises:
        StorageError: If the disk is full or read-only.
    """
    tensors: dict[str, Tensor] = {}
    for name, parameter in trainee.module.named_parameters():
        tensors[f"model/{name}"] = parameter.detach().cpu().contiguous()
        tensors[f"average/{name}"] = trainee.average.weights[name].cpu().contiguous()
        for key, value in trainee.optimizer.state.get(parameter, {}).items():
            tensors[f"optimizer/{key}/{name}"] = torch.as_tensor(value).cpu().contiguous()
    state = {
        "format": FORMAT,
        "step": progress.step,
        "totals": progress.totals,
        "average_updates": trainee.average.updates,
        "settings": settings,
    }
    atomic_write(path, save(tensors, {_ENTRY: json.dumps(state, sort_keys=True)}))


def load_checkpoint(path: Path, trainee: Trainee, *, settings: Mapping[str, object]) -> Progress:
    """Read back what :func:`save_checkpoint` wrote, into the given objects; they change only if all of it fits.

    Raises:
        WeightsError: If the file is corrupt, of another model, or of a run with other settings.
    """
    metadata, tensors = _read(path)
    try:
        state = json.loads(metadata[_ENTRY])
        if state["format"] != FORMAT:
            raise ValueError(state["format"])
        progress = Progress(
            step=int(state["step"]),
            totals={name: (float(total), float(count)) for name, (total, count) in state["totals"].items()},
        )
        updates, stored = int(state["average_updates"]), state["settings"]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise WeightsError(f"{path} must be a training checkpoint, got {error!r}; it is damaged or another file") from (
            error
        )
    if differing := _differing(stored, json.loads(json.dumps(settings))):
        raise WeightsError(
            f"{path} was written with other settings ({', '.join(differing)}); start a new run folder, or restore the "
            "settings"
        )
    _restore(tensors, trainee, path)
    trainee.average.updates = updates
    return progress


def read_average(path: Path) -> dict[str, Tensor]:
    """The averaged weights of a checkpoint, by parameter name, whatever its settings: to export or to begin from.

    Raises:
        WeightsError: If the file is no checkpoint, or corrupt.
    """
    _, tensors = _read(path, only="average/")
    if not tensors:
        raise WeightsError(f"{path} must be a training checkpoint, got a file without averaged weights")
    return {name.removeprefix("average/"): tensor for name, tensor in tensors.items()}


def load_weights(module: nn.Module, weights: Mapping[str, Tensor], *, source: Path) -> None:
    """Put named weights into a module.

    Raises:
        WeightsError: If names or shapes are not those of the module's parameters.
    """
    named = dict(module.named_parameters())
    _require_fit({name: tuple(parameter.shape) for name, parameter in named.items()}, weights, source)
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(weights[name])


def _read(path: Path, *, only: str = "") -> tuple[dict[str, str], dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            # keys() is the reader's own; it is no mapping.
            names = [name for name in file.keys() if name.startswith(only)]  # noqa: SIM118
            tensors = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(f"{path} must be a training checkpoint, got a file that cannot be read: {error}") from error
    return metadata, tensors


def _differing(stored: object, wanted: object, place: str = "") -> list[str]:
    """Dotted names of the settings that are not the same."""
    if not (isinstance(stored, dict) and isinstance(wanted, dict)):
        return [] if stored == wanted else [place]
    return [
        name
        for key in sorted({*stored, *wanted})
        for name in _differing(stored.get(key), wanted.get(key), f"{place}.{key}" if place else str(key))
    ]


def _restore(tensors: dict[str, Tensor], trainee: Trainee, path: Path) -> None:
    named = dict(trainee.module.named_parameters())
    shapes = {name: tuple(parameter.shape) for name, parameter in named.items()}
    parts = {
        part: {name.removeprefix(part): tensor for name, tensor in tensors.items() if name.startswith(part)}
        for part in ("model/", "average/", "optimizer/")
    }
    for part in ("model/", "average/"):
        _require_fit(shapes, parts[part], path)
    load_weights(trainee.module, parts["model/"], source=path)
    for name, average in trainee.average.weights.items():
        average.copy_(parts["average/"][name])
    states: dict[str, dict[str, Tensor]] = {}
    for place, value in parts["optimizer/"].items():
        key, _, name = place.partition("/")
        states.setdefault(name, {})[key] = value
    _restore_optimizer(trainee.optimizer, named, states)


def _restore_optimizer(
    optimizer: torch.optim.Optimizer, named: Mapping[str, Tensor], states: Mapping[str, dict[str, Tensor]]
) -> None:
    names = {id(parameter): name for name, parameter in named.items()}
    # The library counts parameters through all groups.
    order = [names[id(parameter)] for group in optimizer.param_groups for parameter in group["params"]]
    whole: dict[str, Any] = optimizer.state_dict()
    whole["state"] = {index: states[name] for index, name in enumerate(order) if name in states}
    optimizer.load_state_dict(whole)


def _require_fit(shapes: Mapping[str, tuple[int, ...]], weights: Mapping[str, Tensor], source: Path) -> None:
    missing = sorted(set(shapes) - set(weights))
    surplus = sorted(set(weights) - set(shapes))
    wrong = [
        f"{name} must be {shape}, got {tuple(weights[name].shape)}"
        for name, shape in shapes.items()
        if name in weights and tuple(weights[name].shape) != shape
    ]
    for what, found in (("lacks", missing), ("has too many", surplus), ("has other shapes", wrong)):
        if found:
            told = "; ".join(found[:_NAMES_TOLD])
            raise WeightsError(f"{source} does not fit the model: it {what}: {told} ({len(found)} in all)")
