"""Figures, their limits, and how they are written."""

import math

import pytest

from generation.evaluation.benchmark.figures import Figure, Verdict, at_least, at_most, below


@pytest.mark.parametrize(
    ("value", "limit", "verdict"),
    [
        (0.75, at_least(0.75), Verdict.MET),
        (0.7499, at_least(0.75), Verdict.MISSED),
        (64, at_most(64), Verdict.MET),
        (64.1, at_most(64), Verdict.MISSED),
        (0.9, below(1), Verdict.MET),
        (1.0, below(1), Verdict.MISSED),
    ],
)
def test_a_figure_is_held_to_its_limit(value, limit, verdict):
    assert Figure(name="share", value=value, limit=limit).verdict() is verdict


@pytest.mark.parametrize("limit", [at_least(0), at_most(0), below(0)])
def test_nothing_is_met_by_nan(limit):
    assert Figure(name="share", value=math.nan, limit=limit).verdict() is Verdict.MISSED


def test_a_figure_without_limit_is_not_judged():
    assert Figure(name="time", value=1.0, unit="s").verdict() is Verdict.NOT_JUDGED


def test_a_figure_taken_at_other_sizes_is_not_judged():
    assert Figure(name="share", value=0.1, limit=at_least(0.75)).verdict(judged=False) is Verdict.NOT_JUDGED


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.74567, "0.746 s"),
        (3.0, "3 s"),
        (193.46, "193 s"),
        (12345.6, "12346 s"),
        (6.28e-07, "6.28e-07 s"),
        (-0.0117, "-0.0117 s"),
        (math.nan, "nan s"),
        (math.inf, "inf s"),
    ],
)
def test_values_show_three_digits_that_count(value, shown):
    assert Figure(name="time", value=value, unit="s").shown_value == shown


def test_limits_show_on_which_side_to_be():
    assert Figure(name="share", value=1, limit=at_least(0.75)).shown_limit == ">= 0.75"
    assert Figure(name="share", value=1, limit=at_most(64)).shown_limit == "<= 64"
    assert Figure(name="share", value=1).shown_limit == "-"
