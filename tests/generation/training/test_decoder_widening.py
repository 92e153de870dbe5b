"""A decoder of larger pictures begins as the one it came from."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from generation.errors import ConfigError
from generation.training.decoder_widening import widened_weights
from generation.vae.vae import VideoVAE
from tests.support.training import VAE, generator, tiny_trained_vae


def widened(factor):
    vae = tiny_trained_vae()
    larger = VideoVAE(replace(VAE, decoder_scale=factor))
    larger.load_state_dict(widened_weights(vae, larger.config))
    return vae, larger


@torch.no_grad()
def test_each_patch_is_enlarged_before_it_is_smoothed():
    vae, larger = widened(2)
    latents = torch.randn(1, 4, 2, 2, 3, generator=generator())
    for decoder in (vae.decoder, larger.decoder):
        # Only the middle tap: the smoothing itself is of a fixed size in pixels.
        weight = decoder.to_pixels.weight
        middle = weight[:, :, 1, 1, 1].clone()
        weight.zero_()
        weight[:, :, 1, 1, 1] = middle

    small, large = vae.decoder(latents), larger.decoder(latents)

    # Inside a patch; neighbours are not seen yet.
    patches = small[0].unflatten(2, (2, 8)).unflatten(4, (3, 8)).permute(2, 4, 0, 1, 3, 5).flatten(0, 2)
    enlarged = F.interpolate(patches, scale_factor=2, mode="bicubic", align_corners=False)
    expected = enlarged.view(2, 3, 3, 8, 16, 16).permute(2, 3, 0, 4, 1, 5).reshape(1, 3, 8, 32, 48)
    assert torch.allclose(large, expected, atol=1e-4)


def test_the_encoder_is_the_same():
    vae, larger = widened(2)

    for name, weight in vae.encoder.state_dict().items():
        assert torch.equal(weight, larger.encoder.state_dict()[name])


def test_the_same_scale_changes_nothing():
    vae = tiny_trained_vae()

    for name, weight in widened_weights(vae, vae.config).items():
        assert torch.equal(weight, dict(vae.named_parameters())[name])


def test_a_smaller_scale_is_refused():
    _, larger = widened(2)

    with pytest.raises(ConfigError, match="multiple of its scale 2, got 1"):
        widened_weights(larger, VAE)
