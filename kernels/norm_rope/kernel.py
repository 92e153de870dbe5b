"""Layer norm over each head and rotary positions in one pass over memory, forward and backward.

A head is held in three parts: the channels that are turned, those they are turned with, and the rest; so no channel is
read twice. Arithmetic is float32. Sums over heads and over the batch are made by one program each, or in partial sums
that are added up in a fixed order, so every run gives the same bytes.
"""

import torch
import triton
from torch import Tensor
from triton import language as tl

FORWARD_TOKENS = 8
# Heads of a token that one program works on, so that its angles are read once for all of them.
FORWARD_HEADS = 8
BACKWARD_TOKENS = 4


@triton.jit
def _load(start, offsets, inside):
    return tl.load(start + offsets, mask=inside, other=0.0).to(tl.float32)


@triton.jit
def _normalise(first, second, rest, turn_inside, rest_inside, width, eps):
    """Values minus mean over deviation, zero outside, and one over the deviation."""
    mean = (tl.sum(first, 1) + tl.sum(second, 1) + tl.sum(rest, 1)) / width
    first = tl.where(turn_inside, first - mean[:, None], 0.0)
    second = tl.where(turn_inside, second - mean[:, None], 0.0)
    rest = tl.where(rest_inside, rest - mean[:, None], 0.0)
    variance = (tl.sum(first * first, 1) + tl.sum(second * second, 1) + tl.sum(rest * rest, 1)) / width
    rescale = (1.0 / tl.sqrt(variance + eps))[:, None]
    return first * rescale, second * rescale, rest * rescale, rescale


@triton.jit
def _forward(
    inputs, scale, bias, sin, cos, outputs, length, heads, width, turned, eps,
    TOKENS: tl.constexpr, HEADS: tl.constexpr, TURNED: tl.constexpr, REST: tl.constexpr,
):  # fmt: skip
    tokens = tl.program_id(0) * TOKENS + tl.arange(0, TOKENS)
    turn, rest = tl.arange(0, TURNED), tl.arange(0, REST)
    rest_width = width - 2 * turned
    turn_inside = (tokens < length)[:, None] & (turn < turned)[None, :]
    rest_inside = (tokens < length)[:, None] & (rest < rest_width)[None, :]
    angles = tokens[:, None] * turned + turn[None, :]
    sines, cosines = _load(sin, angles, turn_inside), _load(cos, angles, turn_inside)
    first_scale, first_bias = _load(scale, turn, turn < turned), _load(bias, turn, turn < turned)
    second_scale = _load(scale + turned, turn, turn < turned)
    second_bias = _load(bias + turned, turn, turn < turned)
    rest_scale = _load(scale + 2 * turned, rest, rest < rest_width)
    rest_bias = _load(bias + 2 * turned, rest, rest < rest_width)
    rows = (tl.program_id(1).to(tl.int64) * length + tokens) * heads
    first_head = tl.program_id(2) * HEADS
    for head in range(first_head, tl.minimum(first_head + HEADS, heads)):
        row = ((rows + head) * width)[:, None]
        turn_cells, rest_cells = row + turn[None, :], row + 2 * turned + rest[None, :]
        first = _load(inputs, turn_cells, turn_inside)
        second = _load(inputs + turned, turn_cells, turn_inside)
        others = _load(inputs, rest_cells, rest_inside)
        first, second, others, _ = _normalise(first, second, others, turn_inside, rest_inside, width, eps)
        first = first * first_scale[None, :] + first_bias[None, :]
        second = second * second_scale[None, :] + second_bias[None, :]
        others = others * rest_scale[None, :] + rest_bias[None, :]
        kind = outputs.dtype.element_ty
        tl.store(outputs + turn_cells, (first * cosines - second * sines).to(kind), mask=turn_inside)
        tl.store(outputs + turned + turn_cells, (first * sines + second * cosines).to(kind), mask=turn_inside)
        tl.store(outputs + rest_cells, others.to(kind), mask=rest_inside)


