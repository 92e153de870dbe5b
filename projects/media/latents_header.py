"""Whether a file may be a second's latents, told by its first bytes; the worker that uses them checks the rest."""

import json
from math import prod

_LENGTH_BYTES, _MOST_HEADER_BYTES, _MOST_BYTES = 8, 100_000, 64 * 2**20
_FLOAT_BYTES = 4
_AXES = 5


def may_be_latents(data: bytes) -> bool:
    """A safetensors file with one tensor ``latents (1, C, t, h, w)`` of float32 that fills it exactly."""
    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    if not 2 <= length <= _MOST_HEADER_BYTES or not len(data) <= _MOST_BYTES:
        return False
    try:
        header = json.loads(data[_LENGTH_BYTES : _LENGTH_BYTES + length])
        only = {name: value for name, value in header.items() if name != "__metadata__"}
        shape, kind = only["latents"]["shape"], only["latents"]["dtype"]
        start, stop = only["latents"]["data_offsets"]
        bytes_of_shape = prod(int(side) for side in shape) * _FLOAT_BYTES
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    body = len(data) - _LENGTH_BYTES - length
    is_alone = set(only) == {"latents"} and len(shape) == _AXES and shape[0] == 1 and kind == "F32"
    return is_alone and (start, stop) == (0, body) and bytes_of_shape == body > 0
