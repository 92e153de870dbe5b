"""Whole encodings and decodings against the released code, and every architecture the configuration allows."""

import pytest
import torch

from generation.config import VAEConfig
from generation.errors import ConfigError
from generation.vae.vae import VideoVAE
from generation.verification.autoencoder.networks import check_decoder, check_encoder
from tests.support.golden import golden_case, require_agreement
from tests.support.vaes import TINY, tiny_vae


def test_encodings_are_the_released_ones():
    made = {comparison.what for comparison in require_agreement(check_encoder(golden_case("vae/vae_encode")))}

    assert {
        "native_16x32x32.moments", "floor_t14_h30_w37.mean", "image.latent_mode", "image.moments_of_4_repeats",
        "t12.sample_seed777", "clamp.logvar", "clamp.kl",
    } <= made  # fmt: skip


def test_decodings_are_the_released_ones():
    made = {comparison.what for comparison in require_agreement(check_decoder(golden_case("vae/vae_decode")))}

    assert {"native_4x8x8.out", "batch2_t2.out", "t1_7x9.out", "t1_7x9.decoder_all_4_frames"} <= made


def test_sixteen_fold_code_with_final_projection_keeps_shapes():
    vae = tiny_vae(1, video_size=64, patch_size=16, final_projection=True, latent_channels=8)
    video = torch.rand(1, 3, 12, 48, 80, generator=torch.Generator().manual_seed(0)) * 2 - 1

    latents = vae.encode(video)

    assert latents.shape == (1, 8, 3, 3, 5)
    assert vae.decode(latents).shape == video.shape
    assert vae.decoder.to_pixels.in_channels == 4
    assert vae.decoder.final_projection[0].out_features == 4 * 16 * 16 * 4


def test_final_projection_without_norm_keeps_how_bright_a_patch_is():
    means = {}
    for norm in (True, False):
        vae = tiny_vae(1, final_projection=True, final_projection_norm=norm)
        tokens = vae.decoder.final_projection(torch.randn(64, 64, generator=torch.Generator().manual_seed(3)))
        means[norm] = tokens.mean(dim=1)

    assert means[False].std() > 2 * means[True].std()


@pytest.mark.parametrize("overrides", [{}, {"patch_length": 2, "video_length": 8}, {"patch_length": 1, "depth": 1}])
def test_picture_and_single_latent_frame_are_one_frame(overrides):
    vae = tiny_vae(2, **overrides)
    picture = torch.zeros(1, 3, 1, 8, 12)

    latents = vae.encode(picture)

    assert latents.shape[2] == 1
    assert vae.decode(latents).shape == picture.shape


def test_picture_fills_a_patch_longer_than_four_frames():
    vae = tiny_vae(2, patch_length=8, embed_dim=128)

    assert vae.encode(torch.zeros(1, 3, 1, 8, 8)).shape == (1, 4, 1, 2, 2)


def test_gradients_reach_every_weight():
    vae = tiny_vae(3).requires_grad_(requires_grad=True)
    generator = torch.Generator().manual_seed(0)
    posterior = vae.encode_moments(torch.rand(2, 3, 8, 8, 8, generator=generator))

    (vae.decode(posterior.sample(generator)).square().mean() + posterior.divergence().mean()).backward()

    assert not [name for name, weight in vae.named_parameters() if weight.grad is None or not weight.grad.any()]


def test_decoder_places_channels_fastest():
    vae = VideoVAE(VAEConfig(**TINY))
    vae.requires_grad_(requires_grad=False)
    decoder = vae.decoder
    decoder.to_pixels = torch.nn.Identity()
    decoder.trunk.forward = lambda tokens, grid: torch.arange(64.0).expand(*tokens.shape[:2], 64)

    volume = decoder(torch.zeros(1, 4, 2, 1, 3))

    assert volume.shape == (1, 1, 8, 4, 12)
    assert torch.equal(volume[0, 0, :4, :, :4], torch.arange(64.0).view(4, 4, 4))


def test_fresh_weights_come_from_the_generator_alone():
    first, second = VideoVAE(VAEConfig(**TINY)), VideoVAE(VAEConfig(**TINY))
    for vae in (first, second):
        vae.init_weights(torch.Generator().manual_seed(5))

    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert first.encoder.trunk.positions.std().item() == pytest.approx(0.02, rel=0.1)
    assert not first.encoder.to_moments.bias.any()


def test_less_than_one_patch_is_refused():
    with pytest.raises(ConfigError, match="at least"):
        tiny_vae(1).encode(torch.zeros(1, 3, 4, 3, 8))


def test_latents_with_other_channels_are_refused():
    with pytest.raises(ConfigError, match="latents must be"):
        tiny_vae(1).decode(torch.zeros(1, 5, 1, 2, 2))


def test_width_that_does_not_unfold_into_patches_is_refused():
    with pytest.raises(ConfigError, match="final_projection"):
        VideoVAE(VAEConfig(**{**TINY, "embed_dim": 96}))
