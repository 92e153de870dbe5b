"""The header of a safetensors file, checked in full before any of it is believed.

A file is eight bytes of header length, a JSON header, and the tensors' bytes back to back. Hostile or damaged headers
claim gigabytes, negative sizes or overlapping tensors; here every claim is checked against the others and against the
file's size, so that what follows reads exactly what is there. Nothing is ever unpickled.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from generation.errors import WeightsError
from generation.weights.files.dtypes import BITS

LARGEST_HEADER = 100_000_000
_LENGTH_BYTES = 8
_LARGEST_SIDE = 2**48
_MOST_AXES = 8
_MOST_PROBLEMS = 20


class Readable(Protocol):
    """What bytes come from: an open file or a decompressor."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer as far as possible; 0 at the end."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredTensor:
    """One tensor of a file; its bytes are [start, stop), counted from the end of the header."""

    name: str
    # The format's code, as "BF16".
    code: str
    shape: tuple[int, ...]
    start: int
    stop: int

    @property
    def num_bytes(self) -> int:
        """How long it is."""
        return self.stop - self.start


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What a file holds, in the order of its bytes; consistent in itself."""

    tensors: tuple[StoredTensor, ...]
    metadata: Mapping[str, str]
    # Where the tensors begin in the file.
    data_start: int

    @property
    def file_bytes(self) -> int:
        """How long the whole file must be."""
        return self.data_start + (self.tensors[-1].stop if self.tensors else 0)


def read_exactly(stream: Readable, target: memoryview, *, source: str) -> None:
    """Fill ``target``.

    Raises:
        WeightsError: If the stream ends before.
    """
    filled = 0
    while filled < len(target):
        count = stream.readinto(target[filled:])
        if not count:
            raise WeightsError(
                f"{source} is cut short: {filled} of the next {len(target)} bytes are there; fetch it again"
            )
        filled += count


def pickle_reason(first: bytes) -> str:
    """Why bytes at the start of a file look pickled; empty if they do not."""
    if first.startswith(b"PK"):
        return "a zip archive, as torch.save writes"
    if len(first) >= 2 and first[0] == 0x80 and first[1] <= 5:
        return "a pickle"
    return ""


def _header_length(first: bytes, file_bytes: int | None, source: str) -> int:
    length = int.from_bytes(first[:_LENGTH_BYTES], "little")
    # Checked first: a header length can by chance begin like a pickle, but then a brace follows it.
    begins_like_header = len(first) > _LENGTH_BYTES and first[_LENGTH_BYTES : _LENGTH_BYTES + 1] == b"{"
    if not begins_like_header or length > LARGEST_HEADER:
        if reason := pickle_reason(first):
            raise WeightsError(
                f"{source} is {reason}: such files can run code and are never opened; convert it to safetensors"
            )
        if begins_like_header:
            raise WeightsError(
                f"{source} claims a header of {length} bytes, at most {LARGEST_HEADER} are allowed; fetch it again"
            )
        raise WeightsError(f"{source} is not a safetensors file: no header follows its first 8 bytes")
    if length < 2 or (file_bytes is not None and _LENGTH_BYTES + length > file_bytes):
        raise WeightsError(f"{source} claims a header of {length} bytes but has {file_bytes} in all; fetch it again")
    return length


def _refuse_constant(text: str) -> object:
    raise ValueError(f"{text} is not a size")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} stands in it twice")
        found[name] = value
    return found


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _tensor_problem(entry: object) -> str:
    """What is wrong with one entry on its own; empty if nothing is."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        return "must have dtype, shape and data_offsets"
    code, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(code, str) or code not in BITS:
        return f"has the unknown element type {code!r}"
    if (
        not isinstance(shape, list)
        or len(shape) > _MOST_AXES
        or not all(_is_count(side, _LARGEST_SIDE) for side in shape)
    ):
        return f"has the impossible shape {str(shape)[:80]}"
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(_is_count(at, _LARGEST_SIDE) for at in offsets):
        return f"has the impossible offsets {str(offsets)[:80]}"
    needed = math.prod(shape) * BITS[code] // 8
    if offsets[1] - offsets[0] != needed:
        return f"has {offsets[1] - offsets[0]} bytes but its shape {shape} of {code} needs {needed}"
    return ""


