"""Painting planned clips: one look-up of the canvas for all frames, then the sprites, then the lens."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from generation.training.corpus.atlas import mirrored, num_levels, read_atlas
from generation.training.corpus.camera import to_screen
from generation.training.corpus.cast import COLOURS, SpritePart
from generation.training.corpus.labels import Pattern, Shape
from generation.training.corpus.plan import ClipPlan
from generation.training.corpus.randomness import draws
from generation.training.corpus.surfaces import SURFACE_FILL, SURFACE_LEVELS, SURFACE_PIXELS, paint_surface

# Read a little finer than exact filtering asks: crisper, and motion hides the rest.
_LEVEL_BIAS = -0.35
# Corners of a surface lie this many radii from its middle.
_CORNER = 1.25
_PIXELS_AT_ONCE = 100_000


def render_clips(plans: Sequence[ClipPlan], canvases: Tensor, height: int, width: int) -> Tensor:
    """Paint clips of equal length.

    A clip's pixels do not depend on the others in the batch: every value is computed on its own.

    Args:
        plans: The clips.
        canvases: Their atlases, uint8 ``(B, 3, *atlas_shape(S))``, on the device that paints.
        height: Of the frames, in pixels.
        width: The same.

    Returns:
        uint8 ``(B, T, H, W, 3)``.
    """
    # All painting is done in 0..255.
    frames = _background(plans, canvases.float(), height, width)
    for clip, plan in enumerate(plans):
        for number, part in enumerate(plan.parts):
            _add_sprite(frames[clip], plan, part, number)
        _add_lens(frames[clip], plan)
    whole = frames.add_(0.5).clamp_(0, 255).to(torch.uint8)
    return whole.permute(0, 2, 3, 4, 1).contiguous()


def _background(plans: Sequence[ClipPlan], canvases: Tensor, height: int, width: int) -> Tensor:
    device, short, side = canvases.device, min(height, width), plans[0].canvas_size
    rows = _to_device(np.stack([_canvas_rows(plan, short, side) for plan in plans]), device)
    colour = _to_device(np.array([plan.appearance.colour for plan in plans]), device)[..., None, None, None]
    # From the middle of the screen, in shorter sides.
    across = ((torch.arange(width, dtype=torch.float32, device=device) + 0.5 - width / 2) / short)[None, None, None, :]
    down = ((torch.arange(height, dtype=torch.float32, device=device) + 0.5 - height / 2) / short)[None, None, :, None]
    outside = any(plan.appearance.leaves_canvas for plan in plans)
    frames = torch.empty(len(plans), 3, rows.shape[-1], height, width, device=device)
    # A few frames at a time: on a CPU everything between two passes then stays in the cache.
    step = max(1, _PIXELS_AT_ONCE // (height * width)) if device.type == "cpu" else frames.shape[2]
    for start in range(0, frames.shape[2], step):
        xx, xy, x0, yx, yy, y0, level = rows[:, :, start : start + step].unbind(1)
        x = xx[..., None, None] * across + (xy[..., None, None] * down + x0[..., None, None])
        y = yx[..., None, None] * across + (yy[..., None, None] * down + y0[..., None, None])
        if outside:
            x, y = mirrored(x, side), mirrored(y, side)
        read = read_atlas(canvases, side, x, y, level)
        part = torch.empty_like(read[:, 0])
        for out in range(3):
            channel = frames[:, out, start : start + step]
            torch.mul(read[:, 0], colour[:, out, 0], out=channel)
            channel += torch.mul(read[:, 1], colour[:, out, 1], out=part)
            channel += torch.mul(read[:, 2], colour[:, out, 2], out=part)
            channel += colour[:, out, 3] * 255
    return frames.clamp_(0, 255)


def _canvas_rows(plan: ClipPlan, short: int, side: int) -> np.ndarray:
    """Per frame the affine map from screen to canvas (xx, xy, x0, yx, yy, y0) and the level, ``(7, T)``."""
    camera, look = plan.camera, plan.appearance
    turn = np.array(look.turn) * look.scale
    reach = np.exp(-camera.zoom)
    cosine, sine = np.cos(camera.roll) * reach, np.sin(camera.roll) * reach
    mapped = np.einsum("ij,jkt->ikt", turn, np.array([[cosine, -sine, camera.x], [sine, cosine, camera.y]]))
    mapped[:, 2] += np.array(look.origin)[:, None]
    level = _level(reach * look.scale / short, look.softness, num_levels(side))
    return np.concatenate((mapped.reshape(6, -1), level[None]))


def _level(density: np.ndarray, softness: float, levels: int) -> np.ndarray:
    """Which level to read where so many picture pixels fall on one of the frame.

    Mixing two levels hides the switch from one to the next; where the density stays the same there is none to hide,
    and the nearest level costs half.
    """
    level = np.clip(np.log2(density) + _LEVEL_BIAS, 0, None) + softness
    if softness == 0 and np.ptp(density) < 1e-9:
        level = np.round(level)
    limited: np.ndarray = np.clip(level, 0, levels - 1)
    return limited


def _add_sprite(frames: Tensor, plan: ClipPlan, part: SpritePart, number: int) -> None:
    """Paint one sprite into ``(3, T, H, W)``, touching only a patch around it in each frame."""
    device, (_, count, height, width) = frames.device, frames.shape
    short, path = min(height, width), part.path
    x, y = to_screen(plan.camera, path.x, path.y)
    x, y = x * short + width / 2, y * short + height / 2
    radius = path.radius * np.exp(plan.camera.zoom) * short
    # A patch pushed back into the frame still holds all that is seen of the sprite.
    side = int(np.ceil(2 * _CORNER * radius.max())) + 2
    rows, columns = min(side, height), min(side, width)
    top, left = (
        np.clip(np.round(y - rows / 2), 0, height - rows),
        np.clip(np.round(x - columns / 2), 0, width - columns),
    )
    # From the patch into the surface: undo place, roll and spin, and size.
    angle, middle = path.angle - plan.camera.roll, SURFACE_PIXELS / 2
    reach = middle * SURFACE_FILL / radius
    level = _level(reach, 0.0, SURFACE_LEVELS)
    numbers = np.stack((0.5 - x, 0.5 - y, np.cos(angle) * reach, np.sin(angle) * reach, left, top, level))
    on_device = _to_device(np.concatenate((numbers, *_tints(plan, part, number))), device)
    dx, dy, cosine, sine, column, row = on_device[:6, :, None, None].unbind(0)
    line = torch.arange(max(rows, columns), dtype=torch.float32, device=device)
    # Whole numbers first: a pixel's value must not depend on where its patch begins.
    column, row = column + line[None, None, :columns], row + line[None, :rows, None]
    dx, dy = column + dx, row + dy
    u = (cosine * dx + sine * dy + middle).clamp_(0, SURFACE_PIXELS)
    v = (cosine * dy - sine * dx + middle).clamp_(0, SURFACE_PIXELS)
    surface = _surface(part.shape, part.pattern, part.variant, str(device))
    read = read_atlas(surface[None], SURFACE_PIXELS, u[None], v[None], on_device[6][None])[0]
    time = torch.arange(count, device=device)[:, None, None]
    place = ((time * height + row.long()) * width + column.long()).flatten()
    own, second = on_device[7:10, :, None, None], on_device[10:13, :, None, None]
    for channel in range(3):
        flat = frames[channel].view(-1)
        painted = read[1] * own[channel] + read[2] * second[channel] + read[3] * 255
        under = flat[place].view_as(painted)
        flat[place] = (under * (1 - read[0]) + painted).flatten()


def _tints(plan: ClipPlan, part: SpritePart, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Own and second colour per frame in 0..255, ``(3, T)`` each."""
    rng = draws(plan.index, "tint", number)
    shift, light = rng.normal(0.0, 0.04, 3), rng.random() < 0.5
    own = np.clip(np.array(COLOURS[part.colour]) + shift, 0.02, 1)[:, None]
    other = np.clip(np.array(COLOURS[part.other_colour]) + shift, 0.02, 1)[:, None]
    tint = own + (other - own) * part.path.recolour
    second = 0.6 + 0.4 * tint if light and part.pattern is not Pattern.MARBLED else 0.4 * tint
    return tint * 255, second * 255


def _add_lens(frames: Tensor, plan: ClipPlan) -> None:
    look, (_, count, height, width) = plan.appearance, frames.shape
    if look.vignette:
        across = torch.linspace(-1, 1, width, device=frames.device)[None, :]
        down = torch.linspace(-1, 1, height, device=frames.device)[:, None]
        frames *= 1 - look.vignette * (across.square() + down.square()) / 2
    if look.grain:
        rng = draws(plan.index, "grain", 0)
        tile = rng.standard_normal((2 * height, 2 * width), dtype=np.float32)
        grain = _to_device(255 * look.grain * tile, frames.device)
        for frame, (row, column) in enumerate(rng.integers((height, width), size=(count, 2)).tolist()):
            frames[:, frame] += grain[row : row + height, column : column + width]


@lru_cache(maxsize=256)
def _surface(shape: Shape, pattern: Pattern, variant: int, device: str) -> Tensor:
    return paint_surface(shape, pattern, variant, torch.device(device))


def _to_device(values: np.ndarray, device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32)).to(device)
