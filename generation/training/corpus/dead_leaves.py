"""Dead leaves: opaque, textured, shaded shapes of all sizes covering one another, as objects do in photographs.

Sizes follow r^-3, which makes the picture statistically alike at every scale. All leaves of similar size are tested
at once and meet in a z-buffer, so nothing loops over leaves; the result is the same as painting them one by one from
the lowest to the highest.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from generation.training.corpus.fields import blur, octave_noise, pixel_centres, power_noise, unit_range
from generation.training.corpus.palette import Palette
from generation.training.corpus.randomness import pick

# Pixels tested at once; bounds memory, not the result.
_PATCH_PIXELS = 2_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class LeafStyle:
    """What one picture's leaves have in common."""

    # Radii in pixels.
    smallest: float
    largest: float
    # Total leaf area over picture area; below 1 much of what lies underneath stays visible.
    coverage: float
    # 0: smooth outlines, else corners of the polygon; several: mixed.
    corners: tuple[int, ...]
    # Height of the waves on smooth outlines, as a share of the radius.
    waviness: float
    # Longest to shortest axis, at most.
    elongation: float
    texture_strength: float
    # 0 is flat, 1 is a ball.
    roundness: float
    # How dark a leaf's shadow on the leaves under it is.
    shadow: float


def draw_style(rng: np.random.Generator, size: int) -> LeafStyle:
    """A style for a picture of ``size`` pixels."""
    return LeafStyle(
        smallest=float(size / 512 * np.exp(rng.uniform(np.log(2.0), np.log(24.0)))),
        largest=float(size * np.exp(rng.uniform(np.log(0.06), np.log(0.5)))),
        coverage=float(rng.uniform(3.0, 6.0)),
        corners=pick(rng, ((0,), (0,), (0, 4), (3, 4, 5, 6), (0, 0, 3, 4, 6), (4,))),
        waviness=float(rng.choice([0.0, 0.05, 0.15, 0.3])),
        elongation=float(rng.choice([1.0, 1.5, 2.5, 4.0])),
        texture_strength=float(rng.uniform(0.0, 0.9)),
        roundness=float(rng.choice([0.0, 0.25, 0.6, 1.0])),
        shadow=float(rng.uniform(0.0, 0.7)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leaves:
    """All leaves, lowest first."""

    # Centre x, y, cosine, sine, 1/radius x, 1/radius y, corners, waves, wave height, wave phase; one row per leaf.
    geometry: Tensor
    # Two colours, texture place x, y, texture number, texture strength.
    surface: Tensor
    reach: np.ndarray


def dead_leaves(rng: np.random.Generator, underneath: Tensor, palette: Palette, style: LeafStyle) -> Tensor:
    """Cover a picture with leaves.

    Args:
        rng: Draws the leaves.
        underneath: What shows where no leaf lies, ``(3, S, S)`` in [0, 1].
        palette: The leaves' colours.
        style: What they look like.

    Returns:
        ``(3, S, S)`` in [0, 1].
    """
    size, device = underneath.shape[-1], underneath.device
    leaves = _draw_leaves(rng, size, palette, style, device)
    top = _topmost(leaves, size, device)
    covered = top >= 0
    owner = top.clamp(min=0).flatten()
    geometry, surface = leaves.geometry[owner], leaves.surface[owner]
    u, v, rho = _local(geometry, *_flat_centres(size, device))
    texture = _leaf_texture(rng, surface, u, v, geometry)
    colour = surface[:, :3] + (surface[:, 3:6] - surface[:, :3]) * texture[:, None]
    across, down = u * geometry[:, 2] - v * geometry[:, 3], u * geometry[:, 3] + v * geometry[:, 2]
    shade = _shade(rng, style, across, down, rho)
    leafy = (colour * shade[:, None]).T.reshape(3, size, size)
    image = torch.where(covered, leafy, underneath)
    return (image * _shadow(rng, top, style, size)).clamp(0, 1)


def _draw_leaves(
    rng: np.random.Generator, size: int, palette: Palette, style: LeafStyle, device: torch.device
) -> _Leaves:
    small, large = style.smallest, max(style.largest, 2 * style.smallest)
    mean_area = np.pi * 2 * np.log(large / small) / (small**-2 - large**-2)
    count = int(np.clip(style.coverage * size**2 / mean_area, 8, 40_000))
    u = rng.random(count)
    radius = (small**-2 - u * (small**-2 - large**-2)) ** -0.5
    stretch = np.exp(rng.random(count) * np.log(style.elongation) / 2)
    angle = rng.uniform(0, 2 * np.pi, count)
    corners = np.array(style.corners)[rng.integers(len(style.corners), size=count)]
    geometry = np.stack(
        (
            rng.uniform(-0.05, 1.05, count) * size,
            rng.uniform(-0.05, 1.05, count) * size,
            np.cos(angle),
            np.sin(angle),
            1 / (radius * stretch),
            stretch / radius,
            corners,
            rng.integers(2, 7, count),
            np.where(corners == 0, style.waviness * rng.random(count), 0.0),
            rng.uniform(0, 2 * np.pi, count),
        ),
        axis=1,
    )
    surface = np.concatenate(
        (
            palette.draw(rng, count, 0.12),
            palette.draw(rng, count, 0.2),
            rng.uniform(0, size, (count, 2)),
            rng.integers(0, 4, (count, 1)),
            style.texture_strength * rng.random((count, 1)),
        ),
        axis=1,
    )
    return _Leaves(
        geometry=torch.from_numpy(geometry.astype(np.float32)).to(device),
        surface=torch.from_numpy(surface.astype(np.float32)).to(device),
        reach=radius * stretch * (1 + style.waviness),
    )


def _topmost(leaves: _Leaves, size: int, device: torch.device) -> Tensor:
    """Number of the highest leaf over each pixel, -1 where there is none, ``(S, S)``."""
    top = torch.full((size * size,), -1, dtype=torch.long, device=device)
    sides = 2 ** np.ceil(np.log2(2 * leaves.reach + 2)).astype(np.int64)
    for side in np.unique(sides):
        numbers = torch.from_numpy(np.flatnonzero(sides == side)).to(device)
        for group in torch.split(numbers, max(1, _PATCH_PIXELS // int(side) ** 2)):
            _cover(top, leaves.geometry[group], group, int(side), size)
    return top.view(size, size)


def _cover(top: Tensor, geometry: Tensor, numbers: Tensor, side: int, size: int) -> None:
    line = torch.arange(side, device=top.device)
    column = (geometry[:, 0] - side / 2).round().long()[:, None, None] + line[None, None, :]
    row = (geometry[:, 1] - side / 2).round().long()[:, None, None] + line[None, :, None]
    _, _, rho = _local(geometry[:, None, None], column + 0.5, row + 0.5)
    inside = (rho < 1) & (column >= 0) & (column < size) & (row >= 0) & (row < size)
    place = (row * size + column)[inside]
    owner = numbers[:, None, None].expand_as(inside)[inside]
    top.scatter_reduce_(0, place, owner, "amax")


def _local(geometry: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Place in a leaf's own axes, in radii, and the distance from its centre where its outline is 1."""
    dx, dy = x - geometry[..., 0], y - geometry[..., 1]
    cosine, sine = geometry[..., 2], geometry[..., 3]
    u = (dx * cosine + dy * sine) * geometry[..., 4]
    v = (dy * cosine - dx * sine) * geometry[..., 5]
    corners = geometry[..., 6]
    phi = torch.atan2(v, u)
    sector = 2 * torch.pi / corners.clamp(min=3)
    polygon = (sector / 2).cos() / (torch.remainder(phi, sector) - sector / 2).cos()
    wave = 1 + geometry[..., 8] * (geometry[..., 7] * phi + geometry[..., 9]).sin()
    outline = torch.where(corners > 0, polygon, wave)
    return u, v, (u.square() + v.square()).sqrt() / outline


def _flat_centres(size: int, device: torch.device) -> tuple[Tensor, Tensor]:
    x, y = pixel_centres(size, device)
    return x.expand(size, size).flatten(), y.expand(size, size).flatten()


def _leaf_texture(rng: np.random.Generator, surface: Tensor, u: Tensor, v: Tensor, geometry: Tensor) -> Tensor:
    """How far each pixel is mixed towards its leaf's second colour, read from a bank of four fields."""
    size, device = math.isqrt(surface.shape[0]), surface.device
    bank = torch.stack(
        (
            unit_range(power_noise(rng, size, 1.0, device)),
            unit_range(power_noise(rng, size, 1.6, device), 1.4),
            unit_range(octave_noise(rng, size, cells=16, persistence=0.6, ridged=True, device=device)),
            _stripes(rng, size, device),
        )
    )
    # The texture turns with its leaf but keeps its own scale.
    x = torch.remainder(u / geometry[:, 4] + surface[:, 6], size)
    y = torch.remainder(v / geometry[:, 5] + surface[:, 7], size) + surface[:, 8] * size
    grid = torch.stack((x * (2 / size) - 1, y * (2 / (4 * size)) - 1), dim=-1)
    value = F.grid_sample(bank.view(1, 1, 4 * size, size), grid[None, None], align_corners=False)[0, 0, 0]
    return value * surface[:, 9]


def _stripes(rng: np.random.Generator, size: int, device: torch.device) -> Tensor:
    x, _ = pixel_centres(size, device)
    waves = int(rng.integers(size // 32, size // 6))
    bend = octave_noise(rng, size, cells=4, persistence=0.5, ridged=False, device=device)
    return 0.5 + 0.5 * (2 * torch.pi * waves / size * x + 1.5 * bend).sin()


def _shade(rng: np.random.Generator, style: LeafStyle, across: Tensor, down: Tensor, rho: Tensor) -> Tensor:
    """Light falling from one side on domed leaves, darker towards the rim."""
    light = rng.uniform(0, 2 * np.pi)
    slope = across.clamp(-1, 1) * float(np.cos(light)) + down.clamp(-1, 1) * float(np.sin(light))
    dome = (1 - rho.square().clamp(max=1)).sqrt()
    rim = float(rng.uniform(0.0, 0.35))
    return (1 + style.roundness * (0.35 * slope + 0.35 * dome - 0.25)) * (1 - rim * rho.clamp(max=1) ** 6)


def _shadow(rng: np.random.Generator, top: Tensor, style: LeafStyle, size: int) -> Tensor:
    """Darkness where a higher leaf stands between a pixel and the light, ``(S, S)``."""
    angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(1.5, 8.0) * size / 512
    shift = (round(length * float(np.sin(angle))), round(length * float(np.cos(angle))))
    higher = (torch.roll(top, shift, dims=(0, 1)) > top).float()
    return 1 - style.shadow * blur(higher[None], length / 2)[0]
