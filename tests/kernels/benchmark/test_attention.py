import pytest
import torch

from kernels.benchmark.__main__ import main
from kernels.benchmark.attention import CUT_SHAPE, cut_in_eight
from kernels.benchmark.attention_gpu import cases
from kernels.planning.cover import check_single_cover


def test_every_figure_is_a_ratio(capsys, monkeypatch):
    monkeypatch.setattr("kernels.benchmark.attention.CUT_SHAPE", (64, 128))
    monkeypatch.setattr("kernels.benchmark.attention.BLOCK_TOKENS", 16)

    assert main(["attention", "--turns", "1", "--heads", "2"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert "in 8 slices, 2 heads, forward:" in lines[1]
    assert "of at most 1.25" in lines[1]
    assert "block-causal 64 tokens in chunks of 16, 2 heads: 0.625 of the cells" in lines[3]
    assert torch.cuda.is_available() or lines[-1] == "GPU: not run, there is none"


def test_eight_slices_are_the_whole():
    mask = cut_in_eight(*CUT_SHAPE)

    check_single_cover(mask)
    assert len(mask) == 8
    assert sum(part.area for part in mask) == CUT_SHAPE[0] * CUT_SHAPE[1]


def test_masks_for_a_gpu_show_no_cell_twice():
    for case in cases():
        check_single_cover(case.mask)
        assert 0 < case.area <= case.rows**2


@pytest.mark.parametrize("options", [["--turns", "0"], ["--heads", "0"], ["--threads", "-1"]])
def test_numbers_below_one_are_refused(capsys, options):
    assert main(["attention", *options]) == 2
    assert "at least 1" in capsys.readouterr().err
