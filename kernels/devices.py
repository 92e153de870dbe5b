"""Which way an operation runs: fused by Triton where a GPU and its inputs allow it, plain PyTorch elsewhere."""

import importlib.util
import logging
from contextlib import AbstractContextManager
from enum import StrEnum
from functools import cache

import torch
from torch import Tensor

from kernels.errors import UnsupportedInput

logger = logging.getLogger(__name__)

# Ampere is the first with bfloat16.
TRITON_CAPABILITY = (8, 0)
TRITON_DTYPES = (torch.float32, torch.float16, torch.bfloat16)


class Backend(StrEnum):
    """How an operation is computed."""

    # The reference, op by op: any device, any floating dtype.
    EAGER = "eager"
    TRITON = "triton"


def choose_backend(wanted: Backend | None, *tensors: Tensor) -> Backend:
    """Decide how to compute something of these tensors.

    Args:
        wanted: What the caller insists on; if ``None``, Triton where it can and the reference elsewhere, also while
            ``torch.compile`` looks on, which fuses the reference itself.
        tensors: All that the kernel would read.

    Raises:
        UnsupportedInput: If tensors lie on several devices, or Triton is wanted where it cannot run.
    """
    devices = {tensor.device for tensor in tensors}
    if len(devices) > 1:
        names = sorted(map(str, devices))
        raise UnsupportedInput(f"all tensors must be on one device, got {', '.join(names)}: move them together")
    if wanted is Backend.EAGER:
        return Backend.EAGER
    hindrance = "torch.compile is fusing them" if torch.compiler.is_compiling() else why_not_triton(*tensors)
    if hindrance is None:
        return Backend.TRITON
    if wanted is Backend.TRITON:
        raise UnsupportedInput(f"Triton must be able to take the tensors, but {hindrance}: ask for backend=None")
    return Backend.EAGER


def launching_for(tensor: Tensor) -> AbstractContextManager[object]:
    """A context in which kernels are launched on the tensor's GPU: Triton takes the current one."""
    device: AbstractContextManager[object] = torch.cuda.device_of(tensor)  # type: ignore[no-untyped-call]
    return device


def why_not_triton(*tensors: Tensor) -> str | None:
    """What keeps Triton from taking tensors of one device; ``None`` if nothing does."""
    device = tensors[0].device
    if device.type != "cuda":
        return f"they are on {device}"
    capability = torch.cuda.get_device_capability(device)
    if capability < TRITON_CAPABILITY:
        return f"{device} has capability {capability[0]}.{capability[1]} and 8.0 is needed"
    strange = {tensor.dtype for tensor in tensors} - set(TRITON_DTYPES)
    if strange:
        return f"some are {', '.join(sorted(map(str, strange)))}"
    return None if _has_triton() else "Triton is not installed"


@cache
def _has_triton() -> bool:
    found = importlib.util.find_spec("triton") is not None
    if not found:
        # Once per process: this costs speed, not precision.
        logger.warning("Triton is not installed: layers run op by op on the GPU, and attention in blocks")
    return found
