import multiprocessing
import os

import pytest

from kernels.benchmark import distributed
from kernels.benchmark.__main__ import main
from kernels.benchmark.distributed import masks_of
from kernels.errors import PeerLost
from kernels.planning.cover import check_single_cover


def test_every_way_is_a_ratio_to_both_rivals(capfd):
    assert main(["distributed", "--tokens", "64", "--turns", "1"]) == 0

    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 1 + 3 * 8 + 1
    ours = [line for line in lines if " stages" in line]
    assert len(ours) == 18
    for line in ours:
        bytes_of_gathered = float(line.split("ms: ")[1].split(" of the bytes forward")[0])
        # No rank gets more than all rows of the others.
        assert 0 < bytes_of_gathered <= 1
        assert line.count(" of the time of ") == 2
    assert lines[-1] == "NCCL: not run"


def test_masks_show_no_cell_twice():
    for mask in masks_of(2048).values():
        check_single_cover(mask)


@pytest.mark.parametrize("options", [["--ranks", "0"], ["--ranks", "3"], ["--turns", "0"], ["--tokens", "15"]])
def test_numbers_that_do_not_fit_are_refused(capsys, options):
    assert main(["distributed", *options]) == 2
    assert "turns must be at least 1" in capsys.readouterr().err


def _end(*_):
    os._exit(1)


def test_a_process_that_ends_is_an_error_not_a_wait(monkeypatch):
    monkeypatch.setattr(distributed, "_serve", _end)
    forked = multiprocessing.get_context("fork")
    monkeypatch.setattr(multiprocessing, "get_context", lambda _: forked)

    with pytest.raises(PeerLost, match="one has ended"):
        distributed._in_processes(2, 64, 1)
