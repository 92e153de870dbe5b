"""A gated and normed branch joins the residual stream, step by step."""

import torch
from torch import Tensor
from torch.nn import functional as F


def gated_residual(hidden: Tensor, branch: Tensor, gate: Tensor, scale: Tensor, bias: Tensor, *, eps: float) -> Tensor:
    """Gate, normalise, add; in at least float32, rounded once.

    Args:
        hidden: ``(B, L, D)``, the residual stream.
        branch: ``(B, L, D)``.
        gate: ``(B, C, D)`` with C dividing L: all L / C tokens of a chunk share a row.
        scale: ``(D,)``, what normed values are multiplied by.
        bias: ``(D,)``.
        eps: Added to the variance.

    Returns:
        ``(B, L, D)`` in the dtype of ``hidden``.
    """
    precision = torch.promote_types(hidden.dtype, torch.float32)
    by_chunk = branch.to(precision).view(branch.shape[0], gate.shape[1], -1, branch.shape[2])
    gated = (by_chunk * gate.to(precision)[:, :, None]).flatten(1, 2)
    normed = F.layer_norm(gated.to(scale.dtype), scale.shape, scale, bias, eps)
    return (hidden.to(precision) + normed).to(hidden.dtype)
