"""Rounding activations to e4m3 in one pass over memory: with static divisors, or with a scale per row.

Codes are made with float32 and integer arithmetic, not by a conversion: Triton's interpreter rounds ties and carries
wrongly there, and GPUs before e4m3 have none. So the same code gives the same bits everywhere.
"""

import torch
import triton
from torch import Tensor
from triton import language as tl

E4M3_MAX = tl.constexpr(448.0)
LEAST_SCALE = tl.constexpr(float(torch.finfo(torch.float32).tiny))
# Adding and taking away 1.5 * 2**23 rounds a float32 to an integer, ties to even.
TO_INTEGER = tl.constexpr(12582912.0)
STATIC_BLOCK = 1024


@triton.jit
def _store_e4m3(codes, values, inside):
    """Round values of at most 448, give or take a rounding of float32."""
    power = (values.to(tl.int32, bitcast=True) & 0x7F800000).to(tl.float32, bitcast=True)
    # Three bits of mantissa; below 2**-6 all numbers are as far apart as there.
    spacing = tl.maximum(power * 0.125, 0.001953125)
    size = tl.abs((values / spacing + TO_INTEGER) - TO_INTEGER) * spacing
    normal = (size.to(tl.int32, bitcast=True) >> 20) - 120 * 8
    code = tl.where(size < 0.015625, (size * 512.0).to(tl.int32), normal)
    code = tl.where(values == values, code, 0x7F)
    sign = (values.to(tl.int32, bitcast=True) >> 24) & 0x80
    tl.store(codes, (code | sign).to(tl.uint8), mask=inside)


@triton.jit
def _to_bfloat16(values):
    """Round to the nearest bfloat16, ties to even, and stay float32; NaN stays NaN."""
    bits = values.to(tl.int32, bitcast=True)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) & -65536).to(tl.float32, bitcast=True)
    return tl.where(values == values, rounded, values)


@triton.jit
def _quantise(inputs, divisor, codes, width, BLOCK: tl.constexpr):
    blocks = tl.cdiv(width, BLOCK)
    row = (tl.program_id(0) // blocks).to(tl.int64)
    channels = tl.program_id(0) % blocks * BLOCK + tl.arange(0, BLOCK)
    inside = channels < width
    values = tl.load(inputs + row * width + channels, mask=inside, other=0.0).to(tl.float32)
    values = tl.div_rn(values, tl.load(divisor + channels, mask=inside, other=1.0))
    # Not a minimum and a maximum, which would make numbers of NaN.
    values = tl.where(values > E4M3_MAX, E4M3_MAX, tl.where(values < -E4M3_MAX, -E4M3_MAX, values))
    _store_e4m3(codes + row * width + channels, _to_bfloat16(values), inside)


@triton.jit
def _quantise_rows(inputs, codes, scales, width, WIDTH: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    channels = tl.arange(0, WIDTH)
    inside = channels < width
    values = tl.load(inputs + row * width + channels, mask=inside, other=0.0).to(tl.float32)
    scale = tl.maximum(tl.div_rn(tl.max(tl.abs(values), 0), E4M3_MAX), LEAST_SCALE)
    tl.store(scales + row, scale)
    _store_e4m3(codes + row * width + channels, tl.div_rn(values, scale), inside)


def quantise(inputs: Tensor, divisor: Tensor) -> Tensor:
    """What the reference computes, bit for bit; contiguous tensors, float32 divisors."""
    width = inputs.shape[-1]
    outputs = torch.empty(inputs.shape, dtype=torch.float8_e4m3fn, device=inputs.device)
    grid = (inputs.numel() // width * triton.cdiv(width, STATIC_BLOCK),)
    _quantise[grid](inputs, divisor, outputs.view(torch.uint8), width, BLOCK=STATIC_BLOCK, num_warps=4)
    return outputs


def quantise_rows(inputs: Tensor) -> tuple[Tensor, Tensor]:
    """What the reference computes, bit for bit, NaN's scales apart; contiguous."""
    width = inputs.shape[-1]
    outputs = torch.empty(inputs.shape, dtype=torch.float8_e4m3fn, device=inputs.device)
    scales = torch.empty(inputs.shape[:-1], dtype=torch.float32, device=inputs.device)
    block = triton.next_power_of_2(width)
    warps = max(1, min(16, block // 512))
    _quantise_rows[(scales.numel(),)](inputs, outputs.view(torch.uint8), scales, width, WIDTH=block, num_warps=warps)
    return outputs, scales
