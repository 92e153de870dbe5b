"""Every layer against activations of the released code, and the fused head norm against its slow twin."""

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from generation.config import VAEConfig
from generation.vae.layers import Attention, SmoothingConv, normalise_heads, normalise_heads_reference
from tests.support.vaes import TINY, load_reference_vae

# Official module path: (our module, which side of it); "in" is its first argument.
ENCODER_STATIONS = {
    "enc.blocks.0.in": ("encoder.trunk.blocks.0", "in"),
    "enc.blocks.0.attn.in": ("encoder.trunk.blocks.0.attention", "in"),
    "enc.blocks.0.attn.qkv.out": ("encoder.trunk.blocks.0.attention.qkv", "out"),
    "enc.blocks.0.attn.proj.in": ("encoder.trunk.blocks.0.attention.output", "in"),
    "enc.blocks.0.attn.out": ("encoder.trunk.blocks.0.attention", "out"),
    "enc.blocks.0.norm2.in": ("encoder.trunk.blocks.0.ffn.norm", "in"),
    "enc.blocks.0.norm2.out": ("encoder.trunk.blocks.0.ffn.norm", "out"),
    "enc.blocks.0.mlp.fc1.out": ("encoder.trunk.blocks.0.ffn.expand", "out"),
    "enc.blocks.0.mlp.act.out": ("encoder.trunk.blocks.0.ffn.contract", "in"),
    "enc.blocks.0.mlp.out": ("encoder.trunk.blocks.0.ffn", "out"),
    "enc.blocks.0.out": ("encoder.trunk.blocks.0", "out"),
    "enc.blocks.1.out": ("encoder.trunk.blocks.1", "out"),
}
DECODER_STATIONS = {
    "dec.blocks.0.in": ("decoder.trunk.blocks.0", "in"),
    "dec.blocks.0.out": ("decoder.trunk.blocks.0", "out"),
    "dec.blocks.1.out": ("decoder.trunk.blocks.1", "out"),
}
# Here the class token is dropped earlier than in the released code.
WITHOUT_CLASS_TOKEN = {
    "enc.norm.out": ("encoder.trunk.norm", "out"),
    "enc.last_layer.out": ("encoder.to_moments", "out"),
    "dec.norm.out": ("decoder.trunk.norm", "out"),
    "dec.proj_in.out": ("decoder.from_latents", "out"),
}
CLOSE = {"atol": 2e-5, "rtol": 1e-4}


@pytest.fixture(scope="module")
def golden(reference_root):
    return load_file(reference_root / "vae" / "vae_modules.safetensors")


@pytest.fixture(scope="module")
def vae(reference_root):
    return load_reference_vae(reference_root / "vae" / "tiny_vae")


@pytest.fixture(scope="module")
def activations(vae, golden):
    """What goes in and comes out of every module, over one encoding and one decoding."""
    seen = {}
    handles = []
    for name, module in vae.named_modules():

        def record(_, inputs, output, name=name):
            seen[name, "in"], seen[name, "out"] = inputs[0], output

        handles.append(module.register_forward_hook(record))
    vae.encoder(golden["enc.input_u8"].float() / 127.5 - 1)
    vae.decoder(golden["dec.input_z"])
    for handle in handles:
        handle.remove()
    return seen


@pytest.mark.parametrize("station", [*ENCODER_STATIONS, *DECODER_STATIONS])
def test_activations_are_the_released_ones(activations, golden, station):
    place = (ENCODER_STATIONS | DECODER_STATIONS)[station]

    torch.testing.assert_close(activations[place][:, :40], golden[f"{station}[:, :40]"], **CLOSE)


@pytest.mark.parametrize("station", list(WITHOUT_CLASS_TOKEN))
def test_activations_without_class_token_are_the_released_ones(activations, golden, station):
    expected = golden[f"{station}[:, :40]"]
    ours = activations[WITHOUT_CLASS_TOKEN[station]]

    if station == "dec.proj_in.out":
        torch.testing.assert_close(ours[:, :40], expected, **CLOSE)
    else:
        torch.testing.assert_close(ours[:, :39], expected[:, 1:], **CLOSE)


def test_ends_of_encoder_and_decoder_are_the_released_ones(activations, golden):
    torch.testing.assert_close(activations["encoder.patch_embed", "out"], golden["enc.patch_embed.out"], **CLOSE)
    torch.testing.assert_close(activations["encoder", "out"], golden["enc.output_moments"], **CLOSE)
    torch.testing.assert_close(activations["decoder.to_pixels", "in"], golden["dec.last_layer.in"], **CLOSE)
    torch.testing.assert_close(activations["decoder", "out"], golden["dec.output"], **CLOSE)


def test_feed_forward_norm_has_the_released_eps(vae, golden):
    normed = vae.encoder.trunk.blocks[0].ffn.norm(golden["norm2_small.in"])

    torch.testing.assert_close(normed, golden["norm2_small.out"], **CLOSE)


@pytest.mark.parametrize("normalise", [normalise_heads, normalise_heads_reference])
def test_head_norm_adds_eps_to_the_deviation(golden, normalise):
    torch.testing.assert_close(normalise(golden["manual_ln.in"]), golden["manual_ln.out"], **CLOSE)


def test_head_norm_is_applied_to_queries_keys_and_values(golden):
    queries_keys_values = golden["enc.blocks.0.attn.qkv.out[:, :40]"].unflatten(-1, (3, 4, -1))

    normed = normalise_heads(queries_keys_values)

    torch.testing.assert_close(normed, golden["enc.blocks.0.attn.qkv_norm.out[:, :40]"], **CLOSE)


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
