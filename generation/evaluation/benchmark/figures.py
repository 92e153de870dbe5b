"""What a benchmark says: a number, the limit it is held to, and whether it holds."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a figure did."""

    MET = "met"
    MISSED = "missed"
    # There is no limit, or the figure was taken at sizes for which the limit does not hold.
    NOT_JUDGED = "not judged"


class Side(StrEnum):
    """On which side of its limit a figure must lie."""

    AT_LEAST = ">="
    AT_MOST = "<="
    BELOW = "<"


_HOLDS: dict[Side, Callable[[float, float], bool]] = {
    Side.AT_LEAST: operator.ge,
    Side.AT_MOST: operator.le,
    Side.BELOW: operator.lt,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """What a figure must reach, or must not pass."""

    side: Side
    value: float

    def holds(self, value: float) -> bool:
        """Whether a value is on the right side; NaN never is."""
        return _HOLDS[self.side](value, self.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One number with its name."""

    name: str
    value: float
    unit: str = ""
    limit: Limit | None = None

    def verdict(self, *, judged: bool = True) -> Verdict:
        """Whether the limit holds.

        Args:
            judged: False where sizes are not those that the limit is about.
        """
        if self.limit is None or not judged:
            return Verdict.NOT_JUDGED
        return Verdict.MET if self.limit.holds(self.value) else Verdict.MISSED

    @property
    def shown_value(self) -> str:
        """The value with three digits that count, and its unit."""
        return f"{_digits(self.value)} {self.unit}".rstrip()

    @property
    def shown_limit(self) -> str:
        """The limit as it is written, a dash without one."""
        return f"{self.limit.side.value} {_digits(self.limit.value)}" if self.limit else "-"


def at_least(value: float) -> Limit:
    """A floor."""
    return Limit(side=Side.AT_LEAST, value=value)


def at_most(value: float) -> Limit:
    """A ceiling."""
    return Limit(side=Side.AT_MOST, value=value)


def below(value: float) -> Limit:
    """A ceiling that must not be touched."""
    return Limit(side=Side.BELOW, value=value)


def _digits(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e6:
        return str(int(value))
    # Whole hundreds keep their digits; everything else shows three that count.
    return f"{value:.0f}" if 100 <= abs(value) < 1e6 else f"{value:.3g}"
