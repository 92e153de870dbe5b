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
    assert len(lines) == 2 + 3 * 8 + 1
    ours = [line for line in lines if " stages" in line]
    assert len(ours) == 18
    for line in ours:
        *_, forward, received, _, forward_of_ulysses, _, _ = map(float, line.split()[-9:])
        # No rank gets more than all rows of the others, and only what is fetched again makes more of it.
        assert 0 < forward <= 1
        assert received <= (1 if "kept" in line else 1.5) * forward
        assert forward_of_ulysses < forward
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
