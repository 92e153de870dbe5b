"""Norm and rotation of heads: the op on any device, and the Triton kernels against the reference."""

import pytest
import torch

from kernels.devices import Backend
from kernels.errors import UnsupportedInput
from kernels.norm_rope import reference
from kernels.norm_rope.op import FusedNormRope, norm_rope
from tests.kernels import triton_bed
from tests.kernels.nearness import assert_all_near, values_and_gradients

EPS = 1e-6
# Of the inputs, and of the scale and bias; the result is of the former.
DTYPES = [
    (torch.float32, torch.float32),
    (torch.float16, torch.float32),
    (torch.bfloat16, torch.float32),
    (torch.bfloat16, torch.bfloat16),
]
# Batch, tokens, heads, channels, of which twice so many are turned: none full, none a multiple of a program's.
SHAPES = [(1, 1, 1, 16, 6), (2, 13, 3, 16, 6), (1, 63, 1, 32, 12), (1, 9, 11, 24, 9), (1, 5, 2, 8, 4)]


def draw(batch=2, tokens=5, heads=3, width=16, turned=6, *, dtype=torch.float32, norm_dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    inputs = 1 + 2 * torch.randn(batch, tokens, heads, width, generator=generator)
    scale, bias = 1 + 0.1 * torch.randn(2, width, generator=generator)
    angles = 6 * torch.rand(tokens, turned, generator=generator)
    return [inputs.to(dtype), scale.to(norm_dtype), bias.to(norm_dtype), angles.sin(), angles.cos()]


def plain(inputs, scale, bias, sin, cos):
    return reference.norm_rope(inputs, scale, bias, (sin, cos), eps=EPS, dtype=inputs.dtype)


def fused(inputs, scale, bias, sin, cos):
    return FusedNormRope.apply(inputs, scale, bias, sin, cos, (EPS, inputs.dtype))


def call(inputs, scale, bias, sin, cos, **options):
    return norm_rope(inputs, scale, bias, (sin, cos), **{"eps": EPS, "dtype": torch.float32, **options})


def test_op_is_the_reference_on_a_processor():
    arguments = draw(dtype=torch.bfloat16)

    found = call(*arguments, dtype=torch.bfloat16)

    assert torch.equal(found, plain(*arguments))


def test_norm_is_over_the_head_and_rotation_keeps_its_length():
    inputs, _, _, sin, cos = draw()

    found = call(inputs, torch.ones(16), torch.zeros(16), sin, cos)

    assert torch.allclose(found.norm(dim=-1), torch.tensor(4.0), atol=1e-4)


def test_channel_is_turned_with_the_one_so_many_further():
    inputs = torch.zeros(1, 1, 1, 8)
    bias = torch.tensor([1.0, 0, 0, 0, 0, 0, 0, 5])
    quarter = (torch.tensor([[1.0, 0, 0]]), torch.tensor([[0.0, 1, 1]]))

    found = norm_rope(inputs, torch.ones(8), bias, quarter, eps=EPS, dtype=torch.float32)

    assert found.flatten().tolist() == [0, 0, 0, 1, 0, 0, 0, 5]


@pytest.mark.interpreter
@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("dtypes", DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_kernel_is_near_the_reference(shape, dtypes):
    arguments = draw(*shape, dtype=dtypes[0], norm_dtype=dtypes[1])

    assert_all_near(fused, plain, arguments)


@pytest.mark.interpreter
def test_kernel_gives_the_same_bytes_again():
    arguments = draw(2, 9, 3)

    first, second = values_and_gradients(fused, arguments), values_and_gradients(fused, arguments)

    assert all(map(torch.equal, first, second))


@pytest.mark.interpreter
def test_kernel_rounds_to_another_dtype():
    arguments = draw()

    found = FusedNormRope.apply(*arguments, (EPS, torch.bfloat16))

    assert torch.allclose(found.float(), plain(*arguments), rtol=2**-7, atol=1e-6)
    assert found.dtype == torch.bfloat16


@pytest.mark.compiles
@pytest.mark.parametrize("capability", triton_bed.CAPABILITIES)
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
def test_kernels_compile(dtype, capability):
    arguments = draw(1, 70, 24, 128, 48, dtype=dtype)

    with triton_bed.compiled_for(capability) as compiled:
        values_and_gradients(fused, arguments)

    assert [kernel.name for kernel in compiled] == ["_forward", "_backward"]


@pytest.mark.compiles
@pytest.mark.parametrize("shape", [(1, 1, 1, 2, 1), (1, 7, 1, 2, 1), (2, 1, 8, 16, 6)], ids=str)
def test_kernels_compile_for_sizes_of_one(shape):
    """Triton makes constants of them."""
    with triton_bed.compiled_for(90) as compiled:
        values_and_gradients(fused, draw(*shape))

    assert len(compiled) == 2


@pytest.mark.gpu
@pytest.mark.parametrize("dtypes", DTYPES, ids=str)
def test_op_on_a_gpu_is_near_the_reference(dtypes):
    arguments = draw(2, 1023, 24, 128, 48, dtype=dtypes[0], norm_dtype=dtypes[1])

    def on_gpu(*tensors):
        return call(*(tensor.cuda() for tensor in tensors), dtype=tensors[0].dtype, backend=Backend.TRITON).cpu()

    assert_all_near(on_gpu, plain, arguments)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({0: torch.ones(5, 3, 16)}, r"inputs must be \(B, L, N, K\)"),
        ({0: torch.ones(2, 5, 3, 0)}, r"with heads"),
        ({1: torch.ones(15)}, r"must be \(16,\) like a head"),
        ({3: torch.ones(4, 6), 4: torch.ones(4, 6)}, r"must both be \(5, R\)"),
        ({3: torch.ones(5, 9), 4: torch.ones(5, 9)}, r"2 R <= 16"),
        ({0: torch.ones(2, 5, 3, 16, dtype=torch.int32)}, "dtypes must be floating"),
        ({1: torch.ones(16, dtype=torch.float64)}, "the same"),
        ({0: torch.ones(2, 3, 5, 16).transpose(1, 2)}, r"contiguous.*call contiguous\(\)"),
        ({3: torch.ones(5, 6, device="meta"), 4: torch.ones(5, 6, device="meta")}, "on one device, got cpu, meta"),
    ],
)
def test_unfit_tensors_are_refused(changed, said):
    arguments = [changed.get(index, tensor) for index, tensor in enumerate(draw())]

    with pytest.raises(UnsupportedInput, match=said):
        call(*arguments)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"eps": 0.0}, "eps must be positive"),
        ({"dtype": torch.int8}, "dtypes must be floating"),
        ({"backend": Backend.TRITON}, "they are on cpu"),
    ],
)
def test_unfit_options_are_refused(options, said):
    with pytest.raises(UnsupportedInput, match=said):
        call(*draw(), **options)
