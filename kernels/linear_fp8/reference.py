"""e4m3 linears step by step in float32: MAGI's with static scales, and ours with a scale per row."""

import torch
from torch import Tensor

# Largest finite value of e4m3.
E4M3_MAX = 448.0
# The smallest scale, so that rows of zeros are divided by something.
LEAST_SCALE = torch.finfo(torch.float32).tiny


def quantise(inputs: Tensor, divisor: Tensor) -> Tensor:
    """Divide, clamp, round to bfloat16 and only then to e4m3, as the released kernels do.

    Args:
        inputs: ``(..., features)``.
        divisor: ``(features,)`` float32, one per input channel.

    Returns:
        ``(..., features)`` float8_e4m3fn.
    """
    scaled = (inputs.float() / divisor).clamp(-E4M3_MAX, E4M3_MAX)
    return scaled.to(torch.bfloat16).to(torch.float8_e4m3fn)


def quantise_rows(inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Scale each row so that its largest value is e4m3's largest, and round.

    Args:
        inputs: ``(..., features)``.

    Returns:
        ``(..., features)`` float8_e4m3fn, and what each row is multiplied by to get its values back, ``(...)`` float32.
    """
    values = inputs.float()
    scales = (values.abs().amax(dim=-1) / E4M3_MAX).clamp_min(LEAST_SCALE)
    scaled = (values / scales[..., None]).clamp(-E4M3_MAX, E4M3_MAX)
    return scaled.to(torch.float8_e4m3fn), scales


def linear_fp8(inputs: Tensor, weight: Tensor, *, divisor: Tensor, input_scale: Tensor, weight_scale: Tensor) -> Tensor:
    """Multiply quantised activations by e4m3 weights.

    Args:
        inputs: ``(..., features)``.
        weight: ``(outputs, features)`` float8_e4m3fn.
        divisor: ``(features,)`` float32: what each channel is divided by before rounding; with smoothing it holds
            the smoothing as well, which the weights were multiplied by.
        input_scale: ``()`` float32, multiplied back.
        weight_scale: ``()`` float32, multiplied back.

    Returns:
        ``(..., outputs)`` bfloat16.

    Source:
        MAGI-1's per-tensor and smoothed e4m3 linears, as emulated on CPU: float32 products and sums.
    """
    sums = quantise(inputs, divisor).float() @ weight.float().T
    # One factor, as a matrix kernel applies it: two would round twice.
    return (sums * (input_scale * weight_scale)).to(torch.bfloat16)


def linear_fp8_rows(inputs: Tensor, weight: Tensor, *, weight_scales: Tensor) -> Tensor:
    """Multiply activations that are quantised row by row, as they come, by e4m3 weights.

    Args:
        inputs: ``(..., features)``.
        weight: ``(outputs, features)`` float8_e4m3fn, rows quantised by :func:`quantise_rows`.
        weight_scales: ``(outputs,)`` float32, multiplied back.

    Returns:
        ``(..., outputs)`` bfloat16.
    """
    values, scales = quantise_rows(inputs)
    sums = values.float() @ weight.float().T
    return (sums * scales[..., None] * weight_scales).to(torch.bfloat16)
