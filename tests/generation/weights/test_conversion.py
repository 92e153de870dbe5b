"""Conversion: PyTorch's checkpoints become safetensors bit for bit and whole."""

import json
import zipfile
from collections import OrderedDict

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from generation.errors import StorageError, WeightsError
from generation.weights import conversion
from generation.weights.conversion import convert_file, convert_folder, needs_conversion


def tensors(seed: int = 0) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    whole = torch.randn(40, generator=generator)
    return {
        "float": torch.randn(3, 5, generator=generator),
        "half": torch.randn(7, generator=generator).half(),
        "brain": torch.randn(2, 2, 2, generator=generator).bfloat16(),
        "double": torch.randn(1, generator=generator).double(),
        "scalar": torch.tensor(3.5),
        "none": torch.empty(0, 4),
        "part": whole[8:24].view(4, 4),
        "same": whole,
    }


def same(converted: dict[str, Tensor], expected: dict[str, Tensor]) -> bool:
    return set(converted) == set(expected) and all(
        converted[name].dtype == tensor.dtype and torch.equal(converted[name], tensor)
        for name, tensor in expected.items()
    )


def test_tensors_are_copied_bit_for_bit(tmp_path) -> None:
    torch.save(tensors(), tmp_path / "a.bin")

    names = convert_file(tmp_path / "a.bin", tmp_path / "a.safetensors")

    assert set(names) == set(tensors())
    assert same(load_file(tmp_path / "a.safetensors"), tensors())
    assert {path.name for path in tmp_path.iterdir()} == {"a.bin", "a.safetensors"}


def test_a_modules_state_dict_and_its_parameters_are_converted(tmp_path) -> None:
    module = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4))
    ordered = OrderedDict((name, nn.Parameter(tensor)) for name, tensor in module.state_dict().items())
    for state in (module.state_dict(), ordered):
        torch.save(state, tmp_path / "a.bin")

        convert_file(tmp_path / "a.bin", tmp_path / "a.safetensors")

        assert same(load_file(tmp_path / "a.safetensors"), dict(module.state_dict()))


def test_newer_pickle_protocols_are_read(tmp_path) -> None:
    torch.save(tensors(), tmp_path / "a.bin", pickle_protocol=4)

    convert_file(tmp_path / "a.bin", tmp_path / "a.safetensors")

    assert same(load_file(tmp_path / "a.safetensors"), tensors())


def test_shards_become_shards_with_an_index(tmp_path) -> None:
    first, second = {"a": torch.ones(3)}, {"b": torch.zeros(2), "c": torch.ones(1)}
    torch.save(first, tmp_path / "pytorch_model-00001-of-00002.bin")
    torch.save(second, tmp_path / "pytorch_model-00002-of-00002.bin")
    weight_map = dict.fromkeys(first, "pytorch_model-00001-of-00002.bin")
    weight_map |= dict.fromkeys(second, "pytorch_model-00002-of-00002.bin")
    (tmp_path / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": weight_map}))
    assert needs_conversion(tmp_path)

    convert_folder(tmp_path)

    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())["weight_map"]
    assert index == {
        name: file.replace("pytorch_", "").replace("bin", "safetensors") for name, file in weight_map.items()
    }
    assert all(name in load_file(tmp_path / file) for name, file in index.items())
    assert not needs_conversion(tmp_path)


def test_a_single_checkpoint_becomes_a_single_file(tmp_path) -> None:
    torch.save(tensors(), tmp_path / "pytorch_model.bin")

    convert_folder(tmp_path)

    assert same(load_file(tmp_path / "model.safetensors"), tensors())
    assert not needs_conversion(tmp_path)


def test_folders_without_pickles_need_no_conversion(tmp_path) -> None:
    assert not needs_conversion(tmp_path)


def test_missing_shards_and_a_small_disk_are_said_before_anything_is_written(tmp_path, monkeypatch) -> None:
    (tmp_path / "pytorch_model.bin.index.json").write_text('{"weight_map": {"a": "pytorch_model-1.bin"}}')
    with pytest.raises(WeightsError, match=r"lacks pytorch_model-1\.bin"):
        convert_folder(tmp_path)

    torch.save({"a": torch.ones(1)}, tmp_path / "pytorch_model-1.bin")
    monkeypatch.setattr(conversion, "_SPARE_BYTES", 2**60)
    with pytest.raises(StorageError, match="make room"):
        convert_folder(tmp_path)
    assert not any(tmp_path.glob("*.safetensors*"))


def test_damaged_and_compressed_archives_are_refused(tmp_path) -> None:
    path = tmp_path / "a.bin"
    torch.save(tensors(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsError, match="not a whole PyTorch checkpoint"):
        convert_file(path, tmp_path / "a.safetensors")

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", b"\x80\x02}.")
    with pytest.raises(WeightsError, match="compressed"):
        convert_file(path, tmp_path / "a.safetensors")

    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/other", b"")
    with pytest.raises(WeightsError, match=r"one data\.pkl"):
        convert_file(path, tmp_path / "a.safetensors")


def test_a_full_disk_leaves_no_half_file(tmp_path) -> None:
    torch.save({"a": torch.ones(1)}, tmp_path / "a.bin")

    with pytest.raises(StorageError):
        convert_file(tmp_path / "a.bin", tmp_path / "none" / "a.safetensors")

    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
