import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.baselines import contiguous, min_heap, quotas, zigzag
from kernels.planning.traffic import weigh
from tests.kernels.planning.dispatch_cases import CASES, workload_of

sizes = st.integers(1, 40).flatmap(lambda chunks: st.tuples(st.just(chunks), st.integers(1, chunks)))


@given(sizes)
def test_every_chunk_is_held_once_and_evenly(size):
    chunks, ranks = size

    for assignment in (contiguous(chunks, ranks), zigzag(chunks, ranks), min_heap([7] * chunks, ranks)):
        assert sorted(chunk for held in assignment for chunk in held) == list(range(chunks))
        assert sorted(map(len, assignment)) == sorted(quotas(chunks, ranks))
        assert all(list(held) == sorted(held) for held in assignment)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_min_heap_holds_the_golden_chunks(case):
    assignment = min_heap(workload_of(case).areas, case["cp_size"])

    assert [list(held) for held in assignment] == case["magi_minheap"]["partitions"]


@pytest.mark.parametrize("name", ["magi_minheap", "contiguous", "zigzag"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_baselines_cost_the_golden_areas_and_rows(case, name):
    work, ranks = workload_of(case), case["cp_size"]
    assignments = {
        "magi_minheap": lambda: min_heap(work.areas, ranks),
        "contiguous": lambda: contiguous(len(work.chunks), ranks),
        "zigzag": lambda: zigzag(len(work.chunks), ranks),
    }

    load = weigh(work, assignments[name]())

    assert list(load.areas) == case[name]["area_per_rank"]
    assert list(load.received) == case[name]["recv_kv_rows_per_rank"]


@pytest.mark.parametrize("ranks", [0, 4])
def test_every_rank_holds_a_chunk(ranks):
    with pytest.raises(UnsupportedInput, match="each rank must hold a chunk"):
        contiguous(3, ranks)
