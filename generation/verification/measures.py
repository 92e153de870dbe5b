"""Differences between what came out and what should have, as numbers with a limit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.verification.tolerances import SAME, Elementwise, Measure, Tolerance


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One thing of a case that was compared."""

    what: str
    # In the tolerance's measure; NaN and infinity never pass.
    error: float
    tolerance: Tolerance
    # What is wrong, where the number does not say it.
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the error is within its limit."""
        return self.error <= self.tolerance.limit

    @property
    def severity(self) -> float:
        """The error in limits, to tell the worst comparison of a case; above 1 where it fails."""
        if not self.passed:
            return math.inf if math.isnan(self.error) or not self.tolerance.limit else self.error / self.tolerance.limit
        return self.error / self.tolerance.limit if self.tolerance.limit else 0.0


def largest_error(found: Tensor, expected: Tensor) -> float:
    """Largest difference over the largest expected value; the difference itself where all of them are 0."""
    largest = _magnitude(expected)
    return _magnitude(found.double() - expected.double()) / (largest or 1.0)


def relative_l2(found: Tensor, expected: Tensor) -> float:
    """Length of the difference over that of what is expected; the length itself where that is 0."""
    length = float(expected.double().norm())
    return float((found.double() - expected.double()).norm()) / (length or 1.0)


def compare(what: str, found: Tensor, expected: Tensor, tolerance: Tolerance) -> Comparison:
    """Compare numbers.

    Args:
        what: A name for people.
        found: Ours.
        expected: The golden ones; another shape fails.
        tolerance: In any measure but that of single numbers.
    """
    if found.shape != expected.shape:
        note = f"shape {tuple(found.shape)} instead of {tuple(expected.shape)}"
        return Comparison(what=what, error=math.inf, tolerance=tolerance, note=note)
    return Comparison(what=what, error=_measured(found, expected, tolerance.measure), tolerance=tolerance)


def compare_each(what: str, found: Tensor, expected: Tensor, allowed: Elementwise, tolerance: Tolerance) -> Comparison:
    """Compare numbers, each with an allowance of its own."""
    if found.shape != expected.shape:
        return compare(what, found, expected, tolerance)
    found, expected = found.double(), expected.double()
    share = (found - expected).abs() / (allowed.absolute + allowed.relative * expected.abs())
    return Comparison(what=what, error=_magnitude(share), tolerance=tolerance)


def compare_facts(what: str, found: Sequence[object], expected: Sequence[object]) -> Comparison:
    """Compare values one by one; the error is the count of those that differ, missing ones included."""
    wrong = [index for index, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]]
    count = len(wrong) + abs(len(found) - len(expected))
    note = ""
    if wrong:
        note = f"{_shown(found[wrong[0]])} instead of {_shown(expected[wrong[0]])} at {wrong[0]}"
    elif count:
        note = f"{len(found)} values instead of {len(expected)}"
    return Comparison(what=what, error=count, tolerance=SAME, note=note)


def compare_fact(what: str, found: object, expected: object) -> Comparison:
    """Compare one value."""
    return compare_facts(what, [found], [expected])


def _measured(found: Tensor, expected: Tensor, measure: Measure) -> float:
    match measure:
        case Measure.OF_LARGEST:
            return largest_error(found, expected)
        case Measure.RELATIVE_L2:
            return relative_l2(found, expected)
        case Measure.UNEQUAL:
            return float((found != expected).sum())
        case Measure.SHARE_UNEQUAL:
            return float((found != expected).double().mean()) if expected.numel() else 0.0
        case _:
            return _magnitude(found.double() - expected.double())


def _magnitude(values: Tensor) -> float:
    # torch's maximum passes NaN on, so a NaN on either side fails.
    return float(torch.amax(values.double().abs())) if values.numel() else 0.0


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
