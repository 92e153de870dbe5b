"""Sprites' surfaces have their outline, soft edges and nothing at the border."""

import pytest
import torch

from generation.training.corpus.atlas import read_atlas
from generation.training.corpus.labels import Pattern, Shape
from generation.training.corpus.surfaces import SURFACE_FILL, SURFACE_LEVELS, SURFACE_PIXELS, paint_surface

CPU = torch.device("cpu")
# Area over that of the disc around it.
AREAS = {
    Shape.BALL: 1.0, Shape.DISC: 1.0, Shape.SQUARE: 0.815, Shape.TRIANGLE: 0.41, Shape.STAR: 0.42, Shape.HEXAGON: 0.83,
    Shape.RING: 0.75, Shape.CROSS: 0.57, Shape.HEART: 0.56, Shape.DIAMOND: 0.51,
}  # fmt: skip


def coverage(shape, pattern=Pattern.PLAIN):
    return paint_surface(shape, pattern, 0, CPU)[:, 1 : SURFACE_PIXELS + 1, 1 : SURFACE_PIXELS + 1]


@pytest.mark.parametrize("shape", list(Shape))
def test_every_shape_has_its_area(shape):
    covered = coverage(shape)[0].sum() / (SURFACE_PIXELS / 2 * SURFACE_FILL) ** 2 / torch.pi

    assert float(covered) == pytest.approx(AREAS[shape], rel=0.12)


@pytest.mark.parametrize("shape", list(Shape))
def test_edges_are_soft_by_about_a_pixel(shape):
    alpha = coverage(shape)[0]

    between = ((alpha > 0.02) & (alpha < 0.98)).sum()
    assert 60 < int(between) < 1500


@pytest.mark.parametrize("shape", list(Shape))
def test_the_border_is_empty_at_every_level_that_is_read(shape):
    surface = paint_surface(shape, Pattern.PLAIN, 0, CPU)[None]
    line = torch.linspace(0, SURFACE_PIXELS, 50).view(1, 1, 1, 50)

    for level in range(SURFACE_LEVELS):
        for edge in (0.0, float(SURFACE_PIXELS)):
            at = torch.full((1, 1), float(level))
            assert read_atlas(surface, SURFACE_PIXELS, line, torch.full_like(line, edge), at).abs().max() < 1e-6
            assert read_atlas(surface, SURFACE_PIXELS, torch.full_like(line, edge), line, at).abs().max() < 1e-6


@pytest.mark.parametrize("pattern", [pattern for pattern in Pattern if pattern is not Pattern.PLAIN])
def test_patterns_show_both_colours(pattern):
    _, own, second, _ = coverage(Shape.SQUARE, pattern)

    share = float(second.sum() / (own + second).sum())
    assert 0.15 < share < 0.85


def test_a_ball_is_lit_from_the_upper_left():
    _, own, _, highlight = coverage(Shape.BALL)
    half = SURFACE_PIXELS // 2

    assert own[half - 30, half - 20] > 1.5 * own[half + 30, half + 20]
    assert highlight.argmax() // SURFACE_PIXELS < half


def test_variants_differ():
    assert not torch.equal(
        paint_surface(Shape.SQUARE, Pattern.MARBLED, 0, CPU), paint_surface(Shape.SQUARE, Pattern.MARBLED, 1, CPU)
    )
