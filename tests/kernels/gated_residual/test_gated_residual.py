"""A gated and normed branch joins the stream: the op on any device, and the Triton kernels against the reference."""

import pytest
import torch

from kernels.devices import Backend
from kernels.errors import UnsupportedInput
from kernels.gated_residual import reference
from kernels.gated_residual.op import FusedGatedResidual, gated_residual
from tests.kernels import triton_bed
from tests.kernels.nearness import assert_all_near, values_and_gradients

EPS = 1e-6
# Of the stream, the branch, the gate, and the scale and bias: as in float32, in inference, with e4m3, in training.
DTYPES = [
    (torch.float32, torch.float32, torch.float32, torch.float32),
    (torch.float16, torch.float32, torch.float16, torch.float32),
    (torch.bfloat16, torch.float32, torch.bfloat16, torch.float32),
    (torch.bfloat16, torch.bfloat16, torch.bfloat16, torch.float32),
    (torch.float32, torch.bfloat16, torch.bfloat16, torch.float32),
]
# Batch, chunks, tokens of a chunk, channels.
SHAPES = [(1, 1, 1, 16), (2, 3, 7, 24), (1, 2, 33, 40), (2, 1, 16, 63)]


def draw(batch=2, chunks=3, chunk_tokens=5, width=16, *, dtypes=DTYPES[0]):
    generator = torch.Generator().manual_seed(0)
    hidden, branch = torch.randn(2, batch, chunks * chunk_tokens, width, generator=generator)
    gate = torch.randn(batch, chunks, width, generator=generator).tanh()
    scale, bias = 1 + 0.1 * torch.randn(2, width, generator=generator)
    tensors = zip((hidden, 3 * branch, gate, scale, bias), (*dtypes, dtypes[-1]), strict=True)
    return [tensor.to(dtype) for tensor, dtype in tensors]


def plain(*tensors):
    return reference.gated_residual(*tensors, eps=EPS)


def fused(*tensors):
    return FusedGatedResidual.apply(*tensors, EPS)


@pytest.mark.parametrize("dtypes", DTYPES, ids=str)
def test_op_is_the_reference_on_a_processor(dtypes):
    tensors = draw(dtypes=dtypes)

    found = gated_residual(*tensors, eps=EPS)

    assert torch.equal(found, plain(*tensors))
    assert found.dtype == dtypes[0]


def test_gate_is_applied_before_the_norm():
    hidden, branch, gate, scale, bias = draw(1, 1, 4, 8)

    doubled = gated_residual(hidden, branch, 2 * gate, scale, bias, eps=1e-12)

    assert torch.allclose(doubled, gated_residual(hidden, branch, gate, scale, bias, eps=1e-12), atol=1e-5)


def test_each_chunk_has_its_gate():
    hidden, branch, gate, scale, _ = draw(1, 2, 3, 8)
    gate[:, 1] = 0

    joined = gated_residual(hidden, branch, gate, scale, torch.zeros(8), eps=EPS)

    assert torch.equal(joined[:, 3:], hidden[:, 3:])
    assert not torch.equal(joined[:, :3], hidden[:, :3])


@pytest.mark.interpreter
@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("dtypes", DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_kernel_is_near_the_reference(shape, dtypes):
    assert_all_near(fused, plain, draw(*shape, dtypes=dtypes))


@pytest.mark.interpreter
def test_kernel_takes_half_of_a_wider_gate():
    hidden, branch, gate, scale, bias = draw()
    both = torch.cat([gate, torch.full_like(gate, torch.nan)], dim=-1)
    half = both[..., : gate.shape[-1]]

    found = values_and_gradients(fused, [hidden, branch, half, scale, bias])
    expected = values_and_gradients(plain, [hidden, branch, half, scale, bias])

    for tensor, wanted in zip(found, expected, strict=True):
        assert torch.allclose(tensor, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.interpreter
def test_kernel_gives_the_same_bytes_again():
    tensors = draw(2, 2, 33, 24)

    first, second = values_and_gradients(fused, tensors), values_and_gradients(fused, tensors)

    assert all(map(torch.equal, first, second))


@pytest.mark.compiles
@pytest.mark.parametrize("capability", triton_bed.CAPABILITIES)
@pytest.mark.parametrize("width", [3072, 6144])
@pytest.mark.parametrize("dtypes", DTYPES[1:], ids=str)
def test_kernels_compile(dtypes, width, capability):
    with triton_bed.compiled_for(capability) as compiled:
        values_and_gradients(fused, draw(1, 2, 21, width, dtypes=dtypes))

    assert [kernel.name for kernel in compiled] == ["_forward", "_backward"]


@pytest.mark.compiles
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (1, 1, 40, 16), (2, 3, 1, 24)], ids=str)
def test_kernels_compile_for_sizes_of_one(shape):
    """Triton makes constants of them."""
    with triton_bed.compiled_for(90) as compiled:
        values_and_gradients(fused, draw(*shape))

    assert len(compiled) == 2


@pytest.mark.gpu
@pytest.mark.parametrize("width", [1023, 3072, 6144])
@pytest.mark.parametrize("dtypes", DTYPES, ids=str)
def test_op_on_a_gpu_is_near_the_reference(dtypes, width):
    def on_gpu(*tensors):
        return gated_residual(*(tensor.cuda() for tensor in tensors), eps=EPS, backend=Backend.TRITON).cpu()

    assert_all_near(on_gpu, plain, draw(2, 3, 63, width, dtypes=dtypes))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({0: torch.ones(15, 16), 1: torch.ones(15, 16)}, r"must both be \(B, L, D\)"),
        ({1: torch.ones(2, 14, 16)}, r"got \(2, 15, 16\) and \(2, 14, 16\)"),
        ({2: torch.ones(1, 3, 16)}, r"gate must be \(2, C, 16\)"),
        ({2: torch.ones(2, 4, 16)}, "15 tokens must be whole chunks"),
        ({2: torch.ones(2, 0, 16)}, "15 tokens must be whole chunks"),
        ({3: torch.ones(8)}, r"scale and bias must be \(16,\)"),
        ({1: torch.ones(2, 15, 16, dtype=torch.int64)}, "dtypes must be floating"),
        ({3: torch.ones(16, dtype=torch.float64)}, "the same"),
        ({1: torch.ones(15, 2, 16).transpose(0, 1)}, r"contiguous.*call contiguous\(\)"),
        ({2: torch.ones(2, 16, 3).transpose(1, 2)}, r"contiguous.*call contiguous\(\)"),
        ({1: torch.ones(2, 15, 16, device="meta")}, "on one device, got cpu, meta"),
    ],
)
def test_unfit_tensors_are_refused(changed, said):
    tensors = [changed.get(index, tensor) for index, tensor in enumerate(draw())]

    with pytest.raises(UnsupportedInput, match=said):
        gated_residual(*tensors, eps=EPS)


@pytest.mark.parametrize(
    ("options", "said"), [({"eps": 0.0}, "eps must be positive"), ({"backend": Backend.TRITON}, "they are on cpu")]
)
def test_unfit_options_are_refused(options, said):
    with pytest.raises(UnsupportedInput, match=said):
        gated_residual(*draw(), **{"eps": EPS, **options})
