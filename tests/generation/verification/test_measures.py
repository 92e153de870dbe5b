"""Errors are what their names say, and nothing odd passes."""

import math

import pytest
import torch

from generation.verification.measures import (
    Comparison,
    compare,
    compare_each,
    compare_fact,
    compare_facts,
    largest_error,
    relative_l2,
)
from generation.verification.tolerances import (
    BFLOAT16,
    EXACT,
    FEW_LEVELS,
    FLOAT32,
    SAME,
    STATED,
    TOLERANCES,
    Elementwise,
    Measure,
)

EXPECTED = torch.tensor([3.0, -4.0, 0.0])


def test_errors_are_relative_to_the_largest_value_or_to_the_length():
    found = EXPECTED + torch.tensor([0.0, 0.0, 1.0])

    assert largest_error(found, EXPECTED) == pytest.approx(0.25)
    assert relative_l2(found, EXPECTED) == pytest.approx(0.2)


def test_errors_are_absolute_where_everything_should_be_zero():
    assert largest_error(torch.tensor([0.5]), torch.zeros(1)) == 0.5
    assert relative_l2(torch.tensor([0.5]), torch.zeros(1)) == 0.5


@pytest.mark.parametrize("tolerance", [EXACT, FLOAT32, BFLOAT16, SAME, FEW_LEVELS])
def test_equal_numbers_have_no_error_in_any_measure(tolerance):
    comparison = compare("numbers", EXPECTED, EXPECTED.clone(), tolerance)

    assert comparison.error == 0
    assert comparison.passed
    assert comparison.severity == 0


@pytest.mark.parametrize("tolerance", TOLERANCES, ids=lambda tolerance: tolerance.name)
@pytest.mark.parametrize("error", [math.nan, math.inf])
def test_neither_nan_nor_infinity_passes(tolerance, error):
    comparison = Comparison(what="numbers", error=error, tolerance=tolerance)

    assert not comparison.passed
    assert comparison.severity == math.inf


@pytest.mark.parametrize("tolerance", [EXACT, FLOAT32, BFLOAT16, SAME])
@pytest.mark.parametrize("side", [0, 1])
def test_a_nan_on_either_side_fails(tolerance, side):
    pair = [EXPECTED.clone(), EXPECTED.clone()]
    pair[side][1] = math.nan

    assert not compare("numbers", pair[0], pair[1], tolerance).passed


def test_another_shape_fails_even_if_it_could_be_spread():
    comparison = compare("numbers", EXPECTED[None], EXPECTED, FLOAT32)

    assert not comparison.passed
    assert comparison.note == "shape (1, 3) instead of (3,)"
    assert not compare_each("numbers", EXPECTED[:1], EXPECTED, Elementwise(absolute=1, relative=1), STATED).passed


def test_each_number_has_its_own_allowance():
    expected, found = torch.tensor([1000.0, 0.001]), torch.tensor([1000.5, 0.002])
    allowed = Elementwise(absolute=1e-4, relative=1e-3)

    comparison = compare_each("numbers", found, expected, allowed, STATED)

    assert comparison.error == pytest.approx(0.001 / (1e-4 + 1e-6), rel=1e-3)
    assert not comparison.passed


def test_a_share_of_unequal_values_is_counted():
    comparison = compare("pixels", torch.tensor([1, 2, 3, 4]), torch.tensor([1, 2, 3, 5]), FEW_LEVELS)

    assert comparison.error == 0.25


@pytest.mark.parametrize(
    ("found", "expected", "error", "note"),
    [
        ([1, 2], [1, 2], 0, ""),
        ([1, 2, 4], [1, 3, 5], 2, "2 instead of 3 at 1"),
        ([1], [1, 2, 3], 2, "1 values instead of 3"),
        (["x" * 100], ["y"], 1, "'" + "x" * 76 + "... instead of 'y' at 0"),
    ],
)
def test_facts_that_differ_are_counted_and_the_first_is_shown(found, expected, error, note):
    comparison = compare_facts("facts", found, expected)

    assert comparison.error == error
    assert comparison.note == note


def test_one_fact_is_compared_whole():
    assert compare_fact("fact", [1, 2], [1, 2]).passed
    assert compare_fact("fact", [1, 2], [2, 1]).error == 1


def test_severity_counts_limits():
    assert Comparison(what="", error=1e-6, tolerance=FLOAT32).severity == pytest.approx(0.2)
    assert Comparison(what="", error=1e-5, tolerance=FLOAT32).severity == pytest.approx(2)
    assert Comparison(what="", error=1e-9, tolerance=EXACT).severity == math.inf


def test_every_tolerance_has_a_name_of_its_own_and_a_reason():
    assert len({tolerance.name for tolerance in TOLERANCES}) == len(TOLERANCES)
    assert all(tolerance.reason for tolerance in TOLERANCES)
    assert {tolerance.measure for tolerance in TOLERANCES} == set(Measure)
