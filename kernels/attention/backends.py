"""Ways to compute attention over slices, and which one fits.

| name | where | what it cannot |
|---|---|---|
| ``triton`` | CUDA from compute capability 8.0 | float64, head sizes beyond 16 to 256 |
| ``flex`` | PyTorch's FlexAttention, to compare with | gradients on processors, gradients of parts |
| ``blocked`` | any device; the way of processors | nothing |
"""

from collections.abc import Callable, Sequence

from torch import Tensor

from kernels.attention import blocked, launch
from kernels.attention.attended import Attended, Gradients
from kernels.attention.options import ScoreRule
from kernels.devices import why_not_triton
from kernels.errors import UnsupportedInput
from kernels.planning.slices import AttentionSlice

TRITON, FLEX, BLOCKED = "triton", "flex", "blocked"
NAMES = (TRITON, FLEX, BLOCKED)

Forward = Callable[[Tensor, Tensor, Tensor, Sequence[AttentionSlice], ScoreRule], Attended]
HEAD_SIZES = range(16, 257)


def choose(query: Tensor, wanted: str | None) -> str:
    """The name of a backend.

    Args:
        query: ``(B, L, N, K)``.
        wanted: A name, or ``None`` for the quickest that fits.

    Raises:
        UnsupportedInput: If the wanted one is unknown, or cannot take the query.
    """
    if wanted is None:
        return TRITON if _hindrance(query) is None else BLOCKED
    if wanted not in NAMES:
        raise UnsupportedInput(f"backend must be one of {', '.join(NAMES)}, got {wanted!r}")
    hindrance = _hindrance(query) if wanted == TRITON else None
    if hindrance:
        raise UnsupportedInput(
            f"backend 'triton' must be able to take the tensors, but {hindrance}: take 'blocked', or leave backend out"
        )
    return wanted


def _hindrance(query: Tensor) -> str | None:
    """What keeps the Triton kernel from taking a query."""
    if query.shape[3] not in HEAD_SIZES:
        return f"heads must have {HEAD_SIZES.start} to {HEAD_SIZES.stop - 1} channels, got {query.shape[3]}"
    return why_not_triton(query)


def forward(name: str) -> Forward:
    """The forward pass of a backend, ``flex`` excepted, which PyTorch differentiates itself."""
    if name == TRITON:
        return launch.attention
    return blocked.attention


def backward(name: str) -> Callable[..., Gradients]:
    """The backward pass of a backend.

    Raises:
        UnsupportedInput: If it has none of its own.
    """
    if name == FLEX:
        raise UnsupportedInput("backend 'flex' has no gradients of parts; take 'blocked' or leave backend out")
    if name == TRITON:
        return launch.attention_backward
    return blocked.attention_backward


def flex_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Sequence[AttentionSlice], rule: ScoreRule
) -> Attended:
    """PyTorch's FlexAttention, differentiable by itself on a GPU."""
    # Imports PyTorch's compiler, seconds that nobody else should wait for.
    from kernels.attention import flex

    return flex.attention(query, key, value, mask, rule)
