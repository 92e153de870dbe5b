"""SwiGLU in one pass over memory, forward and backward."""

import torch
import triton
from torch import Tensor
from triton import language as tl

BLOCK = 1024


@triton.jit
def _cells(width, BLOCK: tl.constexpr):
    """Where a program's gates and results lie, and which of them exist."""
    blocks = tl.cdiv(width, BLOCK)
    row = (tl.program_id(0) // blocks).to(tl.int64)
    channels = tl.program_id(0) % blocks * BLOCK + tl.arange(0, BLOCK)
    return row * 2 * width + channels, row * width + channels, channels < width


@triton.jit
def _forward(expanded, outputs, width, BLOCK: tl.constexpr):
    cells, results, inside = _cells(width, BLOCK)
    gate = tl.load(expanded + cells, mask=inside, other=0.0).to(tl.float32)
    value = tl.load(expanded + cells + width, mask=inside, other=0.0).to(tl.float32)
    gated = gate / (1.0 + tl.exp(-gate)) * value
    tl.store(outputs + results, gated.to(outputs.dtype.element_ty), mask=inside)


@triton.jit
def _backward(grads, expanded, expanded_grads, width, BLOCK: tl.constexpr):
    cells, results, inside = _cells(width, BLOCK)
    gate = tl.load(expanded + cells, mask=inside, other=0.0).to(tl.float32)
    value = tl.load(expanded + cells + width, mask=inside, other=0.0).to(tl.float32)
    grad = tl.load(grads + results, mask=inside, other=0.0).to(tl.float32)
    share = 1.0 / (1.0 + tl.exp(-gate))
    kind = expanded_grads.dtype.element_ty
    gate_grad = grad * value * share * (1.0 + gate * (1.0 - share))
    tl.store(expanded_grads + cells, gate_grad.to(kind), mask=inside)
    tl.store(expanded_grads + cells + width, (grad * gate * share).to(kind), mask=inside)


def _grid(expanded: Tensor) -> tuple[int]:
    width = expanded.shape[-1] // 2
    return (expanded.numel() // (2 * width) * triton.cdiv(width, BLOCK),)


def forward(expanded: Tensor) -> Tensor:
    """What the reference computes, in float32; contiguous."""
    width = expanded.shape[-1] // 2
    outputs = torch.empty(*expanded.shape[:-1], width, dtype=expanded.dtype, device=expanded.device)
    _forward[_grid(expanded)](expanded, outputs, width, BLOCK=BLOCK, num_warps=4)
    return outputs


def backward(grads: Tensor, expanded: Tensor) -> Tensor:
    """Gradients of the expanded channels; both contiguous."""
    expanded_grads = torch.empty_like(expanded)
    _backward[_grid(expanded)](grads, expanded, expanded_grads, expanded.shape[-1] // 2, BLOCK=BLOCK, num_warps=4)
    return expanded_grads
