"""The convert command."""

import pytest
import torch
from safetensors.torch import load_file

from generation.cli.convert import run_convert
from generation.errors import RequestError, WeightsError


def test_folder_gets_safetensors_of_the_same_values(tmp_path, console):
    tensors = {"shared.weight": torch.arange(12.0).view(3, 4)}
    torch.save(tensors, tmp_path / "pytorch_model.bin")

    assert run_convert([str(tmp_path)], console=console) == 0

    assert load_file(tmp_path / "model.safetensors")["shared.weight"].equal(tensors["shared.weight"])
    assert "has safetensors now" in console.file.getvalue()


def test_converted_folder_is_left_alone(tmp_path, console):
    torch.save({"a": torch.ones(2)}, tmp_path / "pytorch_model.bin")
    run_convert([str(tmp_path)], console=console)
    before = (tmp_path / "model.safetensors").stat().st_mtime_ns

    assert run_convert([str(tmp_path)], console=console) == 0

    assert (tmp_path / "model.safetensors").stat().st_mtime_ns == before
    assert "already" in console.file.getvalue()


class Evil:
    def __reduce__(self):
        return (print, ("this must never be printed",))


def test_checkpoint_that_would_run_code_is_refused_and_not_run(tmp_path, console, capsys):
    torch.save({"a": Evil()}, tmp_path / "pytorch_model.bin")

    with pytest.raises(WeightsError):
        run_convert([str(tmp_path)], console=console)

    assert "never" not in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["pytorch_model.bin"]


def test_folder_without_a_checkpoint_is_said(tmp_path, console):
    with pytest.raises(WeightsError, match=r"must hold pytorch_model\.bin"):
        run_convert([str(tmp_path)], console=console)
    with pytest.raises(WeightsError, match="found none"):
        run_convert([str(tmp_path / "missing")], console=console)


@pytest.mark.parametrize("flags", [[], ["a", "b"], ["--folder", "a"]])
def test_wrong_flags_are_refused(console, flags):
    with pytest.raises(RequestError, match="convert --help"):
        run_convert(flags, console=console)
