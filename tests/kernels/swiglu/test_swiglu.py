"""SwiGLU: the op on any device, and the Triton kernels against the reference."""

import pytest
import torch

from kernels.devices import Backend
from kernels.errors import UnsupportedInput
from kernels.swiglu import reference
from kernels.swiglu.op import FusedSwiGLU, swiglu
from tests.kernels import triton_bed
from tests.kernels.nearness import assert_all_near, values_and_gradients


def draw(*shape, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    return (4 * torch.randn(*shape, generator=generator)).to(dtype)


@pytest.mark.parametrize("dtype", [*triton_bed.DTYPES, torch.float64])
def test_op_is_the_reference_on_a_processor(dtype):
    expanded = draw(2, 3, 10, dtype=dtype)

    found = swiglu(expanded)

    assert torch.equal(found, reference.swiglu(expanded))
    assert found.dtype == dtype


def test_first_half_gates_the_second():
    expanded = torch.tensor([0.0, -200.0, 200.0, 5.0, 5.0, 5.0])

    assert swiglu(expanded).tolist() == [0.0, 0.0, 1000.0]


@pytest.mark.interpreter
@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(2,), (3, 126), (2, 2, 2050)], ids=str)
def test_kernel_is_near_the_reference(shape, dtype):
    assert_all_near(FusedSwiGLU.apply, reference.swiglu, [draw(*shape, dtype=dtype)])


@pytest.mark.interpreter
def test_kernel_bears_gates_of_any_size():
    expanded = torch.tensor([[-1e4, -100.0, 100.0, 1e4, 1.0, 1.0, 1.0, 1.0]])

    value, gradient = values_and_gradients(FusedSwiGLU.apply, [expanded])
    wanted = values_and_gradients(reference.swiglu, [expanded])

    assert torch.equal(value, wanted[0])
    assert torch.equal(gradient, wanted[1])


@pytest.mark.interpreter
def test_kernel_gives_the_same_bytes_again():
    expanded = draw(3, 126)

    first, second = (values_and_gradients(FusedSwiGLU.apply, [expanded]) for _ in range(2))

    assert all(map(torch.equal, first, second))


@pytest.mark.compiles
@pytest.mark.parametrize("capability", triton_bed.CAPABILITIES)
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
def test_kernels_compile(dtype, capability):
    with triton_bed.compiled_for(capability) as compiled:
        values_and_gradients(FusedSwiGLU.apply, [draw(2, 32768, dtype=dtype)])

    assert [kernel.name for kernel in compiled] == ["_forward", "_backward"]


@pytest.mark.compiles
def test_kernels_compile_for_a_width_of_one():
    """Triton makes a constant of it."""
    with triton_bed.compiled_for(90) as compiled:
        values_and_gradients(FusedSwiGLU.apply, [draw(3, 2)])

    assert len(compiled) == 2


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
def test_op_on_a_gpu_is_near_the_reference(dtype):
    def on_gpu(expanded):
        return swiglu(expanded.cuda(), backend=Backend.TRITON).cpu()

    assert_all_near(on_gpu, reference.swiglu, [draw(63, 2 * 1023, dtype=dtype)])


@pytest.mark.parametrize(
    ("expanded", "said"),
    [
        (torch.tensor(1.0), "last axis must be even"),
        (torch.ones(3, 5), r"last axis must be even.*got \(3, 5\)"),
        (torch.ones(3, 0), "last axis must be even"),
        (torch.ones(3, 4, dtype=torch.int32), "dtype must be floating"),
        (torch.ones(4, 3).T, r"contiguous, got strides \(1, 3\)"),
    ],
)
def test_unfit_tensors_are_refused(expanded, said):
    with pytest.raises(UnsupportedInput, match=said):
        swiglu(expanded)


def test_triton_is_refused_where_it_cannot_run():
    with pytest.raises(UnsupportedInput, match="they are on cpu: ask for backend=None"):
        swiglu(draw(3, 4), backend=Backend.TRITON)
