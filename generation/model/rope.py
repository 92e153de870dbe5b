"""Rotary positions on three axes with learned frequencies.

Time counts latent frames from the clip's start and is not rescaled. Height and width are centred and stretched as
if the frame had the area of 16 x 16 patches, so that one set of frequencies serves every size. The three axes share
one table of frequencies.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from kernels.norm_rope import reference

# Patches of the frame that positions are scaled to.
REFERENCE_AREA = 256


class RotaryTable(NamedTuple):
    """Sines and cosines of all tokens, each ``(L, 3 * bands)``: time, height, width."""

    sin: Tensor
    cos: Tensor


class RotaryFrequencies(nn.Module):
    """The learned frequencies, ``head_dim / 8`` of them."""

    def __init__(self, head_dim: int) -> None:
        super().__init__()
        self.bands = nn.Parameter(torch.empty(head_dim // 8))

    def forward(self, grid: tuple[int, int, int], first_frame: int) -> RotaryTable:
        """Tabulate the rotations of a window.

        Args:
            grid: Latent frames, rows and columns of patches.
            first_frame: Index of the first frame in the clip.

        Returns:
            Tables for tokens ordered (t, h, w).
        """
        frames, rows, columns = grid
        shape = (frames, rows, columns, self.bands.shape[0])
        angles = [
            time_positions(frames, first_frame).to(self.bands)[:, None, None, None] * self.bands,
            space_positions(rows, rows * columns).to(self.bands)[:, None, None] * self.bands,
            space_positions(columns, rows * columns).to(self.bands)[:, None] * self.bands,
        ]
        # Sines are taken per axis, before the axes are spread over the grid.
        sin = torch.cat([axis.sin().expand(shape) for axis in angles], dim=-1)
        cos = torch.cat([axis.cos().expand(shape) for axis in angles], dim=-1)
        return RotaryTable(sin.flatten(0, 2), cos.flatten(0, 2))


def time_positions(frames: int, first_frame: int) -> Tensor:
    """Positions of a window's frames, ``(frames,)``: their indices in the clip, up to float32's rounding.

    The detour over [0, 1] rounds as the released model does.
    """
    last = first_frame + frames - 1
    indices = torch.arange(first_frame, last + 1, dtype=torch.float32)
    return indices / last * last if last else indices


def space_positions(size: int, area: int) -> Tensor:
    """Positions along one side of the frame, ``(size,)``, centred on 0 and scaled to the reference area.

    Args:
        size: Patches along this side.
        area: Patches of the whole frame.
    """
    centred = torch.arange(size, dtype=torch.float32) - (size - 1) / 2
    if size == 1:
        return centred
    return centred / (size - 1) * (size / math.sqrt(area / REFERENCE_AREA) - 1)


def rotate(inputs: Tensor, table: RotaryTable) -> Tensor:
    """Turn pairs of channels by their token's angles.

    Args:
        inputs: ``(B, L, N, K)`` with K at least twice the table's width r.
        table: Rotations of the L tokens.

    Returns:
        The same shape and dtype: channel i in [0, r) is turned with channel r + i, the rest is untouched.
    """
    return reference.rotate(inputs, table)


def rotate_in_place(inputs: Tensor, table: RotaryTable) -> None:
    """The same, written over the inputs; without gradients.

    Args:
        inputs: ``(B, L, ..., K)``.
        table: Rotations of the L tokens.
    """
    width = table.sin.shape[-1]
    sin, cos = (axis.view(axis.shape[0], *[1] * (inputs.ndim - 3), width) for axis in table)
    first, second = inputs[..., :width], inputs[..., width : 2 * width]
    turned = first * sin
    first.mul_(cos).addcmul_(second, sin, value=-1)
    second.mul_(cos).add_(turned)
