"""Writes a module's weights as one safetensors file: whole, or not at all."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor, nn

from generation.artifacts import sync_folder
from generation.errors import StorageError, WeightsError
from generation.weights.files.torch_dtypes import torch_dtype


def _converted(module: nn.Module, key_map: Mapping[str, str], dtype: str) -> dict[str, Tensor]:
    """The module's tensors on the CPU under the names of the file."""
    state = module.state_dict()
    if unnamed := sorted(set(state) - set(key_map)):
        raise WeightsError(f"key_map must name every tensor of the module; without a name: {unnamed}")
    target = torch_dtype(dtype)
    if target == torch.float8_e4m3fn:
        raise WeightsError("weights are quantised with scales, not stored as fp8; store them as bfloat16 or wider")
    # Copied even where nothing changes: tied tensors must not share memory in a file.
    return {
        key_map[name]: tensor.detach()
        .to(device="cpu", dtype=tensor.dtype if tensor.dtype == torch.float8_e4m3fn else target, copy=True)
        .contiguous()
        for name, tensor in state.items()
    }


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def save_module(
    module: nn.Module, path: Path, *, key_map: Mapping[str, str], dtype: str, metadata: Mapping[str, str]
) -> None:
    """Write a module's weights so that :func:`generation.weights.loading.load_into` reads them back.

    Args:
        module: With its weights in place, on any device.
        path: The file; an existing one is replaced only when the new one is whole and on the disk.
        key_map: Our names to the names in the file.
        dtype: The element type to store, as ``"float32"``; fp8 tensors stay as they are.
        metadata: Texts kept in the file's header.

    Raises:
        WeightsError: If a tensor has no name, or fp8 is asked for.
        StorageError: If the file cannot be written: disk full, read-only, no folder.
    """
    tensors = _converted(module, key_map, dtype)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        save_file(tensors, unfinished, metadata=dict(metadata))
        _sync_file(unfinished)
        unfinished.replace(path)
        sync_folder(path.parent)
    except (OSError, SafetensorError) as error:
        raise StorageError(f"{path} could not be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
