"""Tiles in batches: the values of tiles one by one, in memory that does not grow with the picture."""

import pytest
import torch
from safetensors.torch import load_file

from generation.vae.blending import BlendRule
from generation.vae.reference import TileSettings, decode_tile_by_tile, encode_tile_by_tile
from generation.vae.spatial import SpatialPlan, run_tiled
from generation.vae.tiling import covering_tiles, released_tiles
from generation.verification.autoencoder.checkpoint import load_golden_autoencoder
from tests.support.vaes import tiny_vae

TILE = 8
PATCH = 4
SETTINGS = TileSettings(frames=12, height=TILE * PATCH, width=TILE * PATCH)


@pytest.fixture(scope="module")
def vae():
    return tiny_vae(1)


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def plan(height, width, *, rule, max_tiles, cover=released_tiles):
    encoding = rule is BlendRule.CHAINED
    return SpatialPlan(
        rows=cover(height, tile=TILE, overlap=0.25),
        columns=cover(width, tile=TILE, overlap=0.25),
        read_scale=PATCH if encoding else 1,
        write_scale=1 if encoding else PATCH,
        rule=rule,
        max_tiles=max_tiles,
    )


def magnify(latents):
    """A network that gives every cell its own patch of pixels."""
    return latents.repeat_interleave(PATCH, dim=3).repeat_interleave(PATCH, dim=4)


def joined(network, inputs, tiles):
    """All regions put together, each cell exactly once."""
    regions = list(run_tiled(network, inputs, tiles))
    shape = (*regions[0].values.shape[:3], regions[-1].rows.stop, regions[-1].columns.stop)
    whole = torch.full(shape, torch.nan)
    for region in regions:
        target = whole[:, :, :, region.rows, region.columns]
        assert target.isnan().all()
        target.copy_(region.values)
    assert not whole.isnan().any()
    return whole


@pytest.mark.parametrize("max_tiles", [1, 2, 5])
@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 21), (22, 13), (25, 1)])
def test_released_tiles_give_what_the_slow_twin_gives(vae, height, width, max_tiles):
    latents, video = random(1, 4, 3, height, width), random(1, 3, 12, height * PATCH, width * PATCH)

    decoded = joined(vae.decode, latents, plan(height, width, rule=BlendRule.RAW, max_tiles=max_tiles))
    encoded = joined(vae.encode, video, plan(height, width, rule=BlendRule.CHAINED, max_tiles=max_tiles))

    torch.testing.assert_close(decoded, decode_tile_by_tile(vae, latents, SETTINGS), atol=5e-6, rtol=5e-6)
    torch.testing.assert_close(encoded, encode_tile_by_tile(vae, video, SETTINGS), atol=5e-6, rtol=5e-6)


@pytest.mark.parametrize("rule", list(BlendRule))
@pytest.mark.parametrize("case", ["chunk_6", "last_row_1"])
def test_blend_rules_are_told_apart_by_the_released_decoding(reference_root, rule, case):
    tensors = load_file(reference_root / "vae" / "vae_tiled_decode.safetensors")
    latents, expected = tensors[f"{case}.z"][:, :, :3], tensors[f"{case}.out"][:, :, :12]
    tiles = SpatialPlan(
        rows=released_tiles(latents.shape[3], tile=TILE, overlap=0.25),
        columns=released_tiles(latents.shape[4], tile=TILE, overlap=0.25),
        read_scale=1,
        write_scale=PATCH,
        rule=rule,
        max_tiles=4,
    )

    decoded = joined(load_golden_autoencoder(reference_root / "vae" / "tiny_vae").decode, latents, tiles)

    is_near = bool((decoded - expected).abs().max() <= 5e-6 * expected.abs().max())
    # With one tile on an axis there are no corners at which the rules could differ.
    assert is_near == (rule is BlendRule.RAW or min(len(tiles.rows), len(tiles.columns)) == 1)


@pytest.mark.parametrize("rule", list(BlendRule))
def test_a_network_that_sees_single_cells_is_not_changed_by_covering_tiles(rule):
    inputs = random(2, 3, 2, 27, 19)
    tiles = SpatialPlan(
        rows=covering_tiles(27, tile=TILE, overlap=0.25),
        columns=covering_tiles(19, tile=TILE, overlap=0.25),
        read_scale=1,
        write_scale=1,
        rule=rule,
        max_tiles=3,
    )

    assert torch.equal(joined(torch.sigmoid, inputs, tiles).round(decimals=5), inputs.sigmoid().round(decimals=5))


@pytest.mark.parametrize(("height", "width"), [(8, 8), (16, 40), (80, 16)])
def test_a_forward_never_sees_more_than_max_tiles_however_large_the_picture(height, width):
    seen = []

    def network(inputs):
        seen.append(tuple(inputs.shape))
        return magnify(inputs)

    tiles = plan(height, width, rule=BlendRule.RAW, max_tiles=3, cover=covering_tiles)
    for _ in run_tiled(network, random(1, 4, 1, height, width), tiles):
        pass

    assert sum(shape[0] for shape in seen) == len(tiles.rows) * len(tiles.columns)
    assert all(shape[0] <= 3 and shape[3:] == (TILE, TILE) for shape in seen)


def test_a_row_is_shown_before_the_next_is_computed():
    computed = 0

    def network(inputs):
        nonlocal computed
        computed += len(inputs)
        return magnify(inputs)

    tiles = plan(40, 16, rule=BlendRule.RAW, max_tiles=4, cover=covering_tiles)
    progress = [computed for _ in run_tiled(network, random(1, 4, 1, 40, 16), tiles)]

    per_row = len(tiles.columns)
    assert progress == [per_row * (1 + index // per_row) for index in range(per_row * len(tiles.rows))]
