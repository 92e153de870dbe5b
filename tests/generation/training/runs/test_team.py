"""Processes that train together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from generation.errors import ConfigError
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.runs.team import ALONE, Team, device_of_process, joined_team
from tests.support import train_in_team
from tests.support.training import cache_in

ROOT = Path(__file__).resolve().parents[4]


def test_rows_of_all_processes_are_the_batch():
    batch = list(range(12))

    rows = [row for rank in range(3) for row in batch[Team(rank=rank, size=3).rows(12)]]

    assert rows == batch


def test_uneven_batch_is_refused():
    with pytest.raises(ConfigError, match="multiples of the 2"):
        Team(rank=0, size=2).rows(5)


def test_process_alone_exchanges_nothing():
    parameter = torch.zeros(2, requires_grad=True)
    parameter.grad = torch.ones(2)

    ALONE.average_gradients([parameter])

    assert ALONE.is_first
    assert parameter.grad.tolist() == [1, 1]
    assert ALONE.any(True)
    assert not ALONE.any(False)
    assert ALONE.total({"loss": (1.0, 2.0)}) == {"loss": (1.0, 2.0)}


def test_without_a_launcher_a_process_is_alone():
    with joined_team(torch.device("cpu")) as team:
        assert team == ALONE
    assert device_of_process("cpu") == torch.device("cpu")


def whole(run):
    """A checkpoint's tensors by their part, each part as one row."""
    tensors = load_file(run.checkpoint)
    parts = ("optimizer/exp_avg/", "optimizer/exp_avg_sq/", "model/")
    return {
        part: torch.cat([tensors[name].flatten() for name in sorted(tensors) if name.startswith(part)])
        for part in parts
    }


def test_two_processes_train_what_one_would(tmp_path):
    """With gloo, through the launcher that people use."""
    cache_in(tmp_path / "cache")
    train_in_team.train(tmp_path / "cache", tmp_path / "one")

    command = (
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
        "tests/support/train_in_team.py", str(tmp_path / "cache"), str(tmp_path / "two"),
    )  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False)

    assert done.returncode == 0, done.stderr[:1000] + done.stderr[-1000:]
    one, two = (whole(RunFolder(root=tmp_path / name)) for name in ("one", "two"))
    # Where a gradient is nothing but rounding, the optimiser makes steps of it all the same.
    for part, tolerance in (("optimizer/exp_avg/", 1e-4), ("optimizer/exp_avg_sq/", 1e-4), ("model/", 1e-3)):
        assert (two[part] - one[part]).norm() < tolerance * one[part].norm(), part
    for ours, theirs in zip(
        read_records(RunFolder(root=tmp_path / "one").log),
        read_records(RunFolder(root=tmp_path / "two").log),
        strict=True,
    ):
        assert theirs["loss"] == pytest.approx(ours["loss"], rel=1e-3)
