"""Whole-picture patterns besides dead leaves: skies, noise, ridges, cells, swirls, fractals and landscapes.

Each takes a generator, a side in pixels, a palette and a device, and returns ``(3, S, S)`` in [0, 1].
"""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from generation.training.corpus.fields import (
    blur,
    cell_distances,
    octave_noise,
    pixel_centres,
    power_noise,
    unit_range,
    warp,
    white_noise,
)
from generation.training.corpus.palette import Palette, draw_palette, paint
from generation.training.corpus.randomness import pick


def sky(rng: np.random.Generator, size: int, palette: Palette, device: torch.device) -> Tensor:
    """A smooth fall of light with a glow somewhere, and clouds more often than not."""
    x, y = pixel_centres(size, device)
    tilt = rng.uniform(-0.5, 0.5)
    fall = (y + tilt * x) / size
    glow_x, glow_y, reach = rng.uniform(0, size), rng.uniform(0, size), rng.uniform(0.15, 0.6) * size
    glow = (-((x - glow_x).square() + (y - glow_y).square()) / (2 * reach**2)).exp()
    light = unit_range(fall + float(rng.uniform(0.2, 1.0)) * glow, 1.7)
    image = paint(light, _two_tones(rng, palette))
    if rng.random() < 0.7:
        billows = octave_noise(rng, size, cells=4, persistence=rng.uniform(0.5, 0.65), ridged=False, device=device)
        cloud = ((billows - rng.uniform(-0.3, 0.8)) * rng.uniform(0.5, 1.5)).clamp(0, 1)
        shaded = 1 - 0.35 * unit_range(torch.roll(billows, (size // 64, size // 64), (0, 1)) - billows)
        white = torch.from_numpy(palette.colours[-1] * 0.3 + 0.7).to(device)[:, None, None]
        image = image + (white * shaded - image) * (cloud * float(rng.uniform(0.5, 0.95)))
    return image.clamp(0, 1)


def _two_tones(rng: np.random.Generator, palette: Palette) -> Palette:
    """Neighbouring colours only: light falls through few hues."""
    first = int(rng.integers(len(palette.colours) - 1))
    return replace(palette, colours=palette.colours[first : first + 2])


def coloured_noise(rng: np.random.Generator, size: int, palette: Palette, device: torch.device) -> Tensor:
    """1/f^a noise through the palette, with an independent weaker tint per channel."""
    exponent = rng.uniform(0.8, 2.0)
    image = paint(unit_range(power_noise(rng, size, exponent, device), rng.uniform(1.2, 2.2)), palette)
    tint = torch.stack([power_noise(rng, size, rng.uniform(0.9, 1.8), device) for _ in range(3)])
    return (image + float(rng.uniform(0.0, 0.08)) * tint).clamp(0, 1)


def ridges(rng: np.random.Generator, size: int, palette: Palette, device: torch.device) -> Tensor:
    """Crests and veins at all scales, lit from one side like terrain seen from above."""
    cells = int(pick(rng, (2, 4, 8)))
    height = octave_noise(rng, size, cells=cells, persistence=rng.uniform(0.45, 0.62), ridged=True, device=device)
    image = paint(unit_range(height), palette)
    angle = rng.uniform(0, 2 * np.pi)
    slope_y, slope_x = torch.gradient(blur(height[None], size / 512)[0] * size / 40)
    light = slope_x * float(np.cos(angle)) + slope_y * float(np.sin(angle))
    return (image * (1 + float(rng.uniform(0.15, 0.5)) * light.clamp(-1.2, 1.2))).clamp(0, 1)


def cells(rng: np.random.Generator, size: int, palette: Palette, device: torch.device) -> Tensor:
    """Voronoi cells with their own colours and dark or light joints, bent so that no edge is quite straight."""
    count = int(np.exp(rng.uniform(np.log(4), np.log(40))))
    nearest, border, owner = cell_distances(rng, size, cells=count, device=device)
    colours = torch.from_numpy(palette.draw(rng, count * count, 0.15)).to(device)
    flat = colours[owner].permute(2, 0, 1)
    texture = unit_range(power_noise(rng, size, rng.uniform(0.8, 1.5), device))
    dome = 1 - float(rng.uniform(0.0, 0.6)) * nearest.square()
    joint = (border / rng.uniform(0.03, 0.15)).clamp(0, 1)
    body = flat * dome * (1 - float(rng.uniform(0.1, 0.5)) * texture)
    joint_colour = torch.from_numpy(palette.draw(rng, 1, 0.1)[0] * pick(rng, (0.2, 0.5, 1.0))).to(device)
    image = joint_colour.float()[:, None, None] * (1 - joint) + body * joint
    return _bend(rng, image.clamp(0, 1), strength=rng.uniform(0.0, 0.25) * size / count)


def swirls(rng: np.random.Generator, size: int, palette: Palette, device: torch.device) -> Tensor:
    """Waves of warped coordinates, as small shader programs make them: marble, wood, silk, oil."""
    x, y = pixel_centres(size, device)
    turn = rng.uniform(0, 2 * np.pi)
    waves = np.exp(rng.uniform(np.log(1.0), np.log(14.0)))
    across = (x * np.cos(turn) + y * np.sin(turn)) / size
    along = (y * np.cos(turn) - x * np.sin(turn)) / size
    bend = octave_noise(rng, size, cells=2, persistence=rng.uniform(0.35, 0.6), ridged=False, device=device)
    for _ in range(int(rng.integers(0, 3))):
        shift = float(rng.uniform(0.02, 0.12)) * size
        bend = warp(bend[None], shift * bend, shift * torch.roll(bend, size // 3, 0))[0]
    phase = 2 * np.pi * waves * across + float(rng.uniform(0.3, 3.0)) * bend
    second = 2 * np.pi * waves * float(rng.uniform(0.0, 1.2)) * along + float(rng.uniform(0.3, 2.0)) * bend.roll(
        size // 5, 1
    )
    value = phase.sin() + float(rng.uniform(0.0, 1.0)) * second.cos()
    if rng.random() < 0.4:
        value = torch.tanh(float(rng.uniform(2.0, 8.0)) * value)
    grain = power_noise(rng, size, 1.0, device) * float(rng.uniform(0.0, 0.15))
    return paint(unit_range(value, 1.6) + grain, palette)


def fractal(rng: np.random.Generator, size: int, palette: Palette, device: torch.device) -> Tensor:
    """The attractor of a few random contractions (chaos game), glowing on a quiet ground."""
    points, colour_place = _chaos_game(rng, device)
    few = points[::32].sort(dim=0).values
    low, high = few[int(0.005 * len(few))], few[int(0.995 * len(few))]
    place = (0.06 + 0.88 * (points - low) / (high - low).max().clamp(min=1e-3)) * size
    inside = ((place >= 0) & (place < size)).all(dim=1)
    index = place[inside, 1].long() * size + place[inside, 0].long()
    count = torch.bincount(index, minlength=size * size).float()
    # Places are whole numbers of 1/1024 so that the sum does not depend on its order.
    tone = torch.bincount(index, weights=(colour_place[inside] * 1024).round().double(), minlength=size * size)
    tone = (tone / count.clamp(min=1).double() / 1024).float().view(size, size)
    glow = blur((1 + count.view(1, size, size)).log(), size / 700)[0]
    glow = (glow / (glow.mean() + 2.5 * glow.std()).clamp(min=1e-6)).clamp(0, 1)
    bright = paint(0.35 + 0.65 * tone, palette)
    ground = paint(unit_range(power_noise(rng, size, 1.8, device)) * 0.4, palette) * float(rng.uniform(0.3, 1.0))
    return (ground + (bright - ground) * glow).clamp(0, 1)


def landscape(rng: np.random.Generator, size: int, palette: Palette, device: torch.device) -> Tensor:
    """Sky over two to five ranges of hills, the far ones in haze."""
    image = sky(rng, size, draw_palette(rng, ("sea", "daylight", "stone", "sunset", "night", palette.family)), device)
    haze = image[:, size // 3].mean(dim=1)[:, None, None]
    _, y = pixel_centres(size, device)
    layers = int(rng.integers(2, 6))
    horizon, persistence, folded = rng.uniform(0.25, 0.6), rng.uniform(0.4, 0.62), rng.random() < 0.5
    relief = octave_noise(rng, size, cells=4, persistence=persistence, ridged=folded, device=device)
    ground = octave_noise(rng, size, cells=16, persistence=0.8, ridged=rng.random() < 0.3, device=device)
    for layer in range(layers):
        nearness = (layer + 1) / layers
        top = size * (horizon + (1 - horizon) * 0.8 * layer / layers)
        skyline = top - relief[size // layers * layer][None, :] * (size * rng.uniform(0.02, 0.1))
        body = _hillside(rng, ground.roll(31 * layer, 0), y, skyline, palette)
        body = haze + (body - haze) * (0.3 + 0.7 * nearness)
        image = image + (body - image) * (y - skyline + 0.5).clamp(0, 1)
    return image.clamp(0, 1)


def _hillside(rng: np.random.Generator, ground: Tensor, y: Tensor, skyline: Tensor, palette: Palette) -> Tensor:
    """Texture seen at a slant: flattened near the skyline, open towards the viewer."""
    size = ground.shape[-1]
    depth = ((y - skyline).clamp(min=0) / size * 6 + 0.05).sqrt()
    slanted = warp(ground[None], torch.zeros_like(ground), depth * size * 0.45 - y.expand_as(ground) * 0.75)[0]
    near = int(rng.integers(len(palette.colours)))
    dark, light = palette.colours[max(0, near - 1)] * 0.6, palette.colours[near]
    tone = unit_range(slanted)
    shades = [float(low) + (float(high) - float(low)) * tone for low, high in zip(dark, light, strict=True)]
    return torch.stack(shades)


def _bend(rng: np.random.Generator, image: Tensor, strength: float) -> Tensor:
    size, device = image.shape[-1], image.device
    shift_x = octave_noise(rng, size, cells=8, persistence=0.5, ridged=False, device=device)
    shift_y = octave_noise(rng, size, cells=8, persistence=0.5, ridged=False, device=device)
    return warp(image, strength * shift_x, strength * shift_y)


def _chaos_game(rng: np.random.Generator, device: torch.device) -> tuple[Tensor, Tensor]:
    """Points of the attractor ``(N, 2)`` and, for each, which maps led there as a value in [0, 1]."""
    walkers, rounds, warm_up = 16_384, 48, 12
    maps = int(rng.integers(2, 6))
    angle, scale = rng.uniform(0, 2 * np.pi, maps), rng.uniform(0.35, 0.78, maps)
    flip = rng.choice([-1.0, 1.0], maps)
    matrix = np.stack(
        (scale * np.cos(angle), -flip * scale * np.sin(angle), scale * np.sin(angle), flip * scale * np.cos(angle)),
        axis=1,
    )
    table = np.concatenate((matrix, rng.uniform(-1, 1, (maps, 2)), rng.random((maps, 1))), axis=1)
    table_on_device = torch.from_numpy(table.astype(np.float32)).to(device)
    weights = np.cumsum(scale**2 / np.sum(scale**2))
    choices = torch.from_numpy(np.searchsorted(weights[:-1], rng.random((rounds, walkers)))).to(device)
    point = white_noise(rng, walkers, 2, device=device)
    tone = torch.full((walkers,), 0.5, device=device)
    points, tones = [], []
    for step in range(rounds):
        row = table_on_device[choices[step]]
        x = row[:, 0] * point[:, 0] + row[:, 1] * point[:, 1] + row[:, 4]
        y = row[:, 2] * point[:, 0] + row[:, 3] * point[:, 1] + row[:, 5]
        point, tone = torch.stack((x, y), dim=1), 0.5 * (tone + row[:, 6])
        if step >= warm_up:
            points.append(point)
            tones.append(tone)
    return torch.cat(points), torch.cat(tones)
