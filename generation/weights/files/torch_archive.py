"""Reads which tensors a PyTorch checkpoint holds, without unpickling it.

Such a file is a zip archive: the numbers lie in it as they are, and a pickle says which name has which shape at which
place. A pickle is a program. Here its instructions are not run but read: a small machine follows only those that build
dicts, tuples, numbers and texts, knows the names of torch's own few constructors as plain words, and refuses everything
else by name. Nothing is imported and nothing is called, so a hostile file can at most be refused.
"""

import math
import pickletools
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from generation.errors import WeightsError
from generation.weights.files.dtypes import BITS

_LARGEST_PICKLE = 100_000_000
_STORAGES: Mapping[str, str] = MappingProxyType(
    {
        "torch FloatStorage": "F32",
        "torch HalfStorage": "F16",
        "torch BFloat16Storage": "BF16",
        "torch DoubleStorage": "F64",
    }
)
_DICT = "collections OrderedDict"
_TENSOR = "torch._utils _rebuild_tensor_v2"
_PARAMETER = "torch._utils _rebuild_parameter"


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedTensor:
    """One tensor of an archive; its bytes are [start, stop) of the member."""

    name: str
    # The safetensors format's code, as "F32".
    code: str
    shape: tuple[int, ...]
    member: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class _Name:
    """Something the pickle would import; only its name is ever used."""

    text: str


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    code: str
    length: int


@dataclass(frozen=True, slots=True)
class _View:
    """A tensor: part of a storage, counted in elements."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Refused(Exception):  # noqa: N818 - an outcome of reading, turned into a WeightsError at the door
    """The pickle does something that no checkpoint of plain tensors does."""


_MARK = object()


class _Reader:
    """Follows the instructions of a pickle on a stack of plain values."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def follow(self, program: bytes) -> object:
        """The value the pickle describes."""
        for opcode, argument, _ in pickletools.genops(program):
            if opcode.name == "STOP":
                return self.stack.pop()
            if opcode.name in _LITERALS:
                self.stack.append(argument)
            elif opcode.name in _CONSTANTS:
                self.stack.append(_CONSTANTS[opcode.name]())
            elif opcode.name in _INSTRUCTIONS:
                _INSTRUCTIONS[opcode.name](self, argument)
            else:
                raise _Refused(f"has the instruction {opcode.name}")
        raise _Refused("has no end")

    def take(self, count: int) -> list[Any]:
        """The topmost values, in the order they were put."""
        if len(self.stack) < count:
            raise _Refused("takes what was never put")
        values = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return values

    def take_to_mark(self) -> list[Any]:
        """The values since the last mark."""
        values: list[Any] = []
        while (value := self.take(1)[0]) is not _MARK:
            values.append(value)
        return values[::-1]

    def ignore(self, _: object) -> None:
        """For instructions that only concern Python's own reader."""

    def name(self, argument: object) -> None:
        self.stack.append(_Name(str(argument)))

    def stack_name(self, _: object) -> None:
        module, name = self.take(2)
        # Only texts: to print what else a pickle can nest may take for ever.
        if not isinstance(module, str) or not isinstance(name, str):
            raise _Refused("has a name that is not a text")
        self.stack.append(_Name(f"{module} {name}"))

    def collect(self, count: int | None) -> None:
        self.stack.append(tuple(self.take_to_mark() if count is None else self.take(count)))

    def set_items(self, items: list[Any]) -> None:
        target = self.stack[-1] if self.stack else None
        if not isinstance(target, dict) or len(items) % 2 or not all(isinstance(key, str) for key in items[::2]):
            raise _Refused("fills something that is not a dict of names")
        target.update(zip(items[::2], items[1::2], strict=True))

    def remember(self, index: object) -> None:
        if not self.stack:
            raise _Refused("remembers nothing")
        self.memo[index if isinstance(index, int) else len(self.memo)] = self.stack[-1]

    def recall(self, index: int) -> None:
        if index not in self.memo:
            raise _Refused("recalls what it never remembered")
        self.stack.append(self.memo[index])

    def storage(self, _: object) -> None:
        described = self.take(1)[0]
        match described:
            case ("storage", _Name(text=text), str(key), str(), int(length)) if text in _STORAGES and length >= 0:
                self.stack.append(_Storage(key, _STORAGES[text], length))
            case ("storage", _Name(text=text), *_):
                raise _Refused(f"has numbers of the type {text}")
            case _:
                raise _Refused("has a storage that torch never writes")

    def construct(self, _: object) -> None:
        constructor, arguments = self.take(2)
        match constructor, arguments:
            case (_Name(text=text), ()) if text == _DICT:
                self.stack.append({})
            case (
                _Name(text=text),
                (_Storage() as storage, int(offset), tuple(shape), tuple(strides), bool(), dict(), *_),
            ) if text == _TENSOR:
                self.stack.append(_View(storage, offset, shape, strides))
            case (_Name(text=text), (_View() as view, *_)) if text == _PARAMETER:
                self.stack.append(view)
            case _:
                name = constructor.text if isinstance(constructor, _Name) else type(constructor).__name__
                raise _Refused(f"calls {name}")

    def set_attributes(self, _: object) -> None:
        # A state dict carries version numbers as an attribute; nothing else may have any.
        target, attributes = self.take(2)
        if not isinstance(target, dict) or not isinstance(attributes, dict) or set(attributes) - {"_metadata"}:
            raise _Refused("sets attributes")
        self.stack.append(target)


