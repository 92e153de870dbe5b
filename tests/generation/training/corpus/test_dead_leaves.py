"""The z-buffer of leaves is the same as painting them one after another."""

import numpy as np
import torch

from generation.training.corpus.dead_leaves import LeafStyle, _draw_leaves, _local, _topmost, dead_leaves, draw_style
from generation.training.corpus.palette import draw_palette

CPU = torch.device("cpu")
STYLE = LeafStyle(
    smallest=2.0, largest=30.0, coverage=3.0, corners=(0, 3, 4, 6), waviness=0.2, elongation=2.5, texture_strength=0.5,
    roundness=0.5, shadow=0.4,
)  # fmt: skip


def test_the_topmost_leaf_is_that_of_painting_in_order():
    rng = np.random.default_rng(2)
    leaves = _draw_leaves(rng, 64, draw_palette(rng), STYLE, CPU)

    top = _topmost(leaves, 64, CPU)

    painted = torch.full((64, 64), -1)
    y, x = torch.meshgrid(torch.arange(64) + 0.5, torch.arange(64) + 0.5, indexing="ij")
    for number, geometry in enumerate(leaves.geometry):
        painted[_local(geometry, x, y)[2] < 1] = number
    assert torch.equal(top, painted)


def test_leaves_keep_within_their_reach():
    rng = np.random.default_rng(2)
    leaves = _draw_leaves(rng, 64, draw_palette(rng), STYLE, CPU)
    angle = torch.linspace(0, 2 * torch.pi, 200)

    for geometry, reach in zip(leaves.geometry, leaves.reach, strict=True):
        ring = 1.001 * float(reach)
        x, y = geometry[0] + ring * angle.cos(), geometry[1] + ring * angle.sin()
        assert (_local(geometry, x, y)[2] >= 1).all()


def test_radii_follow_the_inverse_cube():
    rng = np.random.default_rng(2)
    style = draw_style(rng, 512)
    style = LeafStyle(
        smallest=2.0, largest=200.0, coverage=4.0, corners=(0,), waviness=0.0, elongation=1.0,
        texture_strength=style.texture_strength, roundness=0.0, shadow=0.0,
    )  # fmt: skip

    radii = _draw_leaves(rng, 512, draw_palette(rng), style, CPU).reach

    # P(r > 2 r0) = 1/4 where sizes fall as r^-3.
    assert abs((radii > 4.0).mean() - 0.25) < 0.02
    assert abs((radii > 8.0).mean() - 0.0625) < 0.01


def test_little_coverage_leaves_the_ground_in_sight():
    rng = np.random.default_rng(0)
    style = LeafStyle(
        smallest=4.0, largest=20.0, coverage=0.5, corners=(0,), waviness=0.0, elongation=1.0, texture_strength=0.5,
        roundness=0.0, shadow=0.0,
    )  # fmt: skip
    ground = torch.full((3, 64, 64), 0.123)

    picture = dead_leaves(rng, ground, draw_palette(rng), style)

    share = (picture == 0.123).all(dim=0).float().mean()
    assert 0.3 < share < 0.9


def test_pictures_are_in_range_and_full_of_edges():
    rng = np.random.default_rng(1)

    picture = dead_leaves(rng, torch.rand(3, 128, 128), draw_palette(rng), draw_style(rng, 128))

    assert picture.shape == (3, 128, 128)
    assert picture.min() >= 0
    assert picture.max() <= 1
    assert picture.std() > 0.02
