"""The test bed itself: kernels are interpreted in one process only, and compiled for what is not there."""

import pytest
import torch

from tests.kernels import triton_bed
from tests.kernels.interpreter_process import InterpreterProcess


@pytest.mark.interpreter
@pytest.mark.parametrize("size", [1, 64, 67])
def test_interpreted_kernel_computes(size):
    from tests.kernels.small_kernels import double

    inputs, outputs = torch.arange(80.0), torch.full((80,), torch.nan)

    double[(2,)](inputs, outputs, size, block=64)

    assert torch.equal(outputs[:size], 2 * inputs[:size])
    assert outputs[size:].isnan().all()


@pytest.mark.interpreter
def test_marked_test_runs_where_kernels_are_interpreted():
    assert triton_bed.interprets()


def test_no_other_test_runs_where_kernels_are_interpreted():
    assert not triton_bed.interprets()


def test_what_fails_there_fails_here(tmp_path):
    file = tmp_path / "test_one.py"
    file.write_text("def test_wrong(): assert 'one' == 'two'\ndef test_right(): pass\n")
    process = InterpreterProcess()

    wrong, right, missing = (process.run(f"{file}::test_{name}") for name in ("wrong", "right", "missing"))
    process.close()

    assert wrong[0] == "failed"
    assert "assert 'one' == 'two'" in wrong[1]
    assert right[0] == "passed"
    assert missing == ("failed", "no such test")


@pytest.mark.compiles
@pytest.mark.parametrize("capability", triton_bed.CAPABILITIES)
def test_launches_are_compiled_for_the_named_gpu(capability):
    from tests.kernels.small_kernels import double

    with triton_bed.compiled_for(capability) as compiled:
        double[(1,)](torch.ones(64), torch.ones(64), 64, block=64)

    assert [kernel.name for kernel in compiled] == ["double"]
    assert f".target sm_{capability}" in compiled[0].ptx


@pytest.mark.compiles
def test_kernel_with_too_much_shared_memory_is_refused():
    from tests.kernels.small_kernels import square_product

    square = torch.empty(8, 128, 128)

    with pytest.raises(AssertionError, match="shared memory"), triton_bed.compiled_for(80):
        square_product[(1,)](square, square, torch.empty(128, 128), 8, side=128)


@pytest.mark.compiles
def test_nothing_compiled_is_no_success():
    with pytest.raises(AssertionError, match="nothing was launched"), triton_bed.compiled_for(90):
        pass