_LITERALS = frozenset(
    {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"}
)
_CONSTANTS: Mapping[str, Callable[[], object]] = MappingProxyType(
    {
        "NONE": lambda: None,
        "NEWTRUE": lambda: True,
        "NEWFALSE": lambda: False,
        "EMPTY_TUPLE": tuple,
        "EMPTY_DICT": dict,
        "MARK": lambda: _MARK,
    }
)
_INSTRUCTIONS: Mapping[str, Callable[[_Reader, Any], None]] = MappingProxyType(
    {
        "PROTO": _Reader.ignore,
        "FRAME": _Reader.ignore,
        "GLOBAL": _Reader.name,
        "STACK_GLOBAL": _Reader.stack_name,
        "TUPLE": lambda reader, _: reader.collect(None),
        "TUPLE1": lambda reader, _: reader.collect(1),
        "TUPLE2": lambda reader, _: reader.collect(2),
        "TUPLE3": lambda reader, _: reader.collect(3),
        "SETITEM": lambda reader, _: reader.set_items(reader.take(2)),
        "SETITEMS": lambda reader, _: reader.set_items(reader.take_to_mark()),
        "BINPUT": _Reader.remember,
        "LONG_BINPUT": _Reader.remember,
        "MEMOIZE": _Reader.remember,
        "BINGET": _Reader.recall,
        "LONG_BINGET": _Reader.recall,
        "BINPERSID": _Reader.storage,
        "REDUCE": _Reader.construct,
        "BUILD": _Reader.set_attributes,
    }
)


def _is_row_major(view: _View) -> bool:
    expected = 1
    for side, stride in zip(reversed(view.shape), reversed(view.strides), strict=True):
        if side > 1 and stride != expected:
            return False
        expected *= side
    return True


def _located(name: str, view: object, prefix: str, sizes: Mapping[str, int]) -> ArchivedTensor:
    """Where a tensor's bytes are, after checking that they are there."""
    if not isinstance(view, _View):
        raise _Refused(f"has under {name} something other than a tensor")
    sides = (*view.shape, *view.strides, view.offset)
    if len(view.shape) != len(view.strides) or not all(isinstance(side, int) and side >= 0 for side in sides):
        raise _Refused(f"has an impossible shape under {name}")
    if not _is_row_major(view):
        raise _Refused(f"has {name} in another order than row by row")
    size = BITS[view.storage.code] // 8
    member, start = f"{prefix}data/{view.storage.key}", view.offset * size
    stop = start + math.prod(view.shape) * size
    if sizes.get(member) != view.storage.length * size or stop > view.storage.length * size:
        raise _Refused(f"lacks bytes of {name}")
    return ArchivedTensor(name=name, code=view.storage.code, shape=view.shape, member=member, start=start, stop=stop)


def list_archived(archive: zipfile.ZipFile, *, source: str) -> tuple[ArchivedTensor, ...]:
    """The tensors of a checkpoint that ``torch.save`` wrote from a flat dict of tensors.

    Args:
        archive: The file, open for reading.
        source: What to call it in messages.

    Raises:
        WeightsError: If it is anything else, or would do anything when unpickled.
    """
    members = {member.filename: member for member in archive.infolist()}
    programs = [name for name in members if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(programs) != 1 or members[programs[0]].file_size > _LARGEST_PICKLE:
        raise WeightsError(f"{source} is not a checkpoint of tensors: it must have one data.pkl of sensible size")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members.values()):
        raise WeightsError(f"{source} is not a checkpoint of torch.save: its members are compressed")
    prefix = programs[0].removesuffix("data.pkl")
    order = f"{prefix}byteorder"
    if order in members and archive.read(order).strip() != b"little":
        raise WeightsError(f"{source} was written on a machine with another byte order")
    sizes = {name: member.file_size for name, member in members.items()}
    try:
        tensors = _Reader().follow(archive.read(programs[0]))
        if not isinstance(tensors, dict):
            raise _Refused("is not a dict of tensors")
        return tuple(_located(name, view, prefix, sizes) for name, view in tensors.items())
    except (_Refused, ValueError, TypeError, IndexError, UnicodeError) as error:
        raise WeightsError(
            f"{source} {error}, which a checkpoint of plain tensors never does; it is refused"
        ) from error
