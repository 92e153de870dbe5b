"""Element types: the codes in safetensors headers, our names for them, and which may become which."""

from collections.abc import Mapping
from types import MappingProxyType

import torch

from generation.errors import WeightsError

# Bits per element of every code of the format; a code that is not here is refused.
BITS: Mapping[str, int] = MappingProxyType(
    {
        "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
        "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64,
    }
)  # fmt: skip

# The types a model's tensors can have. Everything else in a file is refused by name.
NAMES: Mapping[str, str] = MappingProxyType(
    {"F32": "float32", "F16": "float16", "BF16": "bfloat16", "F64": "float64", "F8_E4M3": "float8_e4m3fn"}
)
_TORCH: Mapping[str, torch.dtype] = MappingProxyType(
    {
        "float32": torch.float32,
        "float16": torch.float16,
        "bfloat16": torch.bfloat16,
        "float64": torch.float64,
        "float8_e4m3fn": torch.float8_e4m3fn,
    }
)
_FP8 = "float8_e4m3fn"


def torch_dtype(name: str) -> torch.dtype:
    """The torch dtype of one of our names.

    Raises:
        WeightsError: If there is no such element type for weights.
    """
    if name not in _TORCH:
        raise WeightsError(f"an element type must be one of {', '.join(_TORCH)}, got {name!r}")
    return _TORCH[name]


def dtype_name(dtype: torch.dtype) -> str:
    """Our name of a torch dtype.

    Raises:
        WeightsError: If weights cannot have it.
    """
    for name, known in _TORCH.items():
        if known == dtype:
            return name
    raise WeightsError(f"weights must have one of the types {', '.join(_TORCH)}, got {dtype}")


def cast_problem(stored: str, wanted: str) -> str:
    """Why a stored element type cannot become the wanted one; empty if it can.

    Args:
        stored: A code of the format, as ``"BF16"``.
        wanted: One of our names, as ``"float32"``.
    """
    name = NAMES.get(stored)
    if name is None:
        return f"is stored as {stored}, which no model tensor has"
    if (name == _FP8) != (wanted == _FP8):
        # An e4m3 value means nothing without its scales, and rounding to e4m3 without them loses the weights.
        return (
            f"is stored as {name} but must be {wanted}: fp8 is never converted; the model and the files differ in fp8"
        )
    return ""
