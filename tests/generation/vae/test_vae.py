"""Whole encodings and decodings against the released code, and every architecture the configuration allows."""

import pytest
import torch
from safetensors.torch import load_file

from generation.config import VAEConfig
from generation.errors import ConfigError
from generation.vae.vae import LOGVAR_RANGE, Posterior, VideoVAE
from tests.support.vaes import TINY, load_reference_vae, tiny_vae

# Of the largest value; the goldens allow 2e-5 + 1e-4 relative.
LARGEST_ERROR = 5e-6
ENCODED = ["native_16x32x32", "t12", "odd_20x24x44", "floor_t14_h30_w37", "t4_8x8"]
DECODED = ["native_4x8x8", "batch2_t2", "odd_2x5x11", "t1_7x9"]


@pytest.fixture(scope="module")
def vae(reference_root):
    return load_reference_vae(reference_root / "vae" / "tiny_vae")


@pytest.fixture(scope="module")
def encoded(reference_root):
    return load_file(reference_root / "vae" / "vae_encode.safetensors")


@pytest.fixture(scope="module")
def decoded(reference_root):
    return load_file(reference_root / "vae" / "vae_decode.safetensors")


def assert_near(ours, expected):
    assert ours.shape == expected.shape
    assert (ours - expected).abs().max() <= LARGEST_ERROR * expected.abs().max()


def video_of(tensors, case):
    return tensors[f"{case}.input_u8"].float() / 127.5 - 1


@pytest.mark.parametrize("case", ENCODED)
def test_moments_are_the_released_ones(vae, encoded, case):
    video = video_of(encoded, case)

    posterior = vae.encode_moments(video)

    assert_near(vae.encoder(video), encoded[f"{case}.moments"])
    assert_near(posterior.mean, encoded[f"{case}.mean"])
    assert_near(vae.encode(video), encoded[f"{case}.mean"])


def test_picture_is_encoded_as_four_equal_frames(vae, encoded):
    video = video_of(encoded, "image")

    assert_near(vae.encode(video), encoded["image.latent_mode"])
    assert_near(vae.encoder(video.expand(-1, -1, 4, -1, -1)), encoded["image.moments_of_4_repeats"])


@pytest.mark.parametrize("case", DECODED)
def test_decoded_videos_are_the_released_ones(vae, decoded, case):
    assert_near(vae.decode(decoded[f"{case}.z"]), decoded[f"{case}.out"])


def test_bare_decoder_gives_four_frames_for_one_latent_frame(vae, decoded):
    assert_near(vae.decoder(decoded["t1_7x9.z"]), decoded["t1_7x9.decoder_all_4_frames"])


def test_sample_is_mean_plus_deviation_times_noise(vae, encoded):
    posterior = vae.encode_moments(video_of(encoded, "t12"))

    assert_near(posterior.logvar, encoded["t12.logvar_clamped"])
    assert_near(posterior.std, encoded["t12.std"])
    assert_near(posterior.sample(torch.Generator().manual_seed(777)), encoded["t12.sample_seed777"])


def test_log_variance_is_clamped_and_divergence_is_the_released_one(encoded):
    mean, logvar = encoded["clamp.moments"].chunk(2, dim=1)
    posterior = Posterior(mean=mean, logvar=logvar.clamp(*LOGVAR_RANGE))

    torch.testing.assert_close(posterior.logvar, encoded["clamp.logvar"])
    torch.testing.assert_close(posterior.std, encoded["clamp.std"])
    # The released sum leaves the last axis of a video out.
    torch.testing.assert_close(posterior.divergence().sum(dim=(1, 2, 3)), encoded["clamp.kl"])


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
