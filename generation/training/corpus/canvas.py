"""Canvases: the large still pictures over which a clip's camera moves, made once and used by many clips.

Canvases form one endless numbered sequence per seed. What a canvas is (:func:`canvas_recipe`) is known without
painting it, so captions cost nothing; painting takes a few tenths of a second on one core, and the pool keeps the
painted ones that are in use.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from generation.training.corpus import patterns
from generation.training.corpus.atlas import build_atlas
from generation.training.corpus.config import BackgroundMix
from generation.training.corpus.dead_leaves import dead_leaves, draw_style
from generation.training.corpus.fields import blur, cell_distances, octave_noise, power_noise
from generation.training.corpus.labels import BackgroundKind
from generation.training.corpus.palette import Palette, draw_palette
from generation.training.corpus.randomness import draws, pick, pick_weighted

_Painter = Callable[[np.random.Generator, int, Palette, torch.device], Tensor]

_PAINTERS: dict[BackgroundKind, _Painter] = {
    BackgroundKind.SKY: patterns.sky,
    BackgroundKind.NOISE: patterns.coloured_noise,
    BackgroundKind.RIDGES: patterns.ridges,
    BackgroundKind.CELLS: patterns.cells,
    BackgroundKind.SWIRLS: patterns.swirls,
    BackgroundKind.FRACTAL: patterns.fractal,
    BackgroundKind.LANDSCAPE: patterns.landscape,
}
# What leaves may lie on, and what fills the second part of a mixture.
_GROUNDS = (BackgroundKind.NOISE, BackgroundKind.RIDGES, BackgroundKind.SWIRLS, BackgroundKind.CELLS)


@dataclass(frozen=True, kw_only=True, slots=True)
class CanvasRecipe:
    """What a canvas shows."""

    kind: BackgroundKind
    palette: Palette
    # A second pattern with its own palette fills part of the picture.
    mixed: bool
    # Sky above, ground below: such a canvas is never turned or stood on its head.
    upright: bool


def canvas_recipe(seed: int, number: int, mix: BackgroundMix) -> CanvasRecipe:
    """What canvas ``number`` of a seed shows."""
    rng = draws(seed, "canvas recipe", number)
    kinds = [BackgroundKind(field.name) for field in fields(mix) if field.name != "mixed_share"]
    kind = pick_weighted(rng, kinds, [getattr(mix, kind.value) for kind in kinds])
    upright = kind is BackgroundKind.LANDSCAPE
    mixed = not upright and rng.random() < mix.mixed_share
    return CanvasRecipe(kind=kind, palette=draw_palette(rng), mixed=bool(mixed), upright=upright)


def paint_canvas(recipe: CanvasRecipe, seed: int, number: int, size: int, device: torch.device) -> Tensor:
    """Paint a canvas.

    Args:
        recipe: What it shows.
        seed: The corpus seed.
        number: Which canvas.
        size: Side in pixels, a power of two of at least 64.
        device: Where it is painted.

    Returns:
        ``(3, size, size)`` float32 in [0, 1].
    """
    rng = draws(seed, "canvas pixels", number)
    image = _paint_kind(rng, recipe.kind, size, recipe.palette, device)
    if recipe.mixed:
        other = _paint_kind(rng, pick(rng, (*_GROUNDS, BackgroundKind.LEAVES)), size, draw_palette(rng), device)
        image = image + (other - image) * _patches(rng, size, device)
    return _develop(rng, image)


def _paint_kind(
    rng: np.random.Generator, kind: BackgroundKind, size: int, palette: Palette, device: torch.device
) -> Tensor:
    if kind is not BackgroundKind.LEAVES:
        return _PAINTERS[kind](rng, size, palette, device)
    ground = _PAINTERS[pick(rng, _GROUNDS)](rng, size, palette, device)
    return dead_leaves(rng, ground, palette, draw_style(rng, size))


def _patches(rng: np.random.Generator, size: int, device: torch.device) -> Tensor:
    """Where the second pattern of a mixture shows: bays with soft or hard shores, or single cells."""
    if rng.random() < 0.3:
        cells = int(rng.integers(3, 9))
        _, _, owner = cell_distances(rng, size, cells=cells, device=device)
        return torch.from_numpy((rng.random(cells * cells) < 0.45).astype(np.float32)).to(device)[owner]
    shores = octave_noise(
        rng, size, cells=int(pick(rng, (2, 4))), persistence=rng.uniform(0.3, 0.6), ridged=False, device=device
    )
    return ((shores - rng.uniform(-0.3, 0.6)) * float(np.exp(rng.uniform(np.log(1.5), np.log(60.0))))).clamp(0, 1)


def _develop(rng: np.random.Generator, image: Tensor) -> Tensor:
    """What light and a camera do to a scene: uneven light, a little blur, exposure, contrast."""
    size, device = image.shape[-1], image.device
    image = _with_detail(rng, image)
    if rng.random() < 0.6:
        cells = int(pick(rng, (2, 4, 8)))
        clouds = octave_noise(rng, size, cells=cells, persistence=0.4, ridged=False, device=device)
        image = image * (float(rng.uniform(0.1, 0.45)) * clouds).exp()
    # Now and then out of focus.
    image = blur(image, float(size / 512 * rng.choice([0.4, 0.5, 0.6, 0.8, 1.2, 1.6, 3.0])))
    # Contrast is one of light, not of colour: hues must not turn garish.
    light = image.mean(dim=0)
    image = image + (float(rng.uniform(0.9, 1.6)) - 1) * (light - light.mean())
    # Highlights roll off instead of burning out.
    bright = 0.75 + 0.25 * ((image - 0.75) / 0.25).tanh()
    exposed = torch.where(image > 0.75, bright, image).clamp(1e-4, 1)
    return exposed.pow(float(np.exp(rng.normal(0.0, 0.15))))


def _with_detail(rng: np.random.Generator, image: Tensor) -> Tensor:
    """Give smooth regions a faint photograph-like texture: on a flat ground no camera move could be seen."""
    size = image.shape[-1]
    texture = power_noise(rng, size, rng.uniform(0.9, 1.4), image.device)
    wanted = float(rng.uniform(0.006, 0.016))
    block = size // 16
    lacking = (wanted - _gradient(image.mean(dim=0), block)).clamp(min=0) / _gradient(texture, block).mean()
    strength = F.interpolate(lacking[None, None], size=(size, size), mode="bicubic", align_corners=False)[0, 0]
    return (image + strength.clamp(min=0) * texture).clamp(0, 1)


def _gradient(field: Tensor, block: int) -> Tensor:
    """Mean step between neighbouring pixels of the halved field, by block of the full one."""
    halved = F.avg_pool2d(field[None, None], 2)
    steps = torch.zeros_like(halved)
    steps[..., :-1] += (halved[..., 1:] - halved[..., :-1]).abs() / 2
    steps[..., :-1, :] += (halved[..., 1:, :] - halved[..., :-1, :]).abs() / 2
    return F.avg_pool2d(steps, block // 2)[0, 0]


class CanvasPool:
    """The painted canvases that are in use, oldest use thrown out first.

    A corpus asks for numbers inside a slowly moving window, so almost every request is answered from memory. Not safe
    for several threads at once; give each worker its own.
    """

    def __init__(self, *, seed: int, size: int, capacity: int, mix: BackgroundMix, device: torch.device) -> None:
        self._seed, self._size, self._capacity = seed, size, capacity
        self._mix, self._device = mix, device
        self._atlases: OrderedDict[int, Tensor] = OrderedDict()

    @property
    def identity(self) -> tuple[int, int, BackgroundMix, torch.device]:
        """What decides its canvases; pools with the same identity answer every number alike."""
        return self._seed, self._size, self._mix, self._device

    def atlas(self, number: int) -> Tensor:
        """Canvas ``number`` with its smaller copies, uint8 ``(3, *atlas_shape(S))``."""
        if number in self._atlases:
            self._atlases.move_to_end(number)
            return self._atlases[number]
        picture = paint_canvas(
            canvas_recipe(self._seed, number, self._mix), self._seed, number, self._size, self._device
        )
        # Whole numbers swallow the last-bit differences between machines before they can spread into frames.
        atlas = (build_atlas(picture) * 255).round().to(torch.uint8)
        self._atlases[number] = atlas
        if len(self._atlases) > self._capacity:
            self._atlases.popitem(last=False)
        return atlas
