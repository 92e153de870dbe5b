"""Layer norm over each head and rotary positions, step by step."""

import torch
from torch import Tensor
from torch.nn import functional as F


def norm_rope(
    inputs: Tensor, scale: Tensor, bias: Tensor, turns: tuple[Tensor, Tensor], *, eps: float, dtype: torch.dtype
) -> Tensor:
    """Normalise each head, turn pairs of its channels by their token's angles, round once.

    Args:
        inputs: ``(B, L, N, K)``.
        scale: ``(K,)``, what normed values are multiplied by; its dtype is that of the arithmetic.
        bias: ``(K,)``.
        turns: Sines and cosines of the tokens' angles, ``(L, R)`` each with R at most K / 2.
        eps: Added to the variance.
        dtype: Of the result.

    Returns:
        ``(B, L, N, K)``: channel i in [0, R) is turned with channel R + i, the rest is only normed.
    """
    normed = F.layer_norm(inputs.to(scale.dtype), scale.shape, scale, bias, eps)
    return rotate(normed, turns).to(dtype)


def rotate(inputs: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Turn pairs of channels by their token's angles.

    Args:
        inputs: ``(B, L, N, K)``.
        turns: Sines and cosines of the tokens' angles, ``(L, R)`` each with R at most K / 2.
    """
    sin, cos = (axis[:, None, :] for axis in turns)
    width = sin.shape[-1]
    first, second, rest = inputs[..., :width], inputs[..., width : 2 * width], inputs[..., 2 * width :]
    return torch.cat([first * cos - second * sin, first * sin + second * cos, rest], dim=-1)
