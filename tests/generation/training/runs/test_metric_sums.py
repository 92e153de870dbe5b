"""Means between two lines of the log."""

import math

import torch

from generation.training.runs.metric_sums import MetricSums, is_finite, means_of


def test_means_leave_out_steps_that_know_nothing():
    sums = MetricSums()
    sums.add({"loss": torch.tensor(2.0), "late": torch.tensor(math.nan)})
    sums.add({"loss": torch.tensor(4.0), "late": torch.tensor(1.5)})

    assert means_of(sums.totals()) == {"loss": 3.0, "late": 1.5}


def test_name_of_which_nothing_is_known_is_left_out():
    sums = MetricSums()
    sums.add({"loss": torch.tensor(1.0), "late": torch.tensor(math.nan)})

    assert means_of(sums.totals()) == {"loss": 1.0}


def test_loss_that_is_not_finite_is_noticed():
    sums = MetricSums()
    sums.add({"loss": torch.tensor(1.0)})
    assert is_finite(sums.totals())

    sums.add({"loss": torch.tensor(math.nan)})
    sums.add({"loss": torch.tensor(1.0)})

    assert not is_finite(sums.totals())


def test_restored_sums_go_on_exactly():
    values = torch.rand(7, generator=torch.Generator().manual_seed(0))
    whole, first, second = MetricSums(), MetricSums(), MetricSums()
    for value in values:
        whole.add({"loss": value})
    for value in values[:3]:
        first.add({"loss": value})
    second.restore(first.totals())
    for value in values[3:]:
        second.add({"loss": value})

    assert second.totals() == whole.totals()


def test_cleared_sums_begin_anew():
    sums = MetricSums()
    sums.add({"loss": torch.tensor(1.0)})

    sums.clear()

    assert sums.totals() == {}
