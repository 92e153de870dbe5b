"""SwiGLU: one pass over memory where Triton can."""

from typing import Any

import torch
from torch import Tensor

from kernels.devices import Backend, choose_backend, launching_for
from kernels.errors import UnsupportedInput
from kernels.swiglu import reference


def swiglu(expanded: Tensor, *, backend: Backend | None = None) -> Tensor:
    """Multiply the second half of the channels by SiLU of the first, in at least float32. Differentiable.

    Args:
        expanded: ``(..., 2 * F)``, contiguous.
        backend: How to compute it; chosen by device and dtype if not given.

    Returns:
        ``(..., F)`` in the same dtype, rounded once.

    Raises:
        UnsupportedInput: If the shape, layout or dtype does not fit, or Triton is wanted where it cannot run.
    """
    if not expanded.ndim or not expanded.shape[-1] or expanded.shape[-1] % 2:
        raise UnsupportedInput(f"the last axis must be even: gates, then values; got {tuple(expanded.shape)}")
    if not expanded.dtype.is_floating_point:
        raise UnsupportedInput(f"the dtype must be floating, got {expanded.dtype}: convert the tensor")
    if not expanded.is_contiguous():
        raise UnsupportedInput(f"the tensor must be contiguous, got strides {expanded.stride()}: call contiguous()")
    if choose_backend(backend, expanded) is Backend.EAGER:
        return reference.swiglu(expanded)
    fused: Tensor = FusedSwiGLU.apply(expanded)  # type: ignore[no-untyped-call]
    return fused


class FusedSwiGLU(torch.autograd.Function):
    """The Triton kernels as a differentiable function."""

    @staticmethod
    def forward(ctx: Any, expanded: Tensor) -> Tensor:  # noqa: ANN401 - torch knows not what is kept
        """Compute, and keep the input."""
        from kernels.swiglu import kernel

        ctx.save_for_backward(expanded)
        with launching_for(expanded):
            return kernel.forward(expanded)

    @staticmethod
    def backward(ctx: Any, grads: Tensor) -> Tensor:  # noqa: ANN401 - torch knows not what is kept
        """The gradient of the input."""
        from kernels.swiglu import kernel

        (expanded,) = ctx.saved_tensors
        with launching_for(expanded):
            return kernel.backward(grads.contiguous(), expanded)
