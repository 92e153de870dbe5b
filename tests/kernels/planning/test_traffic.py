import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kernels.planning.baselines import min_heap
from kernels.planning.traffic import encode, weigh
from tests.kernels.planning.dispatch_cases import workloads
from tests.kernels.planning.golden_cases import cell_counts
from tests.kernels.planning.slice_strategies import SIZE


@given(workloads())
def test_rows_received_are_the_columns_a_rank_sees_and_lacks(case):
    mask, work, ranks = case
    assignment = min_heap(work.areas, ranks)

    load = weigh(work, assignment)

    cells = cell_counts(mask, SIZE, SIZE)
    for held, area, received in zip(assignment, load.areas, load.received, strict=True):
        own = [row for chunk in held for row in range(*work.chunks[chunk])]
        seen = set(np.flatnonzero(cells[own].any(axis=0)))
        assert area == cells[own].sum()
        assert received == len(seen - set(own))
    assert load.total_received == sum(load.received)


@given(workloads(), st.data())
def test_planes_count_the_rows_of_any_stretches(case, data):
    _, work, _ = case
    keys = encode(work)

    chosen = data.draw(st.sets(st.sampled_from(range(len(work.chunks)))))

    bits = sum(keys.owns[chunk] for chunk in chosen)
    assert keys.rows(bits) == sum(work.chunks[chunk].length for chunk in chosen)
