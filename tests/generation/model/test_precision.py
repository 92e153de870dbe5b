"""Which parameter is kept in which dtype."""

import pytest
import torch

from generation.model import precision
from generation.model.dit import DiT
from generation.model.precision import LayerNorm, at_least_float32, cast_for_inference, operand_dtype
from generation.weights.magi_keys import dit_dtype_map
from tests.support.models import tiny_dit


@pytest.mark.parametrize("fp8", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_cast_agrees_with_the_names_that_weights_are_loaded_by(dtype, fp8):
    model = tiny_dit(0, fp8=fp8, num_layers=3)

    cast_for_inference(model, dtype)

    found = {name: str(parameter.dtype).removeprefix("torch.") for name, parameter in model.named_parameters()}
    assert found == dit_dtype_map(model.config, str(dtype).removeprefix("torch."))


def test_casting_needs_no_memory():
    with torch.device("meta"):
        model = DiT(tiny_dit(0).config)

    cast_for_inference(model, torch.bfloat16)

    assert model.dtype == torch.bfloat16
    assert model.final_proj.weight.dtype == torch.float32


def test_islands_are_at_least_float32():
    assert at_least_float32(torch.bfloat16) == torch.float32
    assert at_least_float32(torch.float64) == torch.float64


def test_operands_are_widened_only_where_the_processor_cannot_multiply_them(monkeypatch):
    inputs = torch.zeros(1, dtype=torch.bfloat16)

    monkeypatch.setattr(precision, "multiplies_bfloat16", lambda: False)
    assert operand_dtype(inputs) == torch.float32
    monkeypatch.setattr(precision, "multiplies_bfloat16", lambda: True)
    assert operand_dtype(inputs) == torch.bfloat16
    assert operand_dtype(inputs.half()) == torch.float32
    assert operand_dtype(inputs.double()) == torch.float64


def test_one_plus_norm_stores_the_difference_from_one():
    plain, shifted = (LayerNorm(4, eps=1e-6, one_plus=one_plus) for one_plus in (False, True))
    with torch.no_grad():
        plain.weight.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
        shifted.weight.copy_(plain.weight - 1)
        plain.bias.fill_(0.5)
        shifted.bias.fill_(0.5)
    inputs = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))

    torch.testing.assert_close(plain(inputs), shifted(inputs))
