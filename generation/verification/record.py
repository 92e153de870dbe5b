"""Reading the JSON of a case with every access checked, so that a damaged case fails with a sentence."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from generation.errors import GenerationError

Value = TypeVar("Value")


class CaseError(GenerationError):
    """A golden case lacks something, or holds something else than a case of its kind does."""

    code = "case_invalid"


class Record:
    """One JSON object.

    Args:
        values: Its content.
        where: What to call it in messages.
    """

    def __init__(self, values: Mapping[str, object], *, where: str) -> None:
        self._values = values
        self._where = where

    def __contains__(self, name: object) -> bool:
        return name in self._values

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all entries, in the order of the file."""
        return tuple(self._values)

    def raw(self, name: str) -> object:
        """An entry as it is.

        Raises:
            CaseError: If there is none; so do all methods below.
        """
        if name not in self._values:
            raise CaseError(f"{self._where} must have {name!r}")
        return self._values[name]

    def text(self, name: str) -> str:
        """A text."""
        return self._as(str, name, self.raw(name))

    def text_or(self, name: str, default: str) -> str:
        """A text, if there is one."""
        value = self._values.get(name)
        return value if isinstance(value, str) else default

    def integer(self, name: str) -> int:
        """A whole number."""
        return self._as(int, name, self.raw(name))

    def number(self, name: str) -> float:
        """A number."""
        value = self.raw(name)
        return float(value) if isinstance(value, int) else self._as(float, name, value)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """True or false; without the entry ``default``, if one is given."""
        if default is not None and name not in self._values:
            return default
        return self._as(bool, name, self.raw(name))

    def integers(self, name: str) -> list[int]:
        """A list of whole numbers."""
        return [self._as(int, name, item) for item in self._list(name)]

    def numbers(self, name: str) -> list[float]:
        """A list of numbers."""
        return [float(item) if isinstance(item, int) else self._as(float, name, item) for item in self._list(name)]

    def pairs(self, name: str) -> list[tuple[int, int]]:
        """A list of pairs of whole numbers."""
        pairs = []
        for item in self._list(name):
            if not isinstance(item, list) or len(item) != 2:
                raise CaseError(f"{self._where}: {name} must hold pairs, got {item!r}")
            pairs.append((self._as(int, name, item[0]), self._as(int, name, item[1])))
        return pairs

    def record(self, name: str) -> "Record":
        """An object."""
        return self._record(name, self.raw(name))

    def records(self, name: str) -> list["Record"]:
        """A list of objects."""
        return [self._record(f"{name}[{index}]", item) for index, item in enumerate(self._list(name))]

    def named_records(self, name: str) -> dict[str, "Record"]:
        """An object of objects."""
        inner = self.record(name)
        return {key: inner.record(key) for key in inner.names}

    def _record(self, name: str, value: object) -> "Record":
        return Record(self._as(dict, name, value), where=f"{self._where}: {name}")

    def _list(self, name: str) -> list[object]:
        return self._as(list, name, self.raw(name))

    def _as(self, kind: type[Value], name: str, value: object) -> Value:
        # true and false are whole numbers to Python only.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise CaseError(f"{self._where}: {name} must be {kind.__name__}, got {str(value)[:60]!r}")
        return value


def read_record(path: Path) -> Record:
    """Read a JSON file that holds one object.

    Raises:
        CaseError: If it cannot be read, is no JSON, or holds something else.
    """
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CaseError(f"{path.name} must be JSON: {error}") from error
    if not isinstance(values, dict):
        raise CaseError(f"{path.name} must hold one object, got {type(values).__name__}")
    return Record(values, where=path.name)
