"""Rows of local tensors by ranges: gathered to be sent, packed to travel in one exchange, put back in order.

Local tensors are ``(B, L, ...)``; what travels is ``(L, B, features)``, for all-to-all-v splits its first axis.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.errors import UnsupportedInput
from kernels.planning.ranges import Range


def take(rows: Tensor, ranges: Sequence[Range]) -> Tensor:
    """The rows in these ranges, one after the other.

    Args:
        rows: ``(B, L, ...)``.
        ranges: Within L.
    """
    if len(ranges) == 1:
        return rows[:, slice(*ranges[0])]
    if not ranges:
        return rows[:, :0]
    return torch.cat([rows[:, slice(*part)] for part in ranges], dim=1)


def pack(tensors: Sequence[Tensor], ranges: Sequence[Range]) -> Tensor:
    """The rows of several tensors side by side.

    Args:
        tensors: ``(B, L, ...)`` each, of one dtype.
        ranges: Within L.

    Returns:
        ``(rows, B, features)``, contiguous.

    Raises:
        UnsupportedInput: If the tensors differ in batch, length or dtype.
    """
    if len({(tensor.shape[:2], tensor.dtype) for tensor in tensors}) > 1:
        raise UnsupportedInput(
            "what travels together must agree in batch, length and dtype, got "
            + ", ".join(f"{tensor.dtype} {tuple(tensor.shape)}" for tensor in tensors)
        )
    taken = [
        take(tensor, ranges).flatten(2) if tensor.ndim > 2 else take(tensor, ranges)[..., None] for tensor in tensors
    ]
    return torch.cat(taken, dim=2).transpose(0, 1).contiguous()


def unpack(packed: Tensor, like: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Views of the tensors that were packed.

    Args:
        packed: ``(rows, B, features)``.
        like: ``(B, L, ...)`` each; their trailing shapes are those of the views.
    """
    sizes = [math.prod(tensor.shape[2:]) for tensor in like]
    batch_first = packed.transpose(0, 1)
    return tuple(
        part.reshape(*part.shape[:2], *tensor.shape[2:])
        for part, tensor in zip(torch.split(batch_first, sizes, dim=2), like, strict=True)
    )
