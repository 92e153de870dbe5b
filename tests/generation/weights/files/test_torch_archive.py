"""PyTorch's checkpoints: listed without unpickling, and refused when they are anything but plain tensors."""

import io
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch

from generation.errors import WeightsError
from generation.weights.files.torch_archive import ArchivedTensor, list_archived


def listed(path: Path) -> tuple[ArchivedTensor, ...]:
    with zipfile.ZipFile(path) as archive:
        return list_archived(archive, source="checkpoint")


def test_tensors_are_listed_with_their_bytes(tmp_path) -> None:
    whole = torch.arange(10.0)
    torch.save({"whole": whole, "part": whole[2:8].view(2, 3)}, tmp_path / "a.bin")

    first, second = listed(tmp_path / "a.bin")

    assert (first.name, first.code, first.shape, first.start, first.stop) == ("whole", "F32", (10,), 0, 40)
    assert (second.name, second.code, second.shape, second.start, second.stop) == ("part", "F32", (2, 3), 8, 32)
    assert first.member == second.member


def write_archive(path: Path, program: bytes, members: dict[str, bytes] | None = None) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", program)
        for name, content in (members or {}).items():
            file.writestr(name, content)


class Canary:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (os.system, (f"touch {self.path}",))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_hostile_pickles_are_refused_and_never_run(tmp_path, protocol) -> None:
    canary = tmp_path / "canary"
    program = pickle.dumps({"a": Canary(canary)}, protocol)
    write_archive(tmp_path / "a.bin", program)

    with pytest.raises(WeightsError, match="it is refused"):
        listed(tmp_path / "a.bin")

    assert not canary.exists()
    pickle.loads(program)
    assert canary.exists()


@pytest.mark.parametrize(
    "value",
    [[1], {"a": 1}, {"a": [1]}, {"a": {"b": 1}}, {1: 2}, 3, None, {"a": int}, {"a": OrderedDict(b=1)}, {"a": {1}}],
)
def test_anything_but_a_flat_dict_of_tensors_is_refused(tmp_path, value) -> None:
    write_archive(tmp_path / "a.bin", pickle.dumps(value, 2))

    with pytest.raises(WeightsError, match="it is refused"):
        listed(tmp_path / "a.bin")


@pytest.mark.parametrize(
    "program",
    [
        b"",
        b"\x80\x02",
        b"\x80\x02.",
        b"\x80\x02t.",
        b"\x80\x02h\x05.",
        b"\x80\x02R.",
        b"\x80\x02Q.",
        b"q\x00.",
        b"u.",
        b"\x8d" + struct.pack("<Q", 2**62),
    ],
)
def test_broken_programs_are_refused(tmp_path, program) -> None:
    write_archive(tmp_path / "a.bin", program)

    with pytest.raises(WeightsError, match="refused"):
        listed(tmp_path / "a.bin")


def test_nested_values_that_double_with_every_step_cost_nothing(tmp_path) -> None:
    doubling = b"".join(b"q" + bytes([step]) + b"h" + bytes([step]) + b"\x86" for step in range(200))
    for end in (b"Q.", b"K\x01\x93.", b"R.", b"."):
        write_archive(tmp_path / "a.bin", b"\x80\x04K\x01" + doubling + end)

        with pytest.raises(WeightsError, match="refused"):
            listed(tmp_path / "a.bin")


def rewritten(source: Path, change) -> None:
    """Write an archive again with its members changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    source.write_bytes(content.getvalue())


def test_missing_and_short_storages_are_refused(tmp_path) -> None:
    for change in (
        lambda name, content: None if name.endswith("data/0") else content,
        lambda name, content: content[:-1] if name.endswith("data/0") else content,
    ):
        torch.save({"a": torch.ones(5)}, tmp_path / "a.bin")
        rewritten(tmp_path / "a.bin", change)

        with pytest.raises(WeightsError, match="lacks bytes of a"):
            listed(tmp_path / "a.bin")


def test_tensors_in_another_order_and_integers_are_refused(tmp_path) -> None:
    for tensor in (torch.ones(2, 3).T, torch.ones(2, dtype=torch.int64)):
        torch.save({"a": tensor}, tmp_path / "a.bin")

        with pytest.raises(WeightsError, match=r"row by row|type torch LongStorage"):
            listed(tmp_path / "a.bin")


def test_another_byte_order_is_refused(tmp_path) -> None:
    torch.save({"a": torch.ones(1)}, tmp_path / "a.bin")
    rewritten(tmp_path / "a.bin", lambda name, content: b"big" if name.endswith("byteorder") else content)

    with pytest.raises(WeightsError, match="byte order"):
        listed(tmp_path / "a.bin")
