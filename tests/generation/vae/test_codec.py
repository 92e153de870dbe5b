"""The codec against the released pipeline, and what the seamless policy promises."""

import pytest
import torch

from generation.config import ChunkPolicy
from generation.errors import ConfigError, MediaError, NumericsError
from generation.vae.codec import FrameCodec
from generation.vae.pixels import bytes_to_video, round_to_bytes, shrink_video
from generation.verification.autoencoder.checkpoint import load_golden_autoencoder
from generation.verification.autoencoder.pipeline import check_narrow_pipeline, check_pipeline
from tests.support.golden import golden_case, require_agreement
from tests.support.vaes import tiny_vae


@pytest.fixture(scope="module")
def golden_vae(reference_root):
    return load_golden_autoencoder(reference_root / "vae" / "tiny_vae")


@pytest.fixture(scope="module")
def codec():
    """Seamless, with tiles of 8 cells so that small pictures have several."""
    return FrameCodec(tiny_vae(1), ChunkPolicy.SEAMLESS, tile_pixels=32)


def random_latents(frames, height=5, width=11, seed=0):
    return torch.randn(1, 4, frames, height, width, generator=torch.Generator().manual_seed(seed)) * 0.18


def random_frames(frames, height=20, width=44):
    shape = (frames, height, width, 3)
    return torch.randint(256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(frames))


def test_reference_policy_is_the_released_pipeline():
    made = {comparison.what for comparison in require_agreement(check_pipeline(golden_case("vae/vae_pipeline_fp32")))}

    assert {"image_264x200.latent_scaled", "prefix25_20x28.latent_scaled", "chunk4.frames_u8_tchw"} <= made


def test_reference_policy_in_bfloat16_is_the_released_pipeline():
    require_agreement(check_narrow_pipeline(golden_case("vae/vae_pipeline_bf16")))


@pytest.mark.parametrize(("native_frames", "dtype"), [(16, torch.float32), (16, torch.bfloat16), (8, torch.float32)])
def test_chunks_one_by_one_are_the_clip_at_once(native_frames, dtype):
    vae = tiny_vae(1, video_length=native_frames).to(dtype)
    codec = FrameCodec(vae, ChunkPolicy.SEAMLESS, tile_pixels=32)
    latents = random_latents(18)

    at_once = codec.decode_chunk(latents)
    one_by_one = [codec.decode_chunk(latents[:, :, :6])]
    for start in (6, 12):
        context = latents[:, :, start - codec.context_latent_frames : start]
        one_by_one.append(codec.decode_chunk(latents[:, :, start : start + 6], context))

    assert [len(frames) for frames in one_by_one] == [24, 24, 24]
    assert torch.equal(torch.cat(one_by_one), at_once)


@pytest.mark.parametrize("changed", [6, 12])
def test_later_latents_never_change_shown_frames(codec, changed):
    latents = random_latents(18)
    other = latents.clone()
    other[:, :, changed:] = random_latents(18 - changed, seed=1)

    before, after = codec.decode_chunk(latents), codec.decode_chunk(other)

    assert torch.equal(before[: changed * 4], after[: changed * 4])
    assert not torch.equal(before[changed * 4 :], after[changed * 4 :])


def test_frames_after_a_joint_depend_on_the_context(codec):
    latents = random_latents(6)

    with_one, with_other = (codec.decode_chunk(latents, random_latents(6, seed=seed)) for seed in (1, 2))

    assert not torch.equal(with_one[:8], with_other[:8])
    # The chunk's later windows see nothing before the chunk.
    assert torch.equal(with_one[8:], with_other[8:])


def test_only_the_wanted_end_of_the_context_counts(codec):
    latents, context = random_latents(6), random_latents(6, seed=1)

    assert codec.context_latent_frames == 1
    assert torch.equal(codec.decode_chunk(latents, context), codec.decode_chunk(latents, context[:, :, -1:]))


def test_reference_policy_wants_no_context(golden_vae):
    codec = FrameCodec(golden_vae, ChunkPolicy.REFERENCE)
    latents = random_latents(6)

    assert codec.context_latent_frames == 0
    assert torch.equal(codec.decode_chunk(latents, random_latents(6, seed=1)), codec.decode_chunk(latents))


