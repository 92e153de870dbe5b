"""MAGI's e4m3 linear: rounding order, both kinds, the fast path against the emulation."""

import pytest
import torch

from kernels.errors import UnsupportedInput
from kernels.linear_fp8 import op, reference


def draw(rows=5, features=32, outputs=48, device="cpu"):
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(rows, features, generator=generator).to(torch.bfloat16)
    weight = torch.randn(outputs, features, generator=generator).mul(100).to(torch.float8_e4m3fn)
    scales = {
        "divisor": torch.rand(features, generator=generator) * 0.01 + 0.005,
        "input_scale": torch.tensor(0.01),
        "weight_scale": torch.tensor(0.02),
    }
    return inputs.to(device), weight.to(device), {name: scale.to(device) for name, scale in scales.items()}


def test_op_equals_the_reference():
    inputs, weight, scales = draw()

    found = op.linear_fp8(inputs, weight, **scales)

    assert found.dtype == torch.bfloat16
    assert torch.equal(found, reference.linear_fp8(inputs, weight, **scales))


def test_widened_weights_give_the_same():
    inputs, weight, scales = draw()

    assert torch.equal(op.linear_fp8(inputs, weight.float(), **scales), op.linear_fp8(inputs, weight, **scales))


def test_leading_axes_are_kept():
    inputs, weight, scales = draw(rows=6)

    found = op.linear_fp8(inputs.view(2, 3, -1), weight, **scales)

    assert torch.equal(found.view(6, -1), op.linear_fp8(inputs, weight, **scales))


def test_values_are_rounded_to_bfloat16_first():
    # Just above the middle between 16 and 18: bfloat16 rounds it onto the middle, and e4m3 then to even.
    inputs = torch.tensor([[17.03]])

    assert reference.quantise(inputs, torch.ones(1)).float().item() == 16.0
    assert inputs.to(torch.float8_e4m3fn).float().item() == 18.0


def test_large_values_are_clamped():
    inputs = torch.tensor([[1e6, -1e6]])

    assert reference.quantise(inputs, torch.ones(2)).float().tolist() == [[448.0, -448.0]]


def test_result_is_close_to_the_exact_product():
    inputs, weight, scales = draw(rows=64, features=256)
    scales["divisor"] = torch.full_like(scales["divisor"], 0.01).new_full((256,), 0.01)

    found = op.linear_fp8(inputs, weight, **scales).float()

    exact = inputs.float() @ (weight.float() * 0.02).T
    assert (found - exact).norm() / exact.norm() < 0.04


@pytest.mark.gpu
def test_tensor_cores_agree_with_the_emulation():
    inputs, weight, scales = draw(device="cuda")
    if not op.has_e4m3_matmul(inputs.device):
        pytest.skip("this GPU has no e4m3 tensor cores")

    found = op.linear_fp8(inputs, weight, **scales)

    torch.testing.assert_close(found, reference.linear_fp8(inputs, weight, **scales), rtol=1e-2, atol=1e-2)


def test_other_weights_are_refused():
    inputs, weight, scales = draw()

    with pytest.raises(UnsupportedInput, match="float8_e4m3fn"):
        op.linear_fp8(inputs, weight.to(torch.bfloat16), **scales)
    with pytest.raises(UnsupportedInput, match="features"):
        op.linear_fp8(inputs[:, :-1], weight, **scales)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"divisor": torch.ones(31)}, r"divisor must be \(32,\) float32 on cpu, got \(31,\)"),
        ({"input_scale": torch.ones(1)}, r"input_scale must be \(\) float32"),
        ({"weight_scale": torch.tensor(1.0, dtype=torch.float64)}, "weight_scale .* got .* torch.float64"),
        ({"divisor": torch.ones(32, device="meta")}, "on meta"),
    ],
)
def test_unfit_scales_are_refused(changed, said):
    inputs, weight, scales = draw()

    with pytest.raises(UnsupportedInput, match=said):
        op.linear_fp8(inputs, weight, **{**scales, **changed})
