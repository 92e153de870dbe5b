"""Positions of tokens: one learned table for the native grid, resized to any other."""

from torch import Tensor, cat
from torch.nn import functional as F

Grid = tuple[int, int, int]


def resize_positions(table: Tensor, native: Grid, grid: Grid) -> Tensor:
    """Fit the position table to a grid of tokens.

    Clips at 24 frames per second are cut into tiles of three latents where the table holds four, so this runs on
    nearly every forward and must be exact.

    Args:
        table: ``(1, 1 + t0 * h0 * w0, D)``; row 0 belongs to the class token and is never resized.
        native: ``(t0, h0, w0)``.
        grid: ``(t, h, w)``, each at least 1.

    Returns:
        ``(1, 1 + t * h * w, D)``: trilinear, corners not aligned, no antialiasing.

    Source:
        Spec vae §2.3.
    """
    if grid == native:
        return table
    width = table.shape[-1]
    volume = table[:, 1:].reshape(1, *native, width).permute(0, 4, 1, 2, 3)
    resized = F.interpolate(volume, size=grid, mode="trilinear", align_corners=False)
    return cat((table[:, :1], resized.permute(0, 2, 3, 4, 1).reshape(1, -1, width)), dim=1)