@triton.jit
def _backward(
    grads, inputs, scale, bias, sin, cos, input_grads, scale_grads, bias_grads, sin_grads, cos_grads,
    batch, length, heads, width, turned, eps, TOKENS: tl.constexpr, TURNED: tl.constexpr, REST: tl.constexpr,
):  # fmt: skip
    program = tl.program_id(0)
    tokens = program * TOKENS + tl.arange(0, TOKENS)
    turn, rest = tl.arange(0, TURNED), tl.arange(0, REST)
    rest_width = width - 2 * turned
    turn_inside = (tokens < length)[:, None] & (turn < turned)[None, :]
    rest_inside = (tokens < length)[:, None] & (rest < rest_width)[None, :]
    angles = tokens[:, None] * turned + turn[None, :]
    sines, cosines = _load(sin, angles, turn_inside), _load(cos, angles, turn_inside)
    first_scale, first_bias = _load(scale, turn, turn < turned), _load(bias, turn, turn < turned)
    second_scale = _load(scale + turned, turn, turn < turned)
    second_bias = _load(bias + turned, turn, turn < turned)
    rest_scale = _load(scale + 2 * turned, rest, rest < rest_width)
    sine_sums, cosine_sums = tl.zeros((TOKENS, TURNED), tl.float32), tl.zeros((TOKENS, TURNED), tl.float32)
    first_scale_sums, first_bias_sums = tl.zeros((TURNED,), tl.float32), tl.zeros((TURNED,), tl.float32)
    second_scale_sums, second_bias_sums = tl.zeros((TURNED,), tl.float32), tl.zeros((TURNED,), tl.float32)
    rest_scale_sums, rest_bias_sums = tl.zeros((REST,), tl.float32), tl.zeros((REST,), tl.float32)
    for index in range(batch * heads):
        element, head = index // heads, index % heads
        row = (((element.to(tl.int64) * length + tokens) * heads + head) * width)[:, None]
        turn_cells, rest_cells = row + turn[None, :], row + 2 * turned + rest[None, :]
        first = _load(inputs, turn_cells, turn_inside)
        second = _load(inputs + turned, turn_cells, turn_inside)
        others = _load(inputs, rest_cells, rest_inside)
        first, second, others, rescale = _normalise(first, second, others, turn_inside, rest_inside, width, eps)
        first_grad = _load(grads, turn_cells, turn_inside)
        second_grad = _load(grads + turned, turn_cells, turn_inside)
        rest_grad = _load(grads, rest_cells, rest_inside)
        # What was turned, for the angles' gradients.
        first_turned = first * first_scale[None, :] + first_bias[None, :]
        second_turned = second * second_scale[None, :] + second_bias[None, :]
        cosine_sums += first_grad * first_turned + second_grad * second_turned
        sine_sums += second_grad * first_turned - first_grad * second_turned
        # Turned back.
        first_grad, second_grad = (
            first_grad * cosines + second_grad * sines,
            second_grad * cosines - first_grad * sines,
        )
        first_scale_sums += tl.sum(first_grad * first, 0)
        second_scale_sums += tl.sum(second_grad * second, 0)
        rest_scale_sums += tl.sum(rest_grad * others, 0)
        first_bias_sums += tl.sum(first_grad, 0)
        second_bias_sums += tl.sum(second_grad, 0)
        rest_bias_sums += tl.sum(rest_grad, 0)
        first_grad *= first_scale[None, :]
        second_grad *= second_scale[None, :]
        rest_grad *= rest_scale[None, :]
        mean = ((tl.sum(first_grad, 1) + tl.sum(second_grad, 1) + tl.sum(rest_grad, 1)) / width)[:, None]
        along = tl.sum(first_grad * first, 1) + tl.sum(second_grad * second, 1) + tl.sum(rest_grad * others, 1)
        along = (along / width)[:, None]
        kind = input_grads.dtype.element_ty
        first_grad = rescale * (first_grad - mean - first * along)
        second_grad = rescale * (second_grad - mean - second * along)
        rest_grad = rescale * (rest_grad - mean - others * along)
        tl.store(input_grads + turn_cells, first_grad.to(kind), mask=turn_inside)
        tl.store(input_grads + turned + turn_cells, second_grad.to(kind), mask=turn_inside)
        tl.store(input_grads + rest_cells, rest_grad.to(kind), mask=rest_inside)
    tl.store(sin_grads + angles, sine_sums, mask=turn_inside)
    tl.store(cos_grads + angles, cosine_sums, mask=turn_inside)
    row = program * width
    tl.store(scale_grads + row + turn, first_scale_sums, mask=turn < turned)
    tl.store(scale_grads + row + turned + turn, second_scale_sums, mask=turn < turned)
    tl.store(scale_grads + row + 2 * turned + rest, rest_scale_sums, mask=rest < rest_width)
    tl.store(bias_grads + row + turn, first_bias_sums, mask=turn < turned)
    tl.store(bias_grads + row + turned + turn, second_bias_sums, mask=turn < turned)
    tl.store(bias_grads + row + 2 * turned + rest, rest_bias_sums, mask=rest < rest_width)


def _blocks(width: int, turned: int) -> dict[str, int]:
    return {"TURNED": triton.next_power_of_2(turned), "REST": triton.next_power_of_2(max(width - 2 * turned, 1))}


def forward(
    inputs: Tensor, scale: Tensor, bias: Tensor, sin: Tensor, cos: Tensor, *, eps: float, dtype: torch.dtype
) -> Tensor:
    """What the reference computes, in float32; all tensors contiguous."""
    batch, length, heads, width = inputs.shape
    outputs = torch.empty(inputs.shape, dtype=dtype, device=inputs.device)
    grid = (triton.cdiv(length, FORWARD_TOKENS), batch, triton.cdiv(heads, FORWARD_HEADS))
    _forward[grid](
        inputs, scale, bias, sin, cos, outputs, length, heads, width, sin.shape[1], eps,
        TOKENS=FORWARD_TOKENS, HEADS=FORWARD_HEADS, **_blocks(width, sin.shape[1]), num_warps=4,
    )  # fmt: skip
    return outputs


def backward(
    grads: Tensor, inputs: Tensor, scale: Tensor, bias: Tensor, sin: Tensor, cos: Tensor, *, eps: float
) -> tuple[Tensor, ...]:
    """Gradients of inputs, scale, bias, sin and cos, in their dtypes; all tensors contiguous."""
    batch, length, heads, width = inputs.shape
    programs = triton.cdiv(length, BACKWARD_TOKENS)
    input_grads = torch.empty_like(inputs)
    scale_grads, bias_grads = torch.empty(2, programs, width, dtype=torch.float32, device=inputs.device)
    sin_grads, cos_grads = torch.empty(2, *sin.shape, dtype=torch.float32, device=inputs.device)
    _backward[(programs,)](
        grads, inputs, scale, bias, sin, cos, input_grads, scale_grads, bias_grads, sin_grads, cos_grads,
        batch, length, heads, width, sin.shape[1], eps,
        TOKENS=BACKWARD_TOKENS, **_blocks(width, sin.shape[1]), num_warps=4,
    )  # fmt: skip
    return (
        input_grads,
        scale_grads.sum(0).to(scale.dtype),
        bias_grads.sum(0).to(bias.dtype),
        sin_grads.to(sin.dtype),
        cos_grads.to(cos.dtype),
    )
