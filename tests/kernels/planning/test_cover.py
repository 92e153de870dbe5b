import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.cover import check_single_cover, check_within, shared_rows
from kernels.planning.cutting import trim
from tests.kernels.planning.golden_cases import CASES, cell_counts, slices_of
from tests.kernels.planning.slice_strategies import SIZE, slices


@given(slices, slices)
def test_shared_rows_are_those_with_a_cell_in_both(first, second):
    first, second = trim(first), trim(second)
    if first is None or second is None:
        return

    rows = shared_rows(first, second)

    twice = np.flatnonzero((cell_counts([first, second], SIZE, SIZE) == 2).any(axis=1))
    assert list(range(*rows)) == twice.tolist()


@given(st.lists(slices, max_size=4))
def test_double_cover_is_refused_and_nothing_else(mask):
    twice = cell_counts(mask, SIZE, SIZE).max() > 1

    if twice:
        with pytest.raises(UnsupportedInput, match="one slice only"):
            check_single_cover(mask)
    else:
        check_single_cover(mask)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_golden_masks_cover_every_cell_once_and_stay_inside(case):
    check_single_cover(slices_of(case))
    check_within(slices_of(case), queries=case["seqlen_q"], keys=case["seqlen_k"])


@pytest.mark.parametrize(("queries", "keys"), [(63, 64), (64, 63)])
def test_slice_that_leaves_the_sequence_is_refused(queries, keys):
    with pytest.raises(UnsupportedInput, match="within"):
        check_within(slices_of(CASES["full_square"]), queries=queries, keys=keys)
