"""Layer norm over each head, then rotary positions: one pass over memory where Triton can."""

from typing import Any

import torch
from torch import Tensor

from kernels.devices import Backend, choose_backend, launching_for
from kernels.errors import UnsupportedInput
from kernels.norm_rope import reference


def norm_rope(
    inputs: Tensor,
    scale: Tensor,
    bias: Tensor,
    turns: tuple[Tensor, Tensor],
    *,
    eps: float,
    dtype: torch.dtype,
    backend: Backend | None = None,
) -> Tensor:
    """Normalise each head, turn pairs of its channels by their token's angles, round once. Differentiable.

    Args:
        inputs: ``(B, L, N, K)``, contiguous.
        scale: ``(K,)``, what normed values are multiplied by; the reference computes in its dtype.
        bias: ``(K,)``, like ``scale``.
        turns: Sines and cosines of the tokens' angles, ``(L, R)`` each with R at most K / 2.
        eps: Added to the variance; positive.
        dtype: Of the result; floating.
        backend: How to compute it; chosen by device and dtypes if not given.

    Returns:
        ``(B, L, N, K)``: channel i in [0, R) is turned with channel R + i, the rest is only normed.

    Raises:
        UnsupportedInput: If shapes, dtypes or devices do not fit, or Triton is wanted where it cannot run.
    """
    _check(inputs, scale, bias, turns, eps=eps, dtype=dtype)
    if choose_backend(backend, inputs, scale, bias, *turns, inputs.new_empty(0, dtype=dtype)) is Backend.EAGER:
        return reference.norm_rope(inputs, scale, bias, turns, eps=eps, dtype=dtype)
    sin, cos = (axis.contiguous() for axis in turns)
    fused: Tensor = FusedNormRope.apply(inputs, scale, bias, sin, cos, (eps, dtype))  # type: ignore[no-untyped-call]
    return fused


class FusedNormRope(torch.autograd.Function):
    """The Triton kernels as a differentiable function."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch knows not what is kept
        inputs: Tensor,
        scale: Tensor,
        bias: Tensor,
        sin: Tensor,
        cos: Tensor,
        options: tuple[float, torch.dtype],
    ) -> Tensor:
        """Compute, and keep the inputs: norms are cheaper made again than read."""
        from kernels.norm_rope import kernel

        ctx.save_for_backward(inputs, scale, bias, sin, cos)
        eps, dtype = options
        ctx.eps = eps
        with launching_for(inputs):
            return kernel.forward(inputs, scale, bias, sin, cos, eps=eps, dtype=dtype)

    @staticmethod
    def backward(ctx: Any, grads: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401 - torch knows not what is kept
        """Gradients of all tensors."""
        from kernels.norm_rope import kernel

        with launching_for(grads):
            return (*kernel.backward(grads.contiguous(), *ctx.saved_tensors, eps=ctx.eps), None)


def _check(
    inputs: Tensor, scale: Tensor, bias: Tensor, turns: tuple[Tensor, Tensor], *, eps: float, dtype: torch.dtype
) -> None:
    sin, cos = turns
    if inputs.ndim != 4 or 0 in inputs.shape[2:]:
        raise UnsupportedInput(f"inputs must be (B, L, N, K) with heads, got {tuple(inputs.shape)}")
    _, length, _, width = inputs.shape
    if scale.shape != (width,) or bias.shape != (width,):
        raise UnsupportedInput(
            f"scale and bias must be ({width},) like a head, got {tuple(scale.shape)} and {tuple(bias.shape)}"
        )
    if sin.ndim != 2 or sin.shape != cos.shape or sin.shape[0] != length or not 0 < 2 * sin.shape[1] <= width:
        raise UnsupportedInput(
            f"sin and cos must both be ({length}, R) with 0 < 2 R <= {width}, got {tuple(sin.shape)} and "
            f"{tuple(cos.shape)}"
        )
    given = (inputs.dtype, scale.dtype, bias.dtype, sin.dtype, cos.dtype, dtype)
    if not all(kind.is_floating_point for kind in given) or scale.dtype != bias.dtype or sin.dtype != cos.dtype:
        raise UnsupportedInput(
            f"dtypes must be floating, those of scale and bias, and of sin and cos, the same, got {given}: convert them"
        )
    if not (inputs.is_contiguous() and scale.is_contiguous() and bias.is_contiguous()):
        raise UnsupportedInput(
            f"inputs, scale and bias must be contiguous, got strides {inputs.stride()}, {scale.stride()} and "
            f"{bias.stride()}: call contiguous()"
        )
    if not eps > 0:
        raise UnsupportedInput(f"eps must be positive, got {eps}: norms of constant heads would divide by it")
