"""Reading plain JSON values that a stranger wrote: of the kind and size that is expected, or refused by their place."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from projects.errors import Invalid

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DEEPEST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Plain:
    """An object of plain values, and where it stands in the whole."""

    values: Mapping[str, Any]
    place: str
    # What its refusals are called.
    code: str

    def text(self, name: str, *, most: int) -> str:
        """A text of at most so many characters, without signs that no database keeps.

        Raises:
            Invalid: If it is something else; so do all that follow.
        """
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > most or not _can_be_kept(value):
            raise self.refusal(name, f"must be text of at most {most} characters")
        return value

    def choice(self, name: str, *words: str) -> str:
        """One of some words."""
        value = self.values.get(name)
        if value not in words:
            raise self.refusal(name, f"must be one of {', '.join(words)}")
        return str(value)

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number in ``[low, high]``."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.refusal(name, f"must be a whole number {low}..{high}")
        return value

    def maybe_whole(self, name: str, low: int, high: int) -> int | None:
        """The same, or null."""
        return None if self.values.get(name) is None else self.whole(name, low, high)

    def number(self, name: str, most: float) -> float:
        """A number not farther from 0 than ``most``."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
            raise self.refusal(name, f"must be a number within {most:g} of 0")
        return float(value)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise self.refusal(name, "must be true or false")
        return value

    def sha256(self, name: str) -> str:
        """64 hexadecimal digits."""
        value = self.values.get(name)
        if not isinstance(value, str) or not _SHA256.fullmatch(value):
            raise self.refusal(name, "must be a SHA-256 in small hexadecimal digits")
        return value

    def identity(self, name: str) -> UUID:
        """An id."""
        try:
            return UUID(str(self.values.get(name)))
        except ValueError as error:
            raise self.refusal(name, "must be an id") from error

    def maybe_identity(self, name: str) -> UUID | None:
        """An id or null."""
        return None if self.values.get(name) is None else self.identity(name)

    def texts(self, name: str, *, most: int, each: int) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise self.refusal(name, f"must be a list of at most {most}")
        if not all(isinstance(one, str) and len(one) <= each and _can_be_kept(one) for one in value):
            raise self.refusal(name, f"must hold texts of at most {each} characters")
        return tuple(value)

    def anything(self, name: str, *, most: int) -> dict[str, Any]:
        """An object of whatever can be kept, with at most so many characters of text and values."""
        value = self.values.get(name)
        if not isinstance(value, dict) or not 0 <= _weight(value) <= most:
            raise self.refusal(name, "must be an object of moderate size")
        return value

    def inner(self, name: str) -> "Plain":
        """An object within."""
        return self._as_object(self.values.get(name), f"{self.place}.{name}")

    def each(self, name: str, *, most: int) -> Iterator["Plain"]:
        """Every object of a list."""
        value = self.values.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise self.refusal(name, f"must be a list of at most {most}")
        return (self._as_object(one, f"{self.place}.{name}.{number}") for number, one in enumerate(value))

    def refusal(self, name: str, why: str) -> Invalid:
        """What is raised of a value."""
        place = f"{self.place}.{name}".lstrip(".")
        return Invalid(f"{place} {why}", code=self.code, params={"place": place[:100]})

    def _as_object(self, value: object, place: str) -> "Plain":
        if not isinstance(value, dict):
            raise Invalid(f"{place} must be an object", code=self.code, params={"place": place[:100]})
        return Plain(values=value, place=place, code=self.code)


def _can_be_kept(text: str) -> bool:
    """Half characters and NUL are in JSON, but in no database."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _weight(value: object, depth: int = 0) -> int:
    """How much there is of a value; below 0 if it cannot be kept."""
    if depth > _DEEPEST:
        return -(10**9)
    if isinstance(value, str):
        return len(value) + 1 if _can_be_kept(value) else -(10**9)
    if isinstance(value, dict):
        return 1 + sum(_weight(str(key), depth + 1) + _weight(inner, depth + 1) for key, inner in value.items())
    if isinstance(value, list):
        return 1 + sum(_weight(inner, depth + 1) for inner in value)
    if isinstance(value, float) and not math.isfinite(value):
        return -(10**9)
    # Longer ones are no numbers that anybody means.
    return 1 if not isinstance(value, int) or abs(value) < 2**63 else -(10**9)
