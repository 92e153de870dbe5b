"""Canvases are an endless numbered sequence, painted once."""

from collections import Counter

import pytest
import torch

from generation.training.corpus.atlas import atlas_shape
from generation.training.corpus.canvas import CanvasPool, canvas_recipe, paint_canvas
from generation.training.corpus.config import BackgroundMix
from generation.training.corpus.labels import BackgroundKind

CPU = torch.device("cpu")


def make_pool(capacity=2):
    return CanvasPool(seed=1, size=64, capacity=capacity, mix=BackgroundMix(), device=CPU)


def test_a_canvas_is_the_same_whoever_asks_and_when():
    first, second = make_pool(), make_pool()
    second.atlas(5)

    assert torch.equal(first.atlas(3), second.atlas(3))
    assert not torch.equal(first.atlas(3), first.atlas(4))


def test_the_pool_forgets_what_was_used_longest_ago():
    pool = make_pool(capacity=2)
    kept = pool.atlas(0)
    pool.atlas(1)

    pool.atlas(0)
    pool.atlas(2)

    assert pool.atlas(0) is kept
    assert sorted(pool._atlases) == [0, 2]


def test_an_atlas_holds_whole_numbers():
    atlas = make_pool().atlas(0)

    assert atlas.dtype == torch.uint8
    assert atlas.shape == (3, *atlas_shape(64))


def test_kinds_come_in_their_shares():
    kinds = Counter(canvas_recipe(0, number, BackgroundMix()).kind for number in range(600))

    assert set(kinds) == set(BackgroundKind)
    assert 0.30 < kinds[BackgroundKind.LEAVES] / 600 < 0.45


def test_only_landscapes_must_stay_upright():
    recipes = [canvas_recipe(0, number, BackgroundMix(mixed_share=1)) for number in range(100)]

    assert all(recipe.upright == (recipe.kind is BackgroundKind.LANDSCAPE) for recipe in recipes)
    assert all(recipe.mixed != recipe.upright for recipe in recipes)


@pytest.mark.parametrize("kind", list(BackgroundKind))
def test_no_part_of_a_canvas_is_flat(kind):
    mix = BackgroundMix(**{other.value: float(other is kind) for other in BackgroundKind}, mixed_share=0.0)

    for number in range(3):
        picture = paint_canvas(canvas_recipe(0, number, mix), 0, number, 128, CPU)
        grey = picture.mean(dim=0).unfold(0, 32, 32).unfold(1, 32, 32).reshape(16, -1)
        # A quarter by a quarter of the canvas, less than most clips show; black or burnt-out patches may lie in it.
        assert (grey.std(dim=1) > 0.003).float().mean() > 0.8
