"""Where bfloat16 makes training faster."""

from contextlib import AbstractContextManager

import torch

from generation.model.precision import operand_dtype


def bfloat16_where_native(device: torch.device, *, wanted: bool) -> AbstractContextManager[None]:
    """Multiply matrices in bfloat16 inside this context, if the device does so natively; weights stay float32.

    Args:
        device: Where the training runs.
        wanted: False trains in float32 everywhere.
    """
    native = operand_dtype(torch.empty(0, dtype=torch.bfloat16, device=device)) == torch.bfloat16
    return torch.autocast(device.type, torch.bfloat16, enabled=wanted and native)
