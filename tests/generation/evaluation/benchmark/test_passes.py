"""Leaving out passes: counted and compared, not timed."""

from dataclasses import replace

import pytest
import torch

from generation.evaluation.benchmark.passes import QUICK, largest_difference, measure_passes


@pytest.mark.parametrize("window", [1, 4])
def test_fewer_forwards_give_the_same_clip(window):
    figures = {figure.name: figure for figure in measure_passes(replace(QUICK, windows=(window,)))}

    label = f"passes, window of {window}"
    assert figures[f"{label}: largest difference"].verdict() == "met"
    assert figures[f"{label}: forwards"].value < 1
    assert figures[f"{label}: chunks in forwards"].value < 1
    assert figures[f"{label}: time"].value > 0


def test_a_difference_is_a_share_of_the_largest_value():
    expected = [torch.tensor([1.0, -4.0]), torch.tensor([2.0, 0.0])]
    got = [torch.tensor([1.0, -4.0]), torch.tensor([2.5, -1.0])]

    assert largest_difference(got, expected) == 0.25


def test_a_nan_is_no_small_difference():
    nothing, one = [torch.tensor([float("nan")])], [torch.tensor([1.0])]

    assert not largest_difference(nothing, one) <= 1e-5
