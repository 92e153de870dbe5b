import numpy as np
import pytest
from hypothesis import given

from kernels.errors import UnsupportedInput
from kernels.planning.masks import prefix_lm
from kernels.planning.workload import default_chunk_rows, measure, padded_rows, split_rows
from tests.kernels.planning.dispatch_cases import CASES, workload_of, workloads
from tests.kernels.planning.golden_cases import cell_counts
from tests.kernels.planning.slice_strategies import SIZE


@given(workloads())
def test_chunks_weigh_what_their_rows_of_the_mask_show(case):
    mask, work, _ = case

    cells = cell_counts(mask, SIZE, SIZE)

    for chunk, area, need in zip(work.chunks, work.areas, work.needs, strict=True):
        assert area == cells[slice(*chunk)].sum()
        seen = np.flatnonzero(cells[slice(*chunk)].any(axis=0))
        assert [row for rows in need for row in range(*rows)] == seen.tolist()
    assert work.rows == SIZE


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_areas_add_up_to_the_golden_area(case):
    assert sum(workload_of(case).areas) == case["area"]


@pytest.mark.parametrize(("rows", "ranks", "chunk"), [(8192, 4, 256), (8193, 4, 257), (1, 4, 1)])
def test_default_is_eight_chunks_per_rank(rows, ranks, chunk):
    assert default_chunk_rows(rows, ranks) == chunk


@pytest.mark.parametrize(("rows", "chunk_rows"), [(0, 1), (1, 0)])
def test_sizes_are_at_least_one(rows, chunk_rows):
    with pytest.raises(UnsupportedInput, match="at least 1"):
        split_rows(rows, chunk_rows)


def test_mask_longer_than_the_sequence_is_refused():
    with pytest.raises(UnsupportedInput, match="within 7 queries"):
        measure(prefix_lm(8, prefix=2), rows=7, chunk_rows=2)


@pytest.mark.parametrize(("rows", "padded"), [(1, 24), (24, 24), (25, 48)])
def test_padded_sequences_are_the_shortest_that_all_share_evenly(rows, padded):
    assert padded_rows(rows, ranks=4, chunk_rows=6) == padded


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_padding_needs_sizes_of_at_least_one(sizes):
    with pytest.raises(UnsupportedInput, match="at least 1"):
        padded_rows(sizes[0], ranks=sizes[1], chunk_rows=sizes[2])
