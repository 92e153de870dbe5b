import numpy as np
import pytest
from hypothesis import given

from kernels.errors import UnsupportedInput
from kernels.planning.baselines import min_heap
from kernels.planning.communication import bytes_per_row, plan_transfers
from kernels.planning.traffic import weigh
from tests.kernels.planning.dispatch_cases import CASES, workload_of, workloads
from tests.kernels.planning.golden_cases import cell_counts
from tests.kernels.planning.slice_strategies import SIZE


def rows_of(ranges):
    return [row for start, stop in ranges for row in range(start, stop)]


@given(workloads())
def test_every_row_needed_and_lacked_comes_once_from_its_owner_and_no_other_row_comes(case):
    mask, work, ranks = case

    transfers = plan_transfers(work, min_heap(work.areas, ranks))

    cells = cell_counts(mask, SIZE, SIZE)
    owned = [rows_of(ranges) for ranges in transfers.owned]
    assert sorted(row for rows in owned for row in rows) == list(range(SIZE))
    for rank, by_peer in enumerate(transfers.received):
        seen = set(np.flatnonzero(cells[owned[rank]].any(axis=0)))
        received = [row for ranges in by_peer for row in rows_of(ranges)]
        assert sorted(received) == sorted(seen - set(owned[rank]))
        assert all(set(rows_of(ranges)) <= set(owned[peer]) for peer, ranges in enumerate(by_peer))
        assert by_peer[rank] == ()


@given(workloads())
def test_what_one_sends_is_what_the_other_receives(case):
    _, work, ranks = case

    transfers = plan_transfers(work, min_heap(work.areas, ranks))

    for rank in range(ranks):
        for peer in range(ranks):
            assert transfers.sent[rank][peer] == transfers.received[peer][rank]
            assert transfers.sent_rows[rank][peer] == transfers.received_rows[peer][rank]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bytes_are_those_of_the_golden_rows(case):
    work = workload_of(case)
    transfers = plan_transfers(work, min_heap(work.areas, case["cp_size"]))

    received = [
        transfers.received_bytes(rank, kv_heads=8, head_dim=128, element_bytes=2) for rank in range(case["cp_size"])
    ]

    golden = case["magi_minheap"]["recv_kv_rows_per_rank"]
    assert received == [rows * 2 * 8 * 128 * 2 for rows in golden]
    assert golden == list(weigh(work, min_heap(work.areas, case["cp_size"])).received)


def test_sizes_of_a_row_are_at_least_one():
    with pytest.raises(UnsupportedInput, match="at least 1"):
        bytes_per_row(kv_heads=8, head_dim=128, element_bytes=0)
