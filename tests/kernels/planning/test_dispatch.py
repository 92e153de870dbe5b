from functools import cache

import pytest
from hypothesis import given, settings

from kernels.planning.baselines import min_heap
from kernels.planning.dispatch import balance_cap, dispatch
from kernels.planning.masks import packed
from kernels.planning.traffic import weigh
from kernels.planning.workload import measure
from tests.kernels.planning.dispatch_cases import CASES, workload_of, workloads


@cache
def solved(name):
    case = CASES[name]
    return case, dispatch(workload_of(case), case["cp_size"])


def names(ranks):
    return [name for name, case in CASES.items() if case["cp_size"] == ranks]


@pytest.mark.parametrize(("ranks", "most"), [(4, 0.60), (8, 0.64)])
def test_far_fewer_rows_travel_than_by_the_min_heap(ranks, most):
    ours = sum(solved(name)[1].load.total_received for name in names(ranks))
    theirs = sum(sum(solved(name)[0]["magi_minheap"]["recv_kv_rows_per_rank"]) for name in names(ranks))

    assert ours <= most * theirs


@pytest.mark.parametrize("name", [*names(4), *names(8)])
def test_no_rank_computes_more_or_waits_longer_than_by_the_min_heap(name):
    case, found = solved(name)
    theirs = case["magi_minheap"]

    mean = case["area"] / case["cp_size"]
    assert max(found.load.areas) <= max(*theirs["area_per_rank"], 1.01 * mean)
    assert max(found.load.received) <= max(theirs["recv_kv_rows_per_rank"])


@settings(max_examples=30)
@given(workloads())
def test_any_workload_is_shared_out_within_the_cap_and_no_dearer_than_by_the_min_heap(case):
    _, work, ranks = case

    found = dispatch(work, ranks, swaps=50)

    heaped = weigh(work, min_heap(work.areas, ranks))
    assert found.load == weigh(work, found.assignment)
    assert max(found.load.areas) <= found.cap == balance_cap(work.areas, ranks)
    assert found.load.total_received <= heaped.total_received
    assert dispatch(work, ranks, swaps=50) == found


def test_documents_of_one_rank_each_move_nothing():
    work = measure(packed([16] * 4), rows=64, chunk_rows=2)

    assert dispatch(work, 4).load.received == (0, 0, 0, 0)


def test_without_swaps_the_best_baseline_is_taken():
    case = CASES["causal-8"]

    found = dispatch(workload_of(case), 8, swaps=0)

    assert found.load.total_received == sum(case["zigzag"]["recv_kv_rows_per_rank"])
