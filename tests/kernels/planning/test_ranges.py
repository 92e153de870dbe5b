import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.ranges import Range, check_range, count_rows, intersect, merge, subtract
from tests.kernels.planning.slice_strategies import ranges

many = st.lists(ranges, max_size=6)


def rows_of(found):
    return {row for start, stop in found for row in range(start, stop)}


def is_range_set(found):
    return all(one.length for one in found) and all(one.stop < other.start for one, other in itertools.pairwise(found))


@given(many)
def test_merge_keeps_every_row_once(found):
    merged = merge(found)

    assert rows_of(merged) == rows_of(found)
    assert is_range_set(merged)
    assert count_rows(merged) == len(rows_of(found))


@given(many, many)
def test_intersection_and_difference_are_those_of_the_rows(first, second):
    first, second = merge(first), merge(second)

    assert rows_of(intersect(first, second)) == rows_of(first) & rows_of(second)
    assert rows_of(subtract(first, second)) == rows_of(first) - rows_of(second)
    assert is_range_set(intersect(first, second))
    assert is_range_set(subtract(first, second))


@pytest.mark.parametrize("rows", [Range(-1, 3), Range(4, 3)])
def test_range_that_cannot_be_is_refused(rows):
    with pytest.raises(UnsupportedInput, match=r"keys must satisfy"):
        check_range(rows, "keys")
