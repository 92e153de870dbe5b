"""Bands cover a mask exactly, in pieces that are full or hardly more than an edge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.attention.bands import cut_bands
from kernels.planning.masks import block_causal, packed
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind
from tests.kernels.planning.golden_cases import CASES, cell_counts, slices_of


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("rows", [7, 64, 1000])
def test_pieces_are_the_cells_of_the_mask(name, rows):
    case = CASES[name]
    mask = slices_of(case)
    shape = case["seqlen_q"], case["seqlen_k"]

    bands = cut_bands(mask, most_rows=rows, most_leaning_rows=min(rows, 32))

    pieces = [piece for band in bands for piece in band.pieces]
    assert np.array_equal(cell_counts(pieces, *shape), cell_counts(mask, *shape))
    assert all(band.rows.start <= piece.queries.start for band in bands for piece in band.pieces)
    assert all(
        piece.queries.stop <= band.rows.stop <= band.rows.start + rows for band in bands for piece in band.pieces
    )


@settings(max_examples=60, deadline=None)
@given(
    queries=st.integers(1, 90),
    keys=st.integers(1, 90),
    kind=st.sampled_from(SliceKind),
    rows=st.integers(1, 40),
)
def test_edges_compute_little_for_nothing(queries, keys, kind, rows):
    mask = (AttentionSlice(queries=Range(0, queries), keys=Range(0, keys), kind=kind),)

    bands = cut_bands(mask, most_rows=rows, most_leaning_rows=rows)

    computed = sum(piece.queries.length * piece.keys.length for band in bands for piece in band.pieces)
    assert computed <= mask[0].area + 2 * rows * queries


def test_touching_pieces_become_one():
    pieces = tuple(AttentionSlice(queries=Range(0, 8), keys=Range(k, k + 4)) for k in (4, 0, 8))

    (band,) = cut_bands(pieces, most_rows=8, most_leaning_rows=8)

    assert band.pieces == (AttentionSlice(queries=Range(0, 8), keys=Range(0, 12)),)


def test_queries_that_see_nothing_are_in_no_band():
    mask = (AttentionSlice(queries=Range(0, 10), keys=Range(0, 4), kind=SliceKind.CAUSAL),)

    bands = cut_bands(mask, most_rows=100, most_leaning_rows=100)

    assert {row for band in bands for piece in band.pieces for row in range(*piece.queries)} == {6, 7, 8, 9}


def test_full_documents_are_not_cut_smaller_than_asked():
    bands = cut_bands(packed([300, 20]) + block_causal(64, block=32, offset=320), most_rows=200, most_leaning_rows=10)

    assert [band.rows.length for band in bands] == [200, 100, 20, 32, 32]
