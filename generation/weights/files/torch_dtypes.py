"""Our names of element types and torch's."""

import torch

from generation.errors import WeightsError
from generation.weights.files.dtypes import NAMES

_TORCH = {
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float64": torch.float64,
    "float8_e4m3fn": torch.float8_e4m3fn,
}


def torch_dtype(name: str) -> torch.dtype:
    """The torch dtype of one of our names.

    Raises:
        WeightsError: If weights cannot have it.
    """
    if name not in _TORCH:
        raise WeightsError(f"an element type must be one of {', '.join(NAMES.values())}, got {name!r}")
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
