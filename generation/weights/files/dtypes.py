"""Element types: the codes in safetensors headers, our names for them, and which may become which. No torch."""

from collections.abc import Mapping
from types import MappingProxyType

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
_FP8 = "float8_e4m3fn"


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
