"""Palettes are natural colours with contrast."""

import numpy as np
import pytest
import torch

from generation.training.corpus.palette import FAMILIES, Palette, draw_palette, paint

LUMA = np.array([0.299, 0.587, 0.114])


def test_every_family_can_be_drawn_and_named():
    rng = np.random.default_rng(0)

    for name, family in FAMILIES.items():
        palette = draw_palette(rng, (name,))
        assert palette.family == name
        assert family.words
        assert 3 <= len(palette.colours) <= 6
        assert (palette.colours >= 0).all()
        assert (palette.colours <= 1).all()


def test_colours_go_from_dark_to_light():
    rng = np.random.default_rng(0)

    for _ in range(50):
        luminance = draw_palette(rng).colours @ LUMA
        assert (np.diff(luminance) >= 0).all()


def test_paint_gives_the_palettes_own_colours_at_its_places():
    palette = Palette(family="sea", colours=np.array([[0, 0, 0], [0.2, 0.4, 0.8], [1, 1, 1]], dtype=np.float32))

    painted = paint(torch.tensor([[0.0, 0.5, 1.0, 0.25]]), palette)

    expected = torch.tensor([[0.0, 0.2, 1.0, 0.1], [0.0, 0.4, 1.0, 0.2], [0.0, 0.8, 1.0, 0.4]])[:, None]
    torch.testing.assert_close(painted, expected)


def test_drawn_colours_stay_near_the_palette():
    palette = Palette(family="sea", colours=np.array([[0.1, 0.2, 0.3], [0.2, 0.4, 0.8]], dtype=np.float32))

    colours = palette.draw(np.random.default_rng(0), 500, 0.05)

    assert colours.shape == (500, 3)
    assert colours.mean(axis=0).tolist() == pytest.approx([0.15, 0.3, 0.55], abs=0.03)