@pytest.mark.parametrize("policy", list(ChunkPolicy))
def test_batched_tiles_give_the_pictures_of_single_tiles(policy):
    vae, latents, clip = tiny_vae(1), random_latents(6, 13, 20), random_frames(24, 52, 80)
    one, many = (FrameCodec(vae, policy, tile_pixels=32, max_tiles=count) for count in (1, 8))

    assert (one.decode_chunk(latents).int() - many.decode_chunk(latents).int()).abs().max() <= 1
    torch.testing.assert_close(one.encode(clip), many.encode(clip), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("frames", [24, 28, 36])
def test_seamless_encoding_of_the_end_does_not_depend_on_the_start(codec, frames):
    clip = random_frames(frames)

    whole, end = codec.encode(clip), codec.encode(clip[-24:])

    assert whole.shape[2] == frames // 4
    assert torch.equal(whole[:, :, -6:], end)


def test_a_picture_is_the_same_latent_under_both_policies_when_one_tile_holds_it():
    vae, picture = tiny_vae(1), random_frames(1)

    reference = FrameCodec(vae, ChunkPolicy.REFERENCE).encode(picture)
    seamless = FrameCodec(vae, ChunkPolicy.SEAMLESS).encode(picture)

    assert torch.equal(seamless, reference)


@pytest.mark.parametrize("policy", list(ChunkPolicy))
def test_sixteen_fold_code_makes_a_round_trip(policy):
    vae = tiny_vae(1, video_size=64, patch_size=16, final_projection=True, latent_channels=8)
    codec = FrameCodec(vae, policy)
    clip = random_frames(24, 272, 48)

    latents = codec.encode(clip)

    assert latents.shape == (1, 8, 6, 17, 3)
    assert codec.decode_chunk(latents).shape == clip.shape


def test_latents_are_scaled_both_ways():
    plain, scaled = (FrameCodec(tiny_vae(1, latent_scale=scale), ChunkPolicy.SEAMLESS) for scale in (1.0, 0.25))
    clip = random_frames(12)

    torch.testing.assert_close(scaled.encode(clip), plain.encode(clip) * 0.25)
    assert torch.equal(scaled.decode_chunk(random_latents(3)), plain.decode_chunk(random_latents(3) * 4))


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (torch.zeros(1, 8, 10, 3, dtype=torch.uint8), "multiples of 4 px wide and high, got 10x8"),
        (torch.zeros(3, 8, 8, 3, dtype=torch.uint8), "at least 4 frames, got 3"),
        (torch.zeros(1, 8, 8, 3), "uint8"),
        (torch.zeros(0, 8, 8, 3, dtype=torch.uint8), "not empty"),
        (torch.zeros(1, 3, 8, 8, dtype=torch.uint8), "shape"),
    ],
)
def test_unfit_frames_are_refused_with_what_to_do(codec, frames, message):
    with pytest.raises(MediaError, match=message):
        codec.encode(frames)


@pytest.mark.parametrize("shape", [(4, 6, 5, 5), (1, 3, 6, 5, 5), (2, 4, 6, 5, 5), (1, 4, 0, 5, 5)])
def test_latents_of_another_shape_are_refused(codec, shape):
    with pytest.raises(ConfigError, match="latents must be"):
        codec.decode_chunk(torch.zeros(shape))


def test_context_of_another_size_is_refused(codec):
    with pytest.raises(ConfigError, match="context must have"):
        codec.decode_chunk(torch.zeros(1, 4, 6, 5, 5), torch.zeros(1, 4, 1, 5, 6))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_latents_that_are_no_numbers_are_refused(codec, bad):
    latents = random_latents(6)
    latents[0, 0, 3, 2, 2] = bad

    with pytest.raises(NumericsError, match="latents to decode"):
        codec.decode_chunk(latents)
    with pytest.raises(NumericsError, match="latents to decode"):
        codec.decode_chunk(random_latents(6), latents[:, :, 3:4])


def test_weights_that_make_no_numbers_are_noticed():
    vae = tiny_vae(1)
    vae.encoder.to_moments.bias.fill_(torch.nan)
    vae.decoder.to_pixels.bias.fill_(torch.nan)
    codec = FrameCodec(vae, ChunkPolicy.SEAMLESS)

    with pytest.raises(NumericsError, match="encoder"):
        codec.encode(random_frames(4))
    with pytest.raises(NumericsError, match="decoder"):
        codec.decode_chunk(random_latents(2))


@pytest.mark.parametrize("arguments", [{"tile_pixels": 30}, {"tile_pixels": 0}, {"max_tiles": 0}])
def test_tiles_must_be_whole_patches_and_at_least_one(arguments):
    with pytest.raises(ConfigError, match="tile"):
        FrameCodec(tiny_vae(1), ChunkPolicy.SEAMLESS, **arguments)


def test_a_decoder_of_larger_pictures_doubles_them_and_the_encoder_sees_them_smaller():
    vae = tiny_vae(1, decoder_scale=2, final_projection=True, final_projection_norm=False)
    codec = FrameCodec(vae, ChunkPolicy.SEAMLESS, tile_pixels=32)
    frames = random_frames(24, height=48, width=80)

    latents = codec.encode(frames)

    assert latents.shape == (1, 4, 6, 6, 10)
    smaller = round_to_bytes(shrink_video(bytes_to_video(frames, torch.float32), 2))[0].permute(1, 2, 3, 0)
    plain = FrameCodec(tiny_vae(1), ChunkPolicy.SEAMLESS, tile_pixels=32)
    plain.vae.encoder.load_state_dict(vae.encoder.state_dict())
    assert torch.allclose(latents, plain.encode(smaller), atol=0.02)
    assert codec.decode_chunk(latents).shape == frames.shape


def test_frames_for_such_a_decoder_are_whole_cells_of_the_finished_size():
    codec = FrameCodec(tiny_vae(1, decoder_scale=2, final_projection=True), ChunkPolicy.SEAMLESS, tile_pixels=32)

    with pytest.raises(MediaError, match="multiples of 8 px"):
        codec.encode(random_frames(24, height=44, width=80))
