"""Fading one tile into the next, and the two rules for what a tile fades from."""

from collections.abc import Callable
from enum import StrEnum

import torch
from torch import Tensor

# (new, old, weight of the new) -> mixture; all of one shape or broadcastable.
Mixture = Callable[[Tensor, Tensor, Tensor], Tensor]


class BlendRule(StrEnum):
    """What lies under a tile's fading edge."""

    # The neighbour as it was shown, fades included; arithmetic in the tiles' own dtype. Encoding.
    CHAINED = "chained"
    # The neighbour as the network gave it; arithmetic in float32, rounded once. Decoding.
    RAW = "raw"


def fade_weights(extent: int, device: torch.device) -> Tensor:
    """How much of the new tile shows: ``0, 1/e, ..., (e - 1)/e``, float32 ``(extent,)``."""
    return (torch.arange(extent, dtype=torch.float64) / max(extent, 1)).to(device, torch.float32)


def mix_rounding_products(new: Tensor, old: Tensor, weight: Tensor) -> Tensor:
    """Mix with each product and the sum rounded to the tiles' dtype, as the released encoder does in bfloat16."""
    # Weights stay in float32: rounding them too would be a third rounding.
    old_part = (old.float() * _complement(weight)).to(old.dtype)
    return old_part + (new.float() * weight).to(new.dtype)


def mix_rounding_once(new: Tensor, old: Tensor, weight: Tensor) -> Tensor:
    """Mix in float32 and round once, as the released decoder's compiled blend does."""
    return (old.float() * _complement(weight) + new.float() * weight).to(new.dtype)


def _complement(weight: Tensor) -> Tensor:
    return (1 - weight.double()).float()


MIXTURES: dict[BlendRule, Mixture] = {
    BlendRule.CHAINED: mix_rounding_products,
    BlendRule.RAW: mix_rounding_once,
}


def fade_in(tile: Tensor, previous: Tensor, *, axis: int, at: int, previous_at: int, extent: int, mix: Mixture) -> None:
    """Fade a tile in over the tile before it, in place.

    Args:
        tile: ``(B, C, T, H, W)``; changed.
        previous: The same shape but for ``axis``; read only.
        axis: The axis along which the two are neighbours.
        at: Where the fade begins in ``tile``.
        previous_at: The same place in ``previous``.
        extent: Length of the fade; 0 leaves the tile alone.
        mix: How two values become one.

    Source:
        Spec vae §3.3.
    """
    if extent == 0:
        return
    weight = fade_weights(extent, tile.device)
    weight = weight.reshape([-1 if dimension == axis % tile.ndim else 1 for dimension in range(tile.ndim)])
    target = tile.narrow(axis, at, extent)
    target.copy_(mix(target, previous.narrow(axis, previous_at, extent), weight))
