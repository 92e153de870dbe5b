"""Pictures with all their smaller copies side by side, so that any zoom is read without aliasing.

An atlas of a square picture of side S (a power of two) holds the picture at the left and its halvings stacked in a
strip at the right, each framed by a copy of its own border pixels. Reading at level 2.3 mixes levels 2 and 3
(trilinear filtering), each by one bilinear look-up for all frames at once.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

LARGEST_ATLAS_PIXELS = 4096
_SMALLEST_LEVEL_PIXELS = 4
# Room for the frames of all levels of the largest picture.
_EXTRA_ROWS = 16


def atlas_shape(size: int) -> tuple[int, int]:
    """Height and width of the atlas of a picture of this side."""
    return size + _EXTRA_ROWS, size + size // 2 + 4


def num_levels(size: int) -> int:
    """Levels of an atlas, the full picture included."""
    return size.bit_length() - _SMALLEST_LEVEL_PIXELS.bit_length() + 1


def build_atlas(picture: Tensor) -> Tensor:
    """Put a picture and its halvings into one image.

    Args:
        picture: ``(C, S, S)``, S a power of two in 8..4096; any floating-point values.

    Returns:
        ``(C, *atlas_shape(S))``, unused places 0.
    """
    size = picture.shape[-1]
    atlas = picture.new_zeros(picture.shape[0], *atlas_shape(size))
    level, top, left = picture, 0, 0
    for _ in range(num_levels(size)):
        framed = F.pad(level[None], (1, 1, 1, 1), mode="replicate")[0]
        side = framed.shape[-1]
        atlas[:, top : top + side, left : left + side] = framed
        top, left = (top + side if left else 0), size + 2
        level = F.avg_pool2d(level[None], 2)[0]
    return atlas


def read_atlas(atlas: Tensor, size: int, x: Tensor, y: Tensor, level: Tensor) -> Tensor:
    """Read atlases at places that may differ per frame and pixel.

    Args:
        atlas: ``(B, C, *atlas_shape(S))`` float.
        size: The picture's side S.
        x: Places in pixels of the full picture, in [0, S], ``(B, T, H, W)``.
        y: The same downwards.
        level: How often the picture is halved before it is read, ``(B, T)`` in [0, levels - 1].

    Returns:
        ``(B, C, T, H, W)``.
    """
    finer = level.floor()
    share = level - finer
    grid = torch.empty(*x.shape, 2, dtype=x.dtype, device=x.device)
    read = _read_level(atlas, size, (x, y), finer, grid)
    if bool((share > 0).any()):
        coarser = _read_level(atlas, size, (x, y), (finer + 1).clamp(max=num_levels(size) - 1), grid)
        read += coarser.sub_(read).mul_(share[:, None, :, None, None])
    return read


def mirrored(place: Tensor, size: int) -> Tensor:
    """Fold places outside [0, size] back into it, once at either edge.

    Places inside stay untouched to the last bit, so a clip does not depend on its neighbours in the batch.
    """
    folded = place.abs()
    return torch.minimum(folded, 2 * size - folded).clamp_(0, size)


def _read_level(atlas: Tensor, size: int, places: tuple[Tensor, Tensor], level: Tensor, grid: Tensor) -> Tensor:
    """One bilinear look-up per pixel; ``grid`` is scratch space."""
    batch, channels, height, width = atlas.shape
    _, frames, rows, columns = places[0].shape
    scale = torch.exp2(-level)
    # Level k >= 1 lies in the strip, below k - 1 larger ones and their frames: S (1 - 2^(1 - k)) + 2 (k - 1).
    left = torch.where(level > 0, size + 3, 1)
    top = torch.where(level > 0, size * (1 - 2 * scale) + 2 * level - 1, 1.0)
    for axis, (start, extent) in enumerate(((left, width), (top, height))):
        factor, shift = (scale * (2 / extent))[:, :, None, None], (start * (2 / extent) - 1)[:, :, None, None]
        torch.add(places[axis] * factor, shift, out=grid[..., axis])
    flat = F.grid_sample(atlas, grid.view(batch, frames * rows, columns, 2), align_corners=False)
    return flat.view(batch, channels, frames, rows, columns)
