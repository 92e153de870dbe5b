"""Fades: their weights, and the two ways to round them."""

import pytest
import torch

from generation.vae.blending import MIXTURES, BlendRule, fade_in, fade_weights


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_new_tile_starts_at_nothing_and_never_quite_reaches_one():
    assert fade_weights(4, torch.device("cpu")).tolist() == [0.0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize("axis", [2, 3, 4])
@pytest.mark.parametrize("rule", list(BlendRule))
def test_fade_is_the_formula_step_by_step(axis, rule):
    tile, previous = random(1, 2, 6, 6, 6), random(1, 2, 6, 6, 6, seed=1)
    expected = tile.clone()
    for step in range(3):
        old, new = previous.select(axis, 2 + step), tile.select(axis, 1 + step)
        expected.select(axis, 1 + step).copy_(old * (1 - step / 3) + new * (step / 3))

    fade_in(tile, previous, axis=axis, at=1, previous_at=2, extent=3, mix=MIXTURES[rule])

    torch.testing.assert_close(tile, expected)


def test_chained_fade_in_bfloat16_rounds_products_and_sum_like_eager_arithmetic():
    tile, previous = random(1, 1, 1, 8, 500).bfloat16(), random(1, 1, 1, 8, 500, seed=1).bfloat16()
    expected = tile.clone()
    for step in range(8):
        expected[..., step, :] = previous[..., step, :] * (1 - step / 8) + tile[..., step, :] * (step / 8)

    fade_in(tile, previous, axis=3, at=0, previous_at=0, extent=8, mix=MIXTURES[BlendRule.CHAINED])

    assert torch.equal(tile, expected)


def test_raw_fade_in_bfloat16_rounds_once():
    tile, previous = random(1, 1, 1, 8, 500).bfloat16(), random(1, 1, 1, 8, 500, seed=1).bfloat16()
    exact, old = tile.float(), previous.float()
    fade_in(exact, old, axis=3, at=0, previous_at=0, extent=8, mix=MIXTURES[BlendRule.RAW])

    fade_in(tile, previous, axis=3, at=0, previous_at=0, extent=8, mix=MIXTURES[BlendRule.RAW])

    assert torch.equal(tile, exact.bfloat16())


def test_empty_fade_leaves_the_tile_alone():
    tile = random(1, 1, 1, 2, 2)
    before = tile.clone()

    fade_in(tile, tile + 1, axis=3, at=0, previous_at=0, extent=0, mix=MIXTURES[BlendRule.RAW])

    assert torch.equal(tile, before)
