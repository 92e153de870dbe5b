from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.planning.annealing import Schedule, SwapSearch
from kernels.planning.baselines import contiguous, zigzag
from kernels.planning.masks import prefix_lm
from kernels.planning.traffic import encode, weigh
from kernels.planning.workload import measure
from tests.kernels.planning.dispatch_cases import CASES, workload_of, workloads


@settings(max_examples=40)
@given(workloads(), st.integers(0, 200))
def test_what_is_found_keeps_the_cap_and_never_costs_more_than_a_start_within_it(case, slack):
    _, work, ranks = case
    start = contiguous(len(work.chunks), ranks)
    before = weigh(work, start)
    cap = max(before.areas) - 20 + slack

    found = SwapSearch(work, encode(work), cap, start).run(Schedule(swaps=60), Random(1))

    if found is None:
        assert max(before.areas) > cap
        return
    after = weigh(work, found)
    assert max(after.areas) <= cap
    assert sorted(map(len, found)) == sorted(map(len, start))
    assert sorted(chunk for held in found for chunk in held) == list(range(len(work.chunks)))
    if max(before.areas) <= cap:
        assert after.total_received <= before.total_received


def test_search_from_out_of_balance_comes_back_under_the_cap():
    work = measure(prefix_lm(64, prefix=1), rows=64, chunk_rows=2)
    cap = sum(work.areas) * 102 // 400

    found = SwapSearch(work, encode(work), cap, contiguous(32, 4)).run(Schedule(swaps=3000), Random(0))

    assert found is not None
    assert max(weigh(work, found).areas) <= cap


def test_the_sums_it_carries_along_are_those_counted_afresh():
    work = workload_of(CASES["magi_video_packed_5clips-4"])
    search = SwapSearch(work, encode(work), max(work.areas) * 9, zigzag(32, 4))

    search.run(Schedule(swaps=500), Random(0))

    load = weigh(work, search._undone([]))
    assert (load.areas, load.received) == (tuple(search._area), tuple(search._rows))
