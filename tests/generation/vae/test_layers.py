"""Every layer against activations of the released code, and the fused head norm against its slow twin."""

import pytest
import torch
from torch import nn

from generation.config import VAEConfig
from generation.vae.layers import Attention, SmoothingConv, normalise_heads, normalise_heads_reference
from generation.verification.autoencoder.layers import check_layers
from tests.support.golden import golden_case, require_agreement
from tests.support.vaes import TINY


def test_activations_of_every_layer_are_the_released_ones():
    case = golden_case("vae/vae_modules")

    made = {comparison.what for comparison in require_agreement(check_layers(case))}

    assert {name for name in case.tensor_names if name.startswith(("enc.blocks", "dec.blocks"))} <= made


@pytest.mark.parametrize("scale", [0.0, 1e-6, 1e-4, 1.0, 1e4])
def test_fused_head_norm_equals_its_slow_twin(scale):
    inputs = 3 * scale + scale * torch.randn(2, 5, 3, 4, 32, generator=torch.Generator().manual_seed(0))

    expected = normalise_heads_reference(inputs.double()).float()

    torch.testing.assert_close(normalise_heads(inputs), expected, atol=1e-5, rtol=1e-4)


def test_fused_head_norm_has_the_gradients_of_its_slow_twin():
    inputs = torch.randn(3, 5, 16, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weight = torch.randn(3, 5, 16, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    fused, slow = inputs.clone().requires_grad_(), inputs.clone().requires_grad_()

    (normalise_heads(fused) * weight).sum().backward()
    (normalise_heads_reference(slow) * weight).sum().backward()

    torch.testing.assert_close(fused.grad, slow.grad, atol=1e-4, rtol=1e-4)


def test_attention_without_head_norm_has_a_norm_in_front():
    attention = Attention(VAEConfig(**{**TINY, "normalise_qkv": False}))

    assert isinstance(attention.pre_norm, nn.LayerNorm)
    assert attention(torch.randn(1, 3, 64, generator=torch.Generator().manual_seed(0))).shape == (1, 3, 64)


@pytest.mark.parametrize("shape", [(1, 4, 2, 3, 5), (1, 4, 7, 8, 8), (1, 4, 1, 4, 4), (2, 4, 4, 4, 4)])
def test_convolution_in_halves_equals_the_whole_with_gradients(shape):
    generator = torch.Generator().manual_seed(0)
    conv = SmoothingConv(4, 3)
    halves = torch.randn(shape, generator=generator).requires_grad_()
    whole = halves.detach().clone().requires_grad_()

    torch.testing.assert_close(conv(halves), conv.forward_whole(whole), atol=2e-6, rtol=1e-5)
    conv(halves).square().sum().backward()
    conv.forward_whole(whole).square().sum().backward()
    torch.testing.assert_close(halves.grad, whole.grad, atol=1e-5, rtol=1e-4)
