import pytest
import torch

from kernels.benchmark import layers
from kernels.benchmark.__main__ import main

NOT_RUN = "fused layers: not run, there is no GPU; what is timed is op by op, which a processor runs"


@pytest.fixture
def narrow(monkeypatch):
    """One narrow width, which takes no time."""
    monkeypatch.setattr(layers, "WIDTHS", ((256, 64),))


def test_every_layer_is_timed_both_ways(narrow, capsys):
    assert main(["layers", "--turns", "1", "--tokens", "8", "--widths", "256", "--without_compile"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("8 tokens in 4 chunks")
    assert torch.cuda.is_available() or lines[1] == NOT_RUN
    timed = [line.split(":")[0] for line in lines if " ms" in line]
    assert timed == [
        f"{name}, {direction}"
        for name in ("norm_rope, 2 heads", "gated_residual, 256 wide", "swiglu, 64 wide")
        for direction in ("forward", "forward and backward")
    ] + [timed[-1]]
    assert timed[-1].startswith("linear_fp8_rows, 256 to 64")
    assert "times as long" in lines[-1]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_torch_compiles_is_timed_beside(narrow, capsys):
    assert main(["layers", "--turns", "1", "--tokens", "8", "--widths", "256"]) == 0

    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("norm", "gated", "swiglu"))]
    assert all("torch.compile " in line for line in lines)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--turns", "0"], "turns must be at least 1"),
        (["--tokens", "0"], "got 0 tokens"),
        (["--tokens", "6"], "tokens a multiple of 4"),
        (["--widths", "5"], "widths must be among 3072, 6144, got [5]"),
    ],
)
def test_unfit_numbers_are_refused(options, said, capsys):
    assert main(["layers", *options]) == 2

    assert said in capsys.readouterr().err
