import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.ranges import (
    Range,
    check_range,
    count_rows,
    intersect,
    merge,
    places_in,
    split_by_rows,
    subtract,
)
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


@given(many, st.integers(1, 9))
def test_pieces_have_equally_many_rows_in_order(found, size):
    found = merge(found)

    pieces = split_by_rows(found, size)

    in_order = [row for piece in pieces for start, stop in piece for row in range(start, stop)]
    assert in_order == sorted(rows_of(found))
    assert all(count_rows(piece) == size for piece in pieces[:-1])
    assert all(count_rows(piece) for piece in pieces)


def test_pieces_have_rows():
    with pytest.raises(UnsupportedInput, match="size must be at least 1"):
        split_by_rows((Range(0, 3),), 0)


@given(many, st.randoms(use_true_random=False), many)
def test_places_are_where_the_rows_lie(found, random, wanted):
    buffer = list(merge(found))
    random.shuffle(buffer)
    lying = [row for start, stop in buffer for row in range(start, stop)]
    wanted = [rows for rows in wanted if rows_of([rows]) <= set(lying)]

    places = places_in(buffer).find(wanted)

    assert [lying[place] for start, stop in places for place in range(start, stop)] == [
        row for start, stop in wanted for row in range(start, stop)
    ]
    assert all(one.stop != other.start for one, other in itertools.pairwise(places))


def test_rows_that_lie_nowhere_are_named():
    with pytest.raises(UnsupportedInput, match=r"rows \[1, 4\) must be held, 1 are not"):
        places_in((Range(2, 9),)).find([Range(1, 4)])
