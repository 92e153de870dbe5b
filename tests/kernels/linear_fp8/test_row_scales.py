"""Our e4m3 linear: a scale per row, how far it errs and why, the fast path against the emulation."""

import pytest
import torch

from kernels.errors import UnsupportedInput
from kernels.linear_fp8 import op, reference

# A value's last bit is 1/8 of its power of two, so roundings are uniform over 1/8, which is 0.036 of the power of two
# and, over mantissas from 1 to 2, 0.025 of the value. Those of both factors add up in square.
OF_ONE_FACTOR = 0.025
OF_A_PRODUCT = 2**0.5 * OF_ONE_FACTOR


def draw(rows=64, features=256, outputs=48, device="cpu"):
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(rows, features, generator=generator).to(torch.bfloat16)
    weight = torch.randn(outputs, features, generator=generator) * features**-0.5
    values, scales = reference.quantise_rows(weight)
    return inputs.to(device), weight.to(device), values.to(device), scales.to(device)


def relative_l2(found, exact):
    return ((found.double() - exact.double()).norm() / exact.double().norm()).item()


def test_op_equals_the_reference():
    inputs, _, values, scales = draw()

    found = op.linear_fp8_rows(inputs, values, weight_scales=scales)

    assert found.dtype == torch.bfloat16
    assert torch.equal(found, reference.linear_fp8_rows(inputs, values, weight_scales=scales))
    assert torch.equal(found, op.linear_fp8_rows(inputs, values.float(), weight_scales=scales))


def test_leading_axes_are_kept():
    inputs, _, values, scales = draw(rows=6)

    found = op.linear_fp8_rows(inputs.view(2, 3, -1), values, weight_scales=scales)

    assert torch.equal(found.view(6, -1), op.linear_fp8_rows(inputs, values, weight_scales=scales))


def test_rounding_errs_by_the_mantissa():
    weight = torch.randn(256, 256, generator=torch.Generator().manual_seed(0))

    values, scales = op.quantise_rows(weight)

    assert relative_l2(values.float() * scales[:, None], weight) == pytest.approx(OF_ONE_FACTOR, rel=0.1)


def test_product_errs_by_both_factors():
    inputs, weight, values, scales = draw()

    found = op.linear_fp8_rows(inputs, values, weight_scales=scales)

    exact = inputs.double() @ weight.double().T
    assert relative_l2(found, exact) == pytest.approx(OF_A_PRODUCT, rel=0.15)


def test_rows_of_any_size_err_alike():
    """What one scale for all rows cannot do: small rows would be lost."""
    inputs, weight, values, scales = draw(rows=4)
    sizes = torch.tensor([1e-6, 1.0, 1e3, 1e6])[:, None]
    inputs = inputs.float() * sizes

    found = op.linear_fp8_rows(inputs, values, weight_scales=scales)

    exact = inputs.double() @ weight.double().T
    assert [relative_l2(*pair) for pair in zip(found, exact, strict=True)] == pytest.approx([OF_A_PRODUCT] * 4, rel=0.5)


def test_largest_value_of_a_row_is_kept():
    values, scales = op.quantise_rows(torch.tensor([[1.0, -7.0, 0.5], [0.0, 0.0, 0.0]]))

    assert values[0].float().tolist()[1] == -reference.E4M3_MAX
    assert (values[0].float() * scales[0])[1].item() == -7.0
    assert values[1].float().tolist() == [0.0, 0.0, 0.0]


def test_rows_of_zeros_give_zeros():
    _, _, values, scales = draw()

    assert op.linear_fp8_rows(torch.zeros(2, 256), values, weight_scales=scales).eq(0).all()


@pytest.mark.gpu
def test_tensor_cores_agree_with_the_emulation():
    inputs, _, values, scales = draw(device="cuda")
    if not op.has_e4m3_matmul(inputs.device):
        pytest.skip("this GPU has no e4m3 tensor cores")

    found = op.linear_fp8_rows(inputs, values, weight_scales=scales)

    expected = reference.linear_fp8_rows(inputs, values, weight_scales=scales)
    torch.testing.assert_close(found, expected, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weight": torch.ones(48, 256, dtype=torch.bfloat16)}, "weight must be float8_e4m3fn"),
        ({"weight": torch.ones(256, 48).T}, r"contiguous.*call contiguous\(\)"),
        ({"inputs": torch.ones(3, 255)}, "must have the weight's 256 features"),
        ({"inputs": torch.tensor(1.0)}, "features"),
        ({"inputs": torch.ones(3, 256, dtype=torch.int8)}, "inputs must be floating"),
        ({"inputs": torch.ones(3, 256, device="meta")}, "one device, got meta and cpu"),
        ({"weight_scales": torch.ones(47)}, r"weight_scales must be \(48,\) float32 on cpu, got \(47,\)"),
        ({"weight_scales": torch.ones(48, dtype=torch.float64)}, "float64"),
    ],
)
def test_unfit_tensors_are_refused(changed, said):
    inputs, _, values, scales = draw()
    given = {"inputs": inputs, "weight": values, "weight_scales": scales, **changed}

    with pytest.raises(UnsupportedInput, match=said):
        op.linear_fp8_rows(given["inputs"], given["weight"], weight_scales=given["weight_scales"])


@pytest.mark.parametrize("rows", [torch.tensor(1.0), torch.ones(3, 0), torch.ones(3, 4, dtype=torch.int32)])
def test_what_has_no_rows_is_not_quantised(rows):
    with pytest.raises(UnsupportedInput, match="rows of floating numbers"):
        op.quantise_rows(rows)
