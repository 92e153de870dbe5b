"""Saving: read back bit for bit, and never half a file."""

import os
import stat
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import nn

from generation.errors import StorageError, WeightsError
from generation.weights.loading import fingerprint_of, load_into
from generation.weights.saving import save_module

KEYS = {"weight": "w", "bias": "b"}


def linear(seed: int = 0) -> nn.Linear:
    module = nn.Linear(3, 2)
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return module


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_what_is_saved_is_read_back_bit_for_bit(tmp_path) -> None:
    path, module = tmp_path / "model.safetensors", linear()

    save_module(module, path, key_map=KEYS, dtype="float32", metadata={"made": "here"})

    with torch.device("meta"):
        again = nn.Linear(3, 2)
    load_into(again, path, key_map=KEYS, dtype_map=dict.fromkeys(KEYS, "float32"), device="cpu")
    assert fingerprint_of(again) == fingerprint_of(module)
    with safe_open(path, "pt") as file:
        assert file.metadata() == {"made": "here"}
    assert names(tmp_path) == ["model.safetensors"]
    assert stat.S_IMODE(path.stat().st_mode) & 0o400


def test_weights_are_stored_in_the_type_asked_for_and_fp8_stays(tmp_path) -> None:
    path, module = tmp_path / "model.safetensors", linear()
    module.weight = nn.Parameter(module.weight.to(torch.float8_e4m3fn), requires_grad=False)

    save_module(module, path, key_map=KEYS, dtype="bfloat16", metadata={})

    with safe_open(path, "pt") as file:
        assert file.get_tensor("b").dtype == torch.bfloat16
        assert file.get_tensor("w").dtype == torch.float8_e4m3fn


def test_tied_weights_are_stored_twice(tmp_path) -> None:
    module = nn.ModuleDict({"a": nn.Linear(2, 2, bias=False), "b": nn.Linear(2, 2, bias=False)})
    module["b"].weight = module["a"].weight

    save_module(
        module,
        tmp_path / "model.safetensors",
        key_map={"a.weight": "a", "b.weight": "b"},
        dtype="float32",
        metadata={},
    )

    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        assert torch.equal(file.get_tensor("a"), file.get_tensor("b"))


def test_nameless_tensors_and_a_wish_for_fp8_are_refused(tmp_path) -> None:
    with pytest.raises(WeightsError, match="bias"):
        save_module(linear(), tmp_path / "m", key_map={"weight": "w"}, dtype="float32", metadata={})
    with pytest.raises(WeightsError, match="quantised with scales"):
        save_module(linear(), tmp_path / "m", key_map=KEYS, dtype="float8_e4m3fn", metadata={})

    assert names(tmp_path) == []


def test_a_failed_save_leaves_the_previous_file_and_no_other(tmp_path, monkeypatch) -> None:
    path = tmp_path / "model.safetensors"
    save_module(linear(0), path, key_map=KEYS, dtype="float32", metadata={})
    before = path.read_bytes()

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match="No space left"):
        save_module(linear(1), path, key_map=KEYS, dtype="float32", metadata={})

    assert path.read_bytes() == before
    assert names(tmp_path) == ["model.safetensors"]


def test_a_missing_folder_is_a_storage_error(tmp_path) -> None:
    with pytest.raises(StorageError, match="could not be written"):
        save_module(linear(), tmp_path / "none" / "m", key_map=KEYS, dtype="float32", metadata={})
