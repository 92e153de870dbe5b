"""e4m3 linears: on the tensor cores where they know e4m3, emulated exactly elsewhere.

MAGI's, whose scales are static, and ours for weights that came without any: a scale per row, made as rows come.
"""

import torch
from torch import Tensor

from kernels.devices import Backend, choose_backend, launching_for
from kernels.errors import UnsupportedInput
from kernels.linear_fp8 import reference

# Ada and Hopper are the first with e4m3 tensor cores.
E4M3_CAPABILITY = (8, 9)
# e4m3 as it is, or its values widened once for many calls.
WEIGHT_DTYPES = (torch.float8_e4m3fn, torch.float32)


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
        UnsupportedInput: If the weight is not e4m3, or widths, dtypes or devices do not fit.
    """
    _check(inputs, weight)
    for name, scale, shape in (
        ("divisor", divisor, weight.shape[1:]),
        ("input_scale", input_scale, ()),
        ("weight_scale", weight_scale, ()),
    ):
        _check_scale(name, scale, weight, shape)
    if not _fits_tensor_cores(weight):
        return reference.linear_fp8(inputs, weight, divisor=divisor, input_scale=input_scale, weight_scale=weight_scale)
    rows = quantise(inputs, divisor).flatten(0, -2)
    # The accumulator is float32 without fast accumulation, so only the order of sums differs from the emulation.
    products = torch._scaled_mm(  # noqa: SLF001 - torch's only e4m3 matmul
        rows, weight.T, scale_a=input_scale, scale_b=weight_scale, out_dtype=torch.bfloat16, use_fast_accum=False
    )
    return products.view(*inputs.shape[:-1], weight.shape[0])


def linear_fp8_rows(inputs: Tensor, weight: Tensor, *, weight_scales: Tensor) -> Tensor:
    """Multiply activations that are quantised row by row, as they come, by e4m3 weights.

    Args:
        inputs: ``(..., features)``.
        weight: ``(outputs, features)`` float8_e4m3fn from :func:`quantise_rows`, or those values widened to float32.
        weight_scales: ``(outputs,)`` float32, from there too.

    Returns:
        ``(..., outputs)`` bfloat16.

    Raises:
        UnsupportedInput: If the weight is not e4m3, or widths, dtypes or devices do not fit.
    """
    _check(inputs, weight)
    _check_scale("weight_scales", weight_scales, weight, weight.shape[:1])
    if not _fits_tensor_cores(weight):
        return reference.linear_fp8_rows(inputs, weight, weight_scales=weight_scales)
    values, scales = quantise_rows(inputs)
    products = torch._scaled_mm(  # noqa: SLF001 - torch's only e4m3 matmul
        values.flatten(0, -2),
        weight.T,
        scale_a=scales.view(-1, 1),
        scale_b=weight_scales.view(1, -1),
        out_dtype=torch.bfloat16,
        use_fast_accum=False,
    )
    return products.view(*inputs.shape[:-1], weight.shape[0])


def quantise(inputs: Tensor, divisor: Tensor) -> Tensor:
    """Divide, clamp, round to bfloat16 and then to e4m3: the reference's bits on any device.

    Args:
        inputs: ``(..., features)``.
        divisor: ``(features,)`` float32, one per input channel.

    Returns:
        ``(..., features)`` float8_e4m3fn.
    """
    if choose_backend(None, inputs, divisor) is Backend.EAGER:
        return reference.quantise(inputs, divisor)
    from kernels.linear_fp8 import kernel

    with launching_for(inputs):
        return kernel.quantise(inputs.contiguous(), divisor.contiguous())


def quantise_rows(inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Scale each row so that its largest value is e4m3's largest, and round: the reference's bits on any device.

    Args:
        inputs: ``(..., features)``, at least one; activations or weights.

    Returns:
        ``(..., features)`` float8_e4m3fn, and what each row is multiplied by to get its values back, ``(...)`` float32.

    Raises:
        UnsupportedInput: If there is no row, or the dtype is not floating.
    """
    if not inputs.ndim or not inputs.shape[-1] or not inputs.dtype.is_floating_point:
        raise UnsupportedInput(f"rows of floating numbers are quantised, got {tuple(inputs.shape)} {inputs.dtype}")
    if choose_backend(None, inputs) is Backend.EAGER:
        return reference.quantise_rows(inputs)
    from kernels.linear_fp8 import kernel

    with launching_for(inputs):
        return kernel.quantise_rows(inputs.contiguous())


def has_e4m3_matmul(device: torch.device) -> bool:
    """Whether a device multiplies e4m3 matrices in hardware."""
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= E4M3_CAPABILITY


def _fits_tensor_cores(weight: Tensor) -> bool:
    if weight.dtype != torch.float8_e4m3fn or not has_e4m3_matmul(weight.device):
        return False
    # They read 16 bytes at a time.
    return not weight.shape[0] % 16 and not weight.shape[1] % 16


def _check(inputs: Tensor, weight: Tensor) -> None:
    if weight.dtype not in WEIGHT_DTYPES:
        raise UnsupportedInput(f"weight must be float8_e4m3fn or widened to float32, got {weight.dtype}")
    if not inputs.dtype.is_floating_point:
        raise UnsupportedInput(f"inputs must be floating, got {inputs.dtype}: convert them")
    if not inputs.ndim or weight.ndim != 2 or inputs.shape[-1] != weight.shape[1]:
        raise UnsupportedInput(
            f"inputs must have the weight's {weight.shape[-1]} features, got {tuple(inputs.shape)} for a weight of "
            f"{tuple(weight.shape)}"
        )
    if not weight.is_contiguous():
        raise UnsupportedInput(f"weight must be contiguous, got strides {weight.stride()}: call contiguous()")
    if inputs.device != weight.device:
        raise UnsupportedInput(
            f"inputs and weight must be on one device, got {inputs.device} and {weight.device}: move one"
        )


def _check_scale(name: str, scale: Tensor, weight: Tensor, shape: tuple[int, ...]) -> None:
    if scale.dtype != torch.float32 or scale.shape != shape or scale.device != weight.device:
        raise UnsupportedInput(
            f"{name} must be {tuple(shape)} float32 on {weight.device}, got {tuple(scale.shape)} {scale.dtype} on "
            f"{scale.device}"
        )
