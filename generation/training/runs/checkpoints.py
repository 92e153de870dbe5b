"""Training state on disk: model, average, optimiser and step, in safetensors; a resumed run draws the same curve.

All randomness of training is derived from (seed, step), so the step is the only random state there is to keep.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from generation.artifacts import atomic_write
from generation.errors import WeightsError
from generation.training.averaging import WeightAverage

FORMAT = "sceneloom-training-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trainee:
    """What a run changes: a module, its average and its optimiser."""

    module: nn.Module
    average: WeightAverage
    optimizer: torch.optim.Optimizer


def save_checkpoint(path: Path, trainee: Trainee, *, step: int, settings: dict[str, object]) -> None:
    """Write everything needed to go on, atomically: an interrupted save leaves the previous checkpoint.

    Args:
        path: The file.
        trainee: What to write.
        step: Steps done so far.
        settings: The run's configuration as JSON values; a resume compares it.

    Raises:
        StorageError: If the disk is full or read-only.
    """
    names = [name for name, _ in trainee.module.named_parameters()]
    tensors: dict[str, Tensor] = {}
    for name, parameter in trainee.module.named_parameters():
        tensors[f"model/{name}"] = parameter.detach().cpu().contiguous()
        tensors[f"average/{name}"] = trainee.average.weights[name].cpu().contiguous()
    optimizer_state = trainee.optimizer.state_dict()["state"]
    for index, name in enumerate(names):
        for key, value in optimizer_state.get(index, {}).items():
            tensors[f"optimizer/{key}/{name}"] = torch.as_tensor(value).cpu().contiguous()
    metadata = {
        "format": FORMAT,
        "step": str(step),
        "average_updates": str(trainee.average.updates),
        "settings": json.dumps(settings, sort_keys=True),
    }
    atomic_write(path, save(tensors, metadata))


def load_checkpoint(path: Path, trainee: Trainee, *, settings: dict[str, object]) -> int:
    """Read back what :func:`save_checkpoint` wrote, into the given objects.

    Returns:
        The number of steps done so far.

    Raises:
        WeightsError: If the file is corrupt, of another model, or of a run with other settings.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(
            f"{path.name} must be a training checkpoint, got a file that cannot be read: {error}"
        ) from error
    if metadata.get("format") != FORMAT:
        raise WeightsError(f"{path.name} must be a training checkpoint, got format {metadata.get('format')!r}")
    stored = json.loads(metadata["settings"])
    differing = sorted(key for key in {*stored, *settings} if stored.get(key) != settings.get(key))
    if differing:
        raise WeightsError(
            f"{path.name} was written with other settings ({', '.join(differing)}); "
            "start a new run folder, or restore the settings"
        )
    _restore(tensors, trainee, path)
    trainee.average.updates = int(metadata["average_updates"])
    return int(metadata["step"])


@torch.no_grad()
def _restore(tensors: dict[str, Tensor], trainee: Trainee, path: Path) -> None:
    named = dict(trainee.module.named_parameters())
    wanted = {f"{part}/{name}" for name in named for part in ("model", "average")}
    missing = sorted(wanted - set(tensors))
    if missing:
        raise WeightsError(f"{path.name} lacks {len(missing)} tensors, first {missing[0]}")
    for name, parameter in named.items():
        parameter.copy_(tensors[f"model/{name}"])
        trainee.average.weights[name].copy_(tensors[f"average/{name}"])
    state: dict[int, dict[str, Tensor]] = {}
    for index, name in enumerate(named):
        suffix = f"/{name}"
        found = {
            key.removeprefix("optimizer/").removesuffix(suffix): value
            for key, value in tensors.items()
            if key.startswith("optimizer/") and key.endswith(suffix)
            and "/" not in key.removeprefix("optimizer/").removesuffix(suffix)
        }  # fmt: skip
        if found:
            state[index] = found
    optimizer = trainee.optimizer.state_dict()
    optimizer["state"] = state
    trainee.optimizer.load_state_dict(optimizer)
