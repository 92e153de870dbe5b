import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kernels.planning.cutting import cut, cut_columns, cut_rows, trim
from kernels.planning.ranges import Range
from tests.kernels.planning.golden_cases import CASES, cell_counts, slices_of
from tests.kernels.planning.slice_strategies import SIZE, ranges, slices


def cells(parts):
    return cell_counts(parts, SIZE, SIZE)


def window(rows, columns):
    inside = np.zeros((SIZE, SIZE), dtype=int)
    inside[slice(*rows), slice(*columns)] = 1
    return inside


def is_tight(part):
    """Every query sees a key, and every key is seen."""
    counts = cells([part])[slice(*part.queries), slice(*part.keys)]
    return counts.any(axis=1).all() and counts.any(axis=0).all()


@given(slices)
def test_trimming_leaves_no_empty_query_and_no_unseen_key(whole):
    part = trim(whole)

    assert np.array_equal(cells([] if part is None else [part]), cells([whole]))
    assert part is None or is_tight(part)


@given(slices, ranges)
def test_row_cut_is_the_mask_in_those_rows(whole, rows):
    part = cut_rows(whole, rows)

    assert np.array_equal(cells([] if part is None else [part]), cells([whole]) * window(rows, (0, SIZE)))
    assert part is None or is_tight(part)


@given(slices, ranges)
def test_column_cut_is_the_mask_in_those_columns(whole, columns):
    parts = cut_columns(whole, columns)

    assert np.array_equal(cells(parts), cells([whole]) * window((0, SIZE), columns))
    assert len(parts) <= 3
    assert all(is_tight(part) for part in parts)


@given(slices, ranges, ranges)
def test_areas_add_up_over_cuts(whole, rows, columns):
    parts = cut([whole], rows, columns)

    assert sum(part.area for part in parts) == (cells([whole]) * window(rows, columns)).sum()


@given(st.sampled_from(list(CASES.values())), st.integers(25, 90))
def test_golden_masks_cut_on_a_grid_keep_their_area(case, step):
    mask = slices_of(case)

    area = sum(
        part.area
        for row in range(0, case["seqlen_q"], step)
        for column in range(0, case["seqlen_k"], step)
        for part in cut(mask, Range(row, row + step), Range(column, column + step))
    )

    assert area == case["area"]
