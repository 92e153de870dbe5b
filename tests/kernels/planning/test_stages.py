import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.baselines import min_heap
from kernels.planning.communication import plan_transfers
from kernels.planning.local_masks import localise
from kernels.planning.masks import block_causal
from kernels.planning.overlap import HeadShape, MachineSpeed
from kernels.planning.plan import key_for, make_plan
from kernels.planning.ranges import count_rows
from kernels.planning.routes import received_in_order
from kernels.planning.stages import MOST_PARTS, best_number_of_stages, cut_parts, cut_stages, shift_keys
from tests.kernels.planning.dispatch_cases import workloads
from tests.kernels.planning.golden_cases import cell_counts
from tests.kernels.planning.slice_strategies import SIZE
from tests.kernels.planning.test_routes import rows_of

HEADS = HeadShape(query_heads=8, kv_heads=2, head_dim=64, element_bytes=2)


@given(workloads(), st.integers(1, 5), st.integers(1, 6))
def test_every_row_comes_in_one_stage_from_its_owner(case, stages, part_rows):
    _, work, ranks = case
    transfers = plan_transfers(work, min_heap(work.areas, ranks))

    tables = cut_stages(transfers, stages, part_rows=part_rows)

    assert len(tables) == stages
    for rank in range(ranks):
        for peer in range(ranks):
            in_stages = [row for table in tables for row in rows_of(table.received[rank][peer])]
            assert sorted(in_stages) == rows_of(transfers.received[rank][peer])


@given(workloads(), st.integers(1, 4), st.integers(1, 6))
def test_masks_of_the_stages_and_the_own_part_show_every_cell_once(case, stages, part_rows):
    mask, work, ranks = case
    transfers = plan_transfers(work, min_heap(work.areas, ranks))
    cells = cell_counts(mask, SIZE, SIZE)

    tables = cut_stages(transfers, stages, part_rows=part_rows)

    for rank in range(ranks):
        own = rows_of(transfers.owned[rank])
        for table in tables:
            buffer = rows_of(received_in_order(table, rank))
            remote = localise(mask, table, rank).remote
            assert np.array_equal(cell_counts(remote, len(own), len(buffer)), cells[np.ix_(own, buffer)])


def test_parts_are_even_and_at_most_so_many():
    # Not a multiple of what there may be at most.
    plan = make_plan(key_for(block_causal(4090, block=500), rows=4090, ranks=2))

    parts = [cut_parts(plan.transfers, rank, part_rows=3) for rank in range(2)]

    for rank, cut in enumerate(parts):
        assert sum(map(count_rows, cut)) == sum(plan.transfers.received_rows[rank])
        assert len(cut) <= MOST_PARTS
        assert len({count_rows(part) for part in cut[:-1]}) <= 1


def test_slow_links_ask_for_stages_and_quick_ones_for_none():
    mask = block_causal(8192, block=1024)
    plan = make_plan(key_for(mask, rows=8192, ranks=4))

    def best(bandwidth):
        speed = MachineSpeed(operations=1e12, bandwidth=bandwidth)
        return best_number_of_stages(mask, plan.transfers, heads=HEADS, speed=speed)

    assert best(1e15) == 1
    assert best(2e8) > 1


def test_nothing_to_fetch_is_one_stage():
    plan = make_plan(key_for((), rows=64, ranks=4))
    speed = MachineSpeed(operations=1e12, bandwidth=1e9)

    assert best_number_of_stages((), plan.transfers, heads=HEADS, speed=speed) == 1
    assert all(not any(map(sum, table.received_rows)) for table in cut_stages(plan.transfers, 3))


@pytest.mark.parametrize("numbers", [{"stages": 0}, {"stages": 1, "part_rows": 0}])
def test_numbers_below_one_are_refused(numbers):
    plan = make_plan(key_for(block_causal(64, block=8), rows=64, ranks=4))

    with pytest.raises(UnsupportedInput, match="at least 1"):
        cut_stages(plan.transfers, **numbers)


@given(workloads(), st.integers(0, 5))
def test_keys_shift_and_nothing_else(case, rows):
    mask, *_ = case

    shifted = cell_counts(shift_keys(mask, rows), SIZE, SIZE + rows)

    assert not shifted[:, :rows].any()
    assert np.array_equal(shifted[:, rows:], cell_counts(mask, SIZE, SIZE))
