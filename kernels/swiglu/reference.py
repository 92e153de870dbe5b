"""SwiGLU, step by step."""

import torch
from torch import Tensor
from torch.nn import functional as F


def swiglu(expanded: Tensor) -> Tensor:
    """Multiply the second half of the channels by SiLU of the first, in at least float32, rounded once.

    Args:
        expanded: ``(..., 2 * F)``.

    Returns:
        ``(..., F)`` in the same dtype.
    """
    gate, value = expanded.to(torch.promote_types(expanded.dtype, torch.float32)).chunk(2, dim=-1)
    return (F.silu(gate) * value).to(expanded.dtype)
