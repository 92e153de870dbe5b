"""Colours that occur together in nature, and the words people use for them."""

import colorsys
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from generation.training.corpus.randomness import pick, pick_weighted


@dataclass(frozen=True, kw_only=True, slots=True)
class PaletteFamily:
    """Where a family's colours lie: hues around a few centres, ranges of saturation and value in [0, 1]."""

    hues: tuple[float, ...]  # degrees
    hue_spread: float
    saturation: tuple[float, float]
    value: tuple[float, float]
    words: tuple[str, ...]
    # How often it is drawn, relative to the others: photographs are mostly brown, grey, green and blue.
    weight: float = 1.0


FAMILIES: dict[str, PaletteFamily] = {
    "forest": PaletteFamily(
        hues=(85, 105, 130),
        hue_spread=12,
        saturation=(0.25, 0.75),
        value=(0.08, 0.8),
        words=("mossy", "green", "leafy"),
        weight=2.0,
    ),
    "sand": PaletteFamily(
        hues=(38,),
        hue_spread=8,
        saturation=(0.12, 0.5),
        value=(0.35, 0.95),
        words=("sandy", "beige", "dusty"),
        weight=2.0,
    ),
    "earth": PaletteFamily(
        hues=(22, 32),
        hue_spread=7,
        saturation=(0.3, 0.75),
        value=(0.08, 0.65),
        words=("brown", "earthy", "muddy"),
        weight=2.0,
    ),
    "sea": PaletteFamily(
        hues=(195, 212),
        hue_spread=10,
        saturation=(0.25, 0.85),
        value=(0.12, 0.92),
        words=("blue", "watery"),
        weight=2.0,
    ),
    "stone": PaletteFamily(
        hues=(30, 210),
        hue_spread=25,
        saturation=(0.0, 0.14),
        value=(0.08, 0.9),
        words=("grey", "gray", "stony"),
        weight=2.0,
    ),
    "sunset": PaletteFamily(
        hues=(12, 32, 330, 270),
        hue_spread=9,
        saturation=(0.35, 0.9),
        value=(0.15, 1.0),
        words=("orange", "fiery", "warm"),
    ),
    "snow": PaletteFamily(
        hues=(205,), hue_spread=15, saturation=(0.0, 0.16), value=(0.55, 1.0), words=("snowy", "icy", "white")
    ),
    "night": PaletteFamily(
        hues=(225, 245), hue_spread=14, saturation=(0.2, 0.8), value=(0.02, 0.4), words=("dark", "dark blue", "gloomy")
    ),
    "meadow": PaletteFamily(
        hues=(5, 50, 100, 210, 300),
        hue_spread=14,
        saturation=(0.35, 0.95),
        value=(0.2, 1.0),
        words=("colourful", "colorful", "bright"),
    ),
    "rose": PaletteFamily(
        hues=(342,), hue_spread=10, saturation=(0.15, 0.7), value=(0.25, 0.98), words=("pink", "rosy")
    ),
    "violet": PaletteFamily(
        hues=(278,), hue_spread=14, saturation=(0.25, 0.8), value=(0.1, 0.9), words=("purple", "violet")
    ),
    "lagoon": PaletteFamily(
        hues=(172,), hue_spread=9, saturation=(0.25, 0.8), value=(0.15, 0.95), words=("teal", "turquoise")
    ),
    "pastel": PaletteFamily(
        hues=(20, 90, 200, 310), hue_spread=20, saturation=(0.08, 0.35), value=(0.6, 1.0), words=("pastel", "pale")
    ),
    "rust": PaletteFamily(
        hues=(14, 24), hue_spread=6, saturation=(0.45, 0.9), value=(0.12, 0.75), words=("rusty", "copper")
    ),
    # Warm light and cool shade, the commonest pair in photographs.
    "daylight": PaletteFamily(
        hues=(36, 28, 214),
        hue_spread=9,
        saturation=(0.1, 0.5),
        value=(0.05, 1.0),
        words=("sunlit", "sunny"),
        weight=3.0,
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """A few colours from dark to light, RGB in [0, 1]."""

    family: str
    # (colours, 3) float32, sorted by luminance.
    colours: np.ndarray

    def draw(self, rng: np.random.Generator, count: int, jitter: float) -> np.ndarray:
        """Colours near the palette's own, ``(count, 3)`` float32; neighbours are mixed, so all tones occur."""
        place = rng.random(count) * (len(self.colours) - 1)
        low = np.minimum(place.astype(np.int64), len(self.colours) - 2)
        share = (place - low)[:, None]
        mixed = self.colours[low] * (1 - share) + self.colours[low + 1] * share
        light = 1 + jitter * rng.standard_normal((count, 1))
        tint = jitter * 0.3 * rng.standard_normal((count, 3))
        colours: np.ndarray = np.clip(mixed * light + tint, 0.0, 1.0).astype(np.float32)
        return colours


def draw_palette(rng: np.random.Generator, families: tuple[str, ...] = tuple(FAMILIES)) -> Palette:
    """A palette of one of the families: hues cluster, values are spread over the range so that there is contrast."""
    name = pick_weighted(rng, families, [FAMILIES[family].weight for family in families])
    family = FAMILIES[name]
    count = int(rng.integers(3, 7))
    low, high = family.value
    # Some pictures are hazy: the same hues in a narrow band of values.
    if rng.random() < 0.25:
        middle, half = rng.uniform(low, high), 0.2 * (high - low)
        low, high = max(low, middle - half), min(high, middle + half)
    values = low + (high - low) * (np.arange(count) + rng.random(count)) / count
    colours = np.empty((count, 3), dtype=np.float32)
    for row, value in enumerate(values):
        hue = (pick(rng, family.hues) + family.hue_spread * rng.standard_normal()) / 360 % 1.0
        colours[row] = colorsys.hsv_to_rgb(hue, rng.uniform(*family.saturation), float(value))
    order = np.argsort(colours @ np.array([0.299, 0.587, 0.114], dtype=np.float32))
    return Palette(family=name, colours=colours[order])


def paint(field: Tensor, palette: Palette) -> Tensor:
    """Colour a field by running through the palette from dark to light.

    Args:
        field: Values in [0, 1], ``(H, W)``.
        palette: The colours.

    Returns:
        ``(3, H, W)`` in [0, 1].
    """
    place = field.clamp(0, 1) * (len(palette.colours) - 1)
    painted = field.new_zeros((3, *field.shape))
    for position, colour in enumerate(palette.colours):
        weight = (1 - (place - position).abs()).clamp(min=0)
        for channel in range(3):
            painted[channel] += weight * float(colour[channel])
    return painted
