"""MAGI's static e4m3 linear: on the tensor cores where they know e4m3, emulated exactly elsewhere."""

import torch
from torch import Tensor

from kernels.errors import UnsupportedInput
from kernels.linear_fp8 import reference
from kernels.linear_fp8.reference import quantise

# Ada and Hopper are the first with e4m3 tensor cores.
E4M3_CAPABILITY = (8, 9)


def linear_fp8(inputs: Tensor, weight: Tensor, *, divisor: Tensor, input_scale: Tensor, weight_scale: Tensor) -> Tensor:
    """Multiply quantised activations by e4m3 weights.

    Args:
        inputs: ``(..., features)``.
        weight: ``(outputs, features)`` float8_e4m3fn, or those values widened to float32, which saves doing so
            in every call.
        divisor: ``(features,)`` float32: what each channel is divided by before rounding.
        input_scale: ``()`` float32, multiplied back.
        weight_scale: ``()`` float32, multiplied back.

    Returns:
        ``(..., outputs)`` bfloat16.

    Raises:
        UnsupportedInput: If the weight is not e4m3 or the widths do not fit.
    """
    if weight.dtype not in (torch.float8_e4m3fn, torch.float32):
        raise UnsupportedInput(f"weight must be float8_e4m3fn or widened to float32, got {weight.dtype}")
    if weight.ndim != 2 or inputs.shape[-1] != weight.shape[1]:
        raise UnsupportedInput(
            f"inputs must have the weight's {weight.shape[-1]} features, got {tuple(inputs.shape)} for a weight of "
            f"{tuple(weight.shape)}"
        )
    hardware = weight.dtype == torch.float8_e4m3fn and has_e4m3_matmul(inputs.device)
    if not hardware or weight.shape[0] % 16 or weight.shape[1] % 16:
        return reference.linear_fp8(inputs, weight, divisor=divisor, input_scale=input_scale, weight_scale=weight_scale)
    rows = quantise(inputs, divisor).flatten(0, -2)
    # The accumulator is float32 without fast accumulation, so only the order of sums differs from the emulation.
    products = torch._scaled_mm(  # noqa: SLF001 - torch's only e4m3 matmul
        rows, weight.T, scale_a=input_scale, scale_b=weight_scale, out_dtype=torch.bfloat16, use_fast_accum=False
    )
    return products.view(*inputs.shape[:-1], weight.shape[0])


def has_e4m3_matmul(device: torch.device) -> bool:
    """Whether a device multiplies e4m3 matrices in hardware."""
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= E4M3_CAPABILITY
