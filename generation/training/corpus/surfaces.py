"""Sprites' surfaces: outlines with soft edges, patterns and shading, painted once and tinted per clip.

A surface is an atlas of four channels: coverage, and three weights that are already multiplied by it. On screen
``colour = weight_1 own + weight_2 second + highlight``, so a change of colour costs nothing.
"""

import numpy as np
import torch
from torch import Tensor

from generation.training.corpus.atlas import build_atlas
from generation.training.corpus.fields import octave_noise, pixel_centres, unit_range
from generation.training.corpus.labels import Pattern, Shape
from generation.training.corpus.randomness import draws

SURFACE_PIXELS = 128
# A radius of 1 ends here, in half sides. The rest stays empty, down to the smallest copy that may be read: what is
# read beyond the edge repeats the edge, which must hold nothing.
SURFACE_FILL = 0.75
SURFACE_LEVELS = 5


def paint_surface(shape: Shape, pattern: Pattern, variant: int, device: torch.device) -> Tensor:
    """The atlas (four channels, float32) of one surface: coverage, own colour, second colour, highlight."""
    rng = draws(variant, f"{shape} {pattern}", 0)
    size = SURFACE_PIXELS
    x, y = pixel_centres(size, device)
    # Radii: the outline lies near 1.
    u = ((x / size * 2 - 1) / SURFACE_FILL).expand(size, size)
    v = ((y / size * 2 - 1) / SURFACE_FILL).expand(size, size)
    outside = _outline(shape, u, v)
    pixel = 2 / (size * SURFACE_FILL)
    coverage = (0.5 - outside / pixel).clamp(0, 1)
    second = _pattern(rng, pattern, u, v)
    shade, highlight = _light(shape, u, v, outside)
    texture = octave_noise(rng, size, cells=8, persistence=0.7, ridged=False, device=device)
    shade = shade * (1 + float(rng.uniform(0.02, 0.10)) * texture)
    weights = torch.stack((torch.ones_like(shade), shade * (1 - second), shade * second, highlight))
    return build_atlas(weights * coverage)


def _outline(shape: Shape, u: Tensor, v: Tensor) -> Tensor:
    """About how far outside the outline a place is, in radii; negative inside."""
    distance = (u.square() + v.square()).sqrt()
    if shape in (Shape.BALL, Shape.DISC):
        return distance - 1
    if shape is Shape.RING:
        return (distance - 0.72).abs() - 0.26
    if shape is Shape.SQUARE:
        return torch.maximum(u.abs(), v.abs()) - 0.8
    if shape is Shape.DIAMOND:
        return (u.abs() * 1.25 + v.abs() - 1) * 0.65
    if shape is Shape.CROSS:
        wide = torch.maximum(u.abs() - 0.9, v.abs() - 0.3)
        tall = torch.maximum(u.abs() - 0.3, v.abs() - 0.9)
        return torch.minimum(wide, tall)
    if shape is Shape.HEART:
        across, height = u * 1.08, -v * 1.19 + 0.1
        return (across.square() * 1.35 + (height - 0.75 * (across.abs() + 1e-3).sqrt()).square() - 0.78) * 0.4
    return _polygon(shape, u, v, distance)


def _polygon(shape: Shape, u: Tensor, v: Tensor, distance: Tensor) -> Tensor:
    corners = {Shape.TRIANGLE: 3, Shape.HEXAGON: 6, Shape.STAR: 5}[shape]
    # One corner points up.
    phi = torch.atan2(u, -v)
    sector = 2 * np.pi / corners
    fold = torch.remainder(phi + sector / 2, sector) - sector / 2
    if shape is Shape.STAR:
        # From the tip at radius 1 a straight line to the notch at 0.45, half a sector on.
        notch, half = 0.45, sector / 2
        along, off = distance * fold.cos(), distance * fold.abs().sin()
        normal_x, normal_y = notch * np.sin(half), 1 - notch * np.cos(half)
        length = float(np.hypot(normal_x, normal_y))
        return ((along - 1) * float(normal_x) + off * float(normal_y)) / length
    return distance * (fold.abs() - sector / 2).cos() - float(np.cos(sector / 2))


def _pattern(rng: np.random.Generator, pattern: Pattern, u: Tensor, v: Tensor) -> Tensor:
    """Share of the second colour."""
    if pattern is Pattern.PLAIN:
        return torch.zeros_like(u)
    waves, shift = float(rng.uniform(1.6, 3.2)), float(rng.uniform(0, 1))
    turn = float(rng.uniform(0, np.pi))
    cosine, sine = float(np.cos(turn)), float(np.sin(turn))
    a, b = (u * cosine + v * sine) * waves + shift, (v * cosine - u * sine) * waves + shift
    if pattern is Pattern.STRIPED:
        return _edged((2 * torch.pi * a).sin())
    if pattern is Pattern.CHECKERED:
        return _edged((torch.pi * a).sin() * (torch.pi * b).sin() * 2)
    if pattern is Pattern.SPOTTED:
        return _edged((2 * torch.pi * a).cos() + (2 * torch.pi * b).cos() - 0.7)
    veins = octave_noise(rng, u.shape[-1], cells=4, persistence=0.55, ridged=False, device=u.device)
    return unit_range(veins, 1.0)


def _edged(wave: Tensor) -> Tensor:
    """0 where negative, 1 where positive, with a narrow passage between."""
    return (5 * wave).clamp(-0.5, 0.5) + 0.5


def _light(shape: Shape, u: Tensor, v: Tensor, outside: Tensor) -> tuple[Tensor, Tensor]:
    """Shade and highlight: balls are round, all else is flat with a darker rim."""
    if shape is not Shape.BALL:
        return 1 - 0.45 * (1 + outside / 0.12).clamp(0, 1), torch.zeros_like(u)
    depth = (1 - u.square() - v.square()).clamp(min=0).sqrt()
    facing = (-0.45 * u - 0.6 * v + 0.66 * depth).clamp(min=0)
    return 0.35 + 0.75 * facing, 0.5 * facing.clamp(max=1).pow(16)