def _layout_problems(tensors: list[StoredTensor]) -> list[str]:
    """Gaps and overlaps between tensors in the order of their bytes."""
    problems = []
    expected = 0
    for tensor in tensors:
        if tensor.start != expected:
            kind = "overlaps the tensor before it" if tensor.start < expected else "leaves a gap before it"
            problems.append(f"{tensor.name} {kind} (starts at {tensor.start}, not at {expected})")
        expected = max(expected, tensor.stop)
    return problems


def _decode(text: bytes, source: str) -> dict[str, object]:
    try:
        data = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise WeightsError(f"{source} has a damaged header ({error}); fetch it again") from error
    if not isinstance(data, dict):
        raise WeightsError(f"{source} has a damaged header: it must be an object, got {type(data).__name__}")
    return data


def parse_header(text: bytes, *, file_bytes: int | None, source: str) -> Header:
    """Check a header's JSON against itself and against the size of the file.

    Args:
        text: The JSON.
        file_bytes: How long the file is; None if only reading it through will tell (it is compressed).
        source: What to call the file in messages.

    Raises:
        WeightsError: If the file is shorter than its tensors, or naming those whose description is impossible.
    """
    data = _decode(text, source)
    data_start = _LENGTH_BYTES + len(text)
    metadata = data.pop("__metadata__", {})
    problems = []
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        problems.append("__metadata__ must map text to text")
        metadata = {}
    tensors = []
    for name, entry in data.items():
        if problem := _tensor_problem(entry):
            problems.append(f"{name} {problem}")
        elif isinstance(entry, dict):
            start, stop = entry["data_offsets"]
            shape = tuple(entry["shape"])
            tensors.append(StoredTensor(name=name, code=entry["dtype"], shape=shape, start=start, stop=stop))
    tensors.sort(key=lambda tensor: (tensor.start, tensor.stop, tensor.name))
    problems += [] if problems else _layout_problems(tensors)
    header = Header(tensors=tuple(tensors), metadata=metadata, data_start=data_start)
    if not problems and file_bytes is not None and header.file_bytes > file_bytes:
        raise WeightsError(
            f"{source} is cut short: {file_bytes} of the {header.file_bytes} bytes of its tensors are there; fetch it "
            "again"
        )
    if not problems and file_bytes is not None and header.file_bytes < file_bytes:
        problems.append(f"the file has {file_bytes} bytes but its tensors end at {header.file_bytes}")
    if problems:
        more = f"; and {len(problems) - _MOST_PROBLEMS} more" if len(problems) > _MOST_PROBLEMS else ""
        raise WeightsError(
            f"{source} has an impossible header: {'; '.join(problems[:_MOST_PROBLEMS])}{more}; fetch it again"
        )
    return header


def read_header(stream: Readable, *, file_bytes: int | None, source: str) -> Header:
    """Read and check the header at the start of a stream, which is left at the first tensor.

    Raises:
        WeightsError: If this is not a safetensors file, is pickled, is cut short, or contradicts itself.
    """
    first = bytearray(_LENGTH_BYTES + 1)
    try:
        read_exactly(stream, memoryview(first), source=source)
    except WeightsError as error:
        raise WeightsError(f"{source} is cut short: it ends within its first 9 bytes; fetch it again") from error
    length = _header_length(bytes(first), file_bytes, source)
    rest = bytearray(length - 1)
    read_exactly(stream, memoryview(rest), source=source)
    return parse_header(bytes(first[_LENGTH_BYTES:]) + bytes(rest), file_bytes=file_bytes, source=source)
