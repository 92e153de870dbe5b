import numpy as np
from hypothesis import given

from kernels.planning.baselines import min_heap
from kernels.planning.communication import plan_transfers
from kernels.planning.local_masks import localise, query_part
from tests.kernels.planning.dispatch_cases import workloads
from tests.kernels.planning.golden_cases import cell_counts
from tests.kernels.planning.slice_strategies import SIZE


@given(workloads())
def test_local_masks_show_the_rows_of_the_mask_against_keys_held_and_received(case):
    mask, work, ranks = case
    transfers = plan_transfers(work, min_heap(work.areas, ranks))
    cells = cell_counts(mask, SIZE, SIZE)

    for rank in range(ranks):
        local = localise(mask, transfers, rank)

        own = [row for start, stop in transfers.owned[rank] for row in range(start, stop)]
        buffer = [
            row for ranges in transfers.received[rank] for start, stop in ranges for row in range(start, stop)
        ]  # fmt: skip
        assert np.array_equal(cell_counts(local.host, len(own), len(own)), cells[np.ix_(own, own)])
        assert np.array_equal(cell_counts(local.remote, len(own), len(buffer)), cells[np.ix_(own, buffer)])


@given(workloads())
def test_query_part_shows_the_rows_of_a_rank_against_all_keys(case):
    mask, work, ranks = case
    owned = plan_transfers(work, min_heap(work.areas, ranks)).owned
    cells = cell_counts(mask, SIZE, SIZE)

    for mine in owned:
        own = [row for start, stop in mine for row in range(start, stop)]
        assert np.array_equal(cell_counts(query_part(mask, mine), len(own), SIZE), cells[own])
