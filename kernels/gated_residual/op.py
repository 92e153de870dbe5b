"""A gated and normed branch joins the residual stream: one pass over memory where Triton can."""

from typing import Any

import torch
from torch import Tensor

from kernels.devices import Backend, choose_backend, launching_for
from kernels.errors import UnsupportedInput
from kernels.gated_residual import reference


def gated_residual(
    hidden: Tensor,
    branch: Tensor,
    gate: Tensor,
    scale: Tensor,
    bias: Tensor,
    *,
    eps: float,
    backend: Backend | None = None,
) -> Tensor:
    """Gate, normalise, add; in at least float32, rounded once. Differentiable.

    Args:
        hidden: ``(B, L, D)``, the residual stream, contiguous.
        branch: ``(B, L, D)``, contiguous.
        gate: ``(B, C, D)`` with C dividing L: all L / C tokens of a chunk share a row. Contiguous in its last axis.
        scale: ``(D,)``, what normed values are multiplied by; the reference normalises in its dtype.
        bias: ``(D,)``, like ``scale``.
        eps: Added to the variance; positive.
        backend: How to compute it; chosen by device and dtypes if not given.

    Returns:
        ``(B, L, D)`` in the dtype of ``hidden``.

    Raises:
        UnsupportedInput: If shapes, dtypes or devices do not fit, or Triton is wanted where it cannot run.
    """
    _check(hidden, branch, gate, scale, bias, eps=eps)
    if choose_backend(backend, hidden, branch, gate, scale, bias) is Backend.EAGER:
        return reference.gated_residual(hidden, branch, gate, scale, bias, eps=eps)
    fused: Tensor = FusedGatedResidual.apply(hidden, branch, gate, scale, bias, eps)  # type: ignore[no-untyped-call]
    return fused


class FusedGatedResidual(torch.autograd.Function):
    """The Triton kernels as a differentiable function."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch knows not what is kept
        hidden: Tensor,
        branch: Tensor,
        gate: Tensor,
        scale: Tensor,
        bias: Tensor,
        eps: float,
    ) -> Tensor:
        """Compute, and keep the inputs: norms are cheaper made again than read."""
        from kernels.gated_residual import kernel

        ctx.save_for_backward(branch, gate, scale)
        ctx.eps, ctx.bias_dtype = eps, bias.dtype
        with launching_for(branch):
            return kernel.forward(hidden, branch, gate, scale, bias, eps=eps)

    @staticmethod
    def backward(ctx: Any, grads: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401 - torch knows not what is kept
        """Gradients of all tensors."""
        from kernels.gated_residual import kernel

        branch, gate, scale = ctx.saved_tensors
        with launching_for(branch):
            branch_grads, gate_grads, scale_grads, bias_grads = kernel.backward(
                grads.contiguous(), branch, gate, scale, eps=ctx.eps
            )
        return (
            grads,
            branch_grads,
            gate_grads.to(gate.dtype),
            scale_grads.to(scale.dtype),
            bias_grads.to(ctx.bias_dtype),
            None,
        )


def _check(hidden: Tensor, branch: Tensor, gate: Tensor, scale: Tensor, bias: Tensor, *, eps: float) -> None:
    if hidden.ndim != 3 or hidden.shape != branch.shape or not hidden.shape[2]:
        raise UnsupportedInput(
            f"hidden and branch must both be (B, L, D), got {tuple(hidden.shape)} and {tuple(branch.shape)}"
        )
    batch, length, width = hidden.shape
    if gate.ndim != 3 or (gate.shape[0], gate.shape[2]) != (batch, width):
        raise UnsupportedInput(f"gate must be ({batch}, C, {width}), got {tuple(gate.shape)}")
    if not gate.shape[1] or length % gate.shape[1]:
        raise UnsupportedInput(
            f"the {length} tokens must be whole chunks, one per row of the gate, got {gate.shape[1]} rows: pad the last"
        )
    if scale.shape != (width,) or bias.shape != (width,):
        raise UnsupportedInput(f"scale and bias must be ({width},), got {tuple(scale.shape)} and {tuple(bias.shape)}")
    given = (hidden.dtype, branch.dtype, gate.dtype, scale.dtype, bias.dtype)
    if not all(kind.is_floating_point for kind in given) or scale.dtype != bias.dtype:
        raise UnsupportedInput(
            f"dtypes must be floating, those of scale and bias the same, got {given}: convert the tensors"
        )
    if not all(tensor.is_contiguous() for tensor in (hidden, branch, scale, bias)) or gate.stride(2) != 1:
        raise UnsupportedInput(
            f"hidden, branch, scale and bias must be contiguous, and the gate in its last axis, got strides "
            f"{hidden.stride()}, {branch.stride()}, {scale.stride()}, {bias.stride()} and {gate.stride()}: "
            f"call contiguous()"
        )
    if not eps > 0:
        raise UnsupportedInput(f"eps must be positive, got {eps}: norms of closed gates would divide by it")
