"""Intervals of a row say what its slices say."""

import numpy as np
import pytest

from kernels.attention.intervals import row_intervals
from kernels.planning.masks import packed
from tests.kernels.planning.golden_cases import CASES, golden_mask, slices_of


@pytest.mark.parametrize("name", CASES)
def test_intervals_are_the_golden_mask(name):
    case = CASES[name]
    columns = np.arange(case["seqlen_k"])

    intervals = row_intervals(slices_of(case), case["seqlen_q"]).numpy()

    seen = ((columns >= intervals[..., :1]) & (columns < intervals[..., 1:])).any(axis=1)
    assert np.array_equal(seen, golden_mask(case))


def test_slices_of_different_queries_share_a_column():
    assert row_intervals(packed([5, 7, 3]), 15).shape == (15, 1, 2)


def test_no_slices_are_one_empty_interval():
    assert row_intervals((), 3).tolist() == [[[0, 0]]] * 3
