"""The slow twin against the released tiled functions, blending in time included."""

import json

import pytest
from safetensors.torch import load_file

from generation.vae.reference import TileSettings, decode_tile_by_tile, encode_tile_by_tile
from tests.support.vaes import load_reference_vae

LARGEST_ERROR = 5e-6
NO_SPATIAL_TILES = 100_000
ENCODED = [
    "space_time", "exact_tile", "three_by_three_last_1", "non_patch_multiple", "last_tile_one_frame",
    "last_tile_six_frames", "temporal_only", "default_arg_no_spatial", "temporal_overlap", "overlap_half",
]  # fmt: skip
DECODED = [
    "space_time_last_1", "chunk_6", "exact_tile_one_latent", "last_row_1", "temporal_only", "temporal_overlap",
    "overlap_half",
]  # fmt: skip


@pytest.fixture(scope="module")
def vae(reference_root):
    return load_reference_vae(reference_root / "vae" / "tiny_vae")


def settings_of(arguments):
    spatial = arguments.get("allow_spatial_tiling", False)
    return TileSettings(
        frames=arguments.get("tile_sample_min_length", 16),
        height=arguments["tile_sample_min_height"] if spatial else NO_SPATIAL_TILES,
        width=arguments["tile_sample_min_width"] if spatial else NO_SPATIAL_TILES,
        spatial_overlap=arguments.get("spatial_tile_overlap_factor", 0.25),
        temporal_overlap=arguments.get("temporal_tile_overlap_factor", 0),
    )


def assert_near(ours, expected):
    assert ours.shape == expected.shape
    assert (ours - expected).abs().max() <= LARGEST_ERROR * expected.abs().max()


@pytest.mark.parametrize("case", ENCODED)
def test_tiled_encoding_is_the_released_one(vae, reference_root, case):
    tensors = load_file(reference_root / "vae" / "vae_tiled_encode.safetensors")
    cases = json.loads((reference_root / "vae" / "vae_tiled_encode.json").read_text())["cases"]

    latents = encode_tile_by_tile(vae, tensors[f"{case}.input_u8"].float() / 127.5 - 1, settings_of(cases[case]))

    assert_near(latents, tensors[f"{case}.latent"])


@pytest.mark.parametrize("case", DECODED)
def test_tiled_decoding_is_the_released_one(vae, reference_root, case):
    tensors = load_file(reference_root / "vae" / "vae_tiled_decode.safetensors")
    cases = json.loads((reference_root / "vae" / "vae_tiled_decode.json").read_text())["cases"]

    video = decode_tile_by_tile(vae, tensors[f"{case}.z"], settings_of(cases[case]))

    assert_near(video, tensors[f"{case}.out"])
