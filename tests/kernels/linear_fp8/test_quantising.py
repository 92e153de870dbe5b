"""Rounding to e4m3 by Triton: every bit is the reference's."""

import pytest
import torch

from kernels.linear_fp8 import op, reference
from tests.kernels import triton_bed
from tests.kernels.nearness import poisoned

SHAPES = [(1, 1), (3, 63), (2, 2, 1030)]


def every_tie():
    """Every finite e4m3 value, the middle between it and the next, and bfloat16's ties on either side of that."""
    codes = torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn).float()
    values = codes[codes.isfinite()].sort().values
    middles = (values[1:] + values[:-1]) / 2
    half_spacing = 2.0 ** (middles.abs().log2().floor() - 8)
    return torch.cat(
        [
            values,
            middles,
            middles - half_spacing,
            middles + half_spacing,
            torch.tensor([-0.0, 1e-9, -1e-9, 449.0, -1e9]),
        ]
    )


def draw(shape, dtype):
    """Numbers of many sizes."""
    generator = torch.Generator().manual_seed(0)
    return (torch.randn(shape, generator=generator) * torch.randn(shape, generator=generator).mul(2).exp()).to(dtype)


def codes(values):
    return values.view(torch.uint8)


@pytest.mark.interpreter
@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_static_rounding_is_the_reference_to_the_bit(shape, dtype):
    from kernels.linear_fp8 import kernel

    inputs = draw(shape, dtype)
    divisor = torch.rand(shape[-1], generator=torch.Generator().manual_seed(1)) * 0.01 + 0.005

    found = kernel.quantise(poisoned(inputs), poisoned(divisor))

    assert torch.equal(codes(found), codes(reference.quantise(inputs, divisor)))


@pytest.mark.interpreter
@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_rounding_of_rows_is_the_reference_to_the_bit(shape, dtype):
    from kernels.linear_fp8 import kernel

    inputs = draw(shape, dtype)
    inputs[0, 0] = 0

    found, scales = kernel.quantise_rows(poisoned(inputs))

    values, expected = reference.quantise_rows(inputs)
    assert torch.equal(codes(found), codes(values))
    assert torch.equal(scales, expected)


@pytest.mark.interpreter
def test_ties_go_to_even_and_nothing_overflows():
    from kernels.linear_fp8 import kernel

    inputs = every_tie()[None]

    found = kernel.quantise(inputs, torch.ones(inputs.shape[-1]))

    assert torch.equal(codes(found), codes(reference.quantise(inputs, torch.ones(inputs.shape[-1]))))


@pytest.mark.interpreter
def test_nan_stays_nan():
    from kernels.linear_fp8 import kernel

    inputs = torch.tensor([[1.0, torch.nan, -1.0]])

    assert kernel.quantise(inputs, torch.ones(3)).float().isnan().tolist() == [[False, True, False]]
    assert kernel.quantise_rows(inputs)[0].float().isnan()[0, 1]


@pytest.mark.compiles
@pytest.mark.parametrize("capability", triton_bed.CAPABILITIES)
@pytest.mark.parametrize("width", [1, 12288])
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
def test_kernels_compile(dtype, width, capability):
    from kernels.linear_fp8 import kernel

    with triton_bed.compiled_for(capability) as compiled:
        kernel.quantise(draw((2, width), dtype), torch.ones(width))
        kernel.quantise_rows(draw((2, width), dtype))

    assert [kernel.name for kernel in compiled] == ["_quantise", "_quantise_rows"]


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
def test_rounding_on_a_gpu_is_the_reference_to_the_bit(dtype):
    inputs = draw((1023, 1030), dtype)
    divisor = torch.rand(1030, generator=torch.Generator().manual_seed(1)) * 0.01 + 0.005

    static = op.quantise(inputs.cuda(), divisor.cuda()).cpu()
    rows, scales = (tensor.cpu() for tensor in op.quantise_rows(inputs.cuda()))

    assert torch.equal(codes(static), codes(reference.quantise(inputs, divisor)))
    assert torch.equal(codes(rows), codes(reference.quantise_rows(inputs)[0]))
    assert torch.equal(scales, reference.quantise_rows(inputs)[1])
