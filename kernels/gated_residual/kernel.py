"""Gate, layer norm and residual sum in one pass over memory, forward and backward.

One program holds a token whole. In the backward a program walks a few tokens of one chunk, so that the sums over
tokens (of the gate, the scale and the bias) are partial sums that are added up in a fixed order: every run gives the
same bytes.
"""

import torch
import triton
from torch import Tensor
from triton import language as tl

# Tokens per program of the backward: more make fewer partial sums to add up, fewer make more programs.
BACKWARD_TOKENS = 16
# Above so many channels a program has 512 threads instead of 256: a token in the forward, and the backward's sums.
FORWARD_WIDE, BACKWARD_WIDE = 4096, 2048


@triton.jit
def _load(start, offsets, inside):
    return tl.load(start + offsets, mask=inside, other=0.0).to(tl.float32)


@triton.jit
def _normalise(values, inside, width, eps):
    values = tl.where(inside, values - tl.sum(values, 0) / width, 0.0)
    rescale = 1.0 / tl.sqrt(tl.sum(values * values, 0) / width + eps)
    return values * rescale, rescale


@triton.jit
def _forward(
    hidden, branch, gate, scale, bias, outputs, chunks, chunk_tokens, width, gate_batch_stride, gate_chunk_stride, eps,
    WIDTH: tl.constexpr,
):  # fmt: skip
    token = tl.program_id(0).to(tl.int64)
    chunk = token // chunk_tokens
    channels = tl.arange(0, WIDTH)
    inside = channels < width
    gate_row = chunk // chunks * gate_batch_stride + chunk % chunks * gate_chunk_stride
    cells = token * width + channels
    gated = _load(branch, cells, inside) * _load(gate + gate_row, channels, inside)
    normed, _ = _normalise(gated, inside, width, eps)
    normed = normed * _load(scale, channels, inside) + _load(bias, channels, inside)
    sums = _load(hidden, cells, inside) + normed
    tl.store(outputs + cells, sums.to(outputs.dtype.element_ty), mask=inside)


@triton.jit
def _backward(
    grads, branch, gate, scale, branch_grads, gate_sums, scale_sums, bias_sums,
    chunks, chunk_tokens, parts, width, gate_batch_stride, gate_chunk_stride, eps,
    TOKENS: tl.constexpr, WIDTH: tl.constexpr,
):  # fmt: skip
    program = tl.program_id(0).to(tl.int64)
    chunk, part = program // parts, program % parts
    channels = tl.arange(0, WIDTH)
    inside = channels < width
    gate_row = chunk // chunks * gate_batch_stride + chunk % chunks * gate_chunk_stride
    gate_sum = tl.zeros((WIDTH,), tl.float32)
    scale_sum = tl.zeros((WIDTH,), tl.float32)
    bias_sum = tl.zeros((WIDTH,), tl.float32)
    first = part * TOKENS
    for index in range(first, tl.minimum(first + TOKENS, chunk_tokens)):
        cells = (chunk * chunk_tokens + index) * width + channels
        values, grad = _load(branch, cells, inside), _load(grads, cells, inside)
        # Read again for every token, from a near cache: kept, they would take registers that the sums need.
        gates, scales = _load(gate + gate_row, channels, inside), _load(scale, channels, inside)
        normed, rescale = _normalise(values * gates, inside, width, eps)
        scale_sum += grad * normed
        bias_sum += grad
        grad *= scales
        mean = tl.sum(grad, 0) / width
        along = tl.sum(grad * normed, 0) / width
        grad = tl.where(inside, rescale * (grad - mean - normed * along), 0.0)
        gate_sum += grad * values
        tl.store(branch_grads + cells, (grad * gates).to(branch_grads.dtype.element_ty), mask=inside)
    tl.store(gate_sums + program * width + channels, gate_sum, mask=inside)
    tl.store(scale_sums + program * width + channels, scale_sum, mask=inside)
    tl.store(bias_sums + program * width + channels, bias_sum, mask=inside)


def _sizes(width: int, wide: int) -> dict[str, int]:
    return {"WIDTH": triton.next_power_of_2(width), "num_warps": 16 if width > wide else 8}


def forward(hidden: Tensor, branch: Tensor, gate: Tensor, scale: Tensor, bias: Tensor, *, eps: float) -> Tensor:
    """What the reference computes, in float32; all but the gate contiguous, whose last axis must be."""
    batch, length, width = hidden.shape
    outputs = torch.empty_like(hidden)
    _forward[(batch * length,)](
        hidden, branch, gate, scale, bias, outputs, gate.shape[1], length // gate.shape[1], width,
        gate.stride(0), gate.stride(1), eps, **_sizes(width, FORWARD_WIDE),
    )  # fmt: skip
    return outputs


def backward(
    grads: Tensor, branch: Tensor, gate: Tensor, scale: Tensor, *, eps: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gradients of branch, gate, scale and bias in float32, the branch's in its dtype; hidden's are ``grads``."""
    batch, length, width = branch.shape
    chunks = gate.shape[1]
    parts = triton.cdiv(length // chunks, BACKWARD_TOKENS)
    branch_grads = torch.empty_like(branch)
    shape = (batch, chunks, parts, width)
    gate_sums, scale_sums, bias_sums = torch.empty(3, *shape, dtype=torch.float32, device=branch.device)
    _backward[(batch * chunks * parts,)](
        grads, branch, gate, scale, branch_grads, gate_sums, scale_sums, bias_sums,
        chunks, length // chunks, parts, width, gate.stride(0), gate.stride(1), eps,
        TOKENS=BACKWARD_TOKENS, **_sizes(width, BACKWARD_WIDE),
    )  # fmt: skip
    return branch_grads, gate_sums.sum(2), scale_sums.sum((0, 1, 2)), bias_sums.sum((0, 1, 2))
