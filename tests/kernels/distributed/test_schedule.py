import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.distributed.schedule import make_schedule
from kernels.errors import UnsupportedInput
from kernels.planning.masks import block_causal
from kernels.planning.plan import PlanKey, make_plan
from kernels.planning.ranges import count_rows
from kernels.planning.two_levels import split_levels
from tests.kernels.planning.dispatch_cases import masks
from tests.kernels.planning.golden_cases import cell_counts
from tests.kernels.planning.slice_strategies import SIZE


def cut(plan, rank, *, stages=1, part_rows=2, ranks_per_node=0):
    return make_schedule(plan, rank, stages=stages, part_rows=part_rows, ranks_per_node=ranks_per_node)


@given(masks(), st.integers(0, 4), st.sampled_from([0, 1, 2]))
def test_own_part_and_stages_show_as_many_cells_as_the_rows_do(mask, stages, ranks_per_node):
    plan = make_plan(PlanKey(mask=mask, rows=SIZE, ranks=2, chunk_rows=3, swaps=0))
    cells = cell_counts(mask, SIZE, SIZE)

    for rank in range(2):
        found = cut(plan, rank, stages=stages, ranks_per_node=ranks_per_node)

        own = [row for rows in plan.transfers.owned[rank] for row in range(*rows)]
        parts = (found.own, *(stage.mask for stage in found.stages))
        assert sum(piece.area for part in parts for piece in part) == cells[own].sum()
        assert len(found.stages) == max(1, stages)
        for stage in found.stages:
            fetched = sum(stage.routes[-1].received) + (len(own) if found.merged else 0)
            assert all(piece.keys.stop <= fetched for piece in stage.mask)


@given(masks())
def test_merged_keys_are_the_own_rows_and_then_the_fetched(mask):
    plan = make_plan(PlanKey(mask=mask, rows=SIZE, ranks=2, chunk_rows=3, swaps=0))
    cells = cell_counts(mask, SIZE, SIZE)

    for rank in range(2):
        found = cut(plan, rank, stages=0)

        own = [row for rows in plan.transfers.owned[rank] for row in range(*rows)]
        fetched = [row for by_peer in plan.transfers.received[rank] for rows in by_peer for row in range(*rows)]
        keys = own + fetched
        assert found.merged
        assert found.own == ()
        counted = cell_counts(found.stages[0].mask, len(own), len(keys))
        assert np.array_equal(counted, cells[np.ix_(own, keys)])


def test_over_two_levels_there_are_two_routes():
    plan = make_plan(PlanKey(mask=block_causal(64, block=8), rows=64, ranks=4, chunk_rows=8, swaps=0))

    found = cut(plan, 1, ranks_per_node=2)

    between, within = found.stages[0].routes
    levels = split_levels(plan.transfers, 2)
    assert between.received == levels.between.received_rows[1]
    assert within.rows == count_rows(levels.stock(1))


@pytest.mark.parametrize("numbers", [{"stages": -1, "part_rows": 0}, {"ranks_per_node": 3}])
def test_numbers_that_do_not_fit_are_refused(numbers):
    plan = make_plan(PlanKey(mask=block_causal(64, block=8), rows=64, ranks=4, chunk_rows=8, swaps=0))

    with pytest.raises(UnsupportedInput):
        cut(plan, 0, **numbers)
