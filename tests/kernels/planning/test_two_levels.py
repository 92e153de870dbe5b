import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.baselines import min_heap
from kernels.planning.communication import plan_transfers
from kernels.planning.masks import block_causal
from kernels.planning.plan import key_for, make_plan
from kernels.planning.ranges import count_rows, merge
from kernels.planning.routes import received_in_order
from kernels.planning.two_levels import split_levels
from tests.kernels.planning.dispatch_cases import workloads
from tests.kernels.planning.test_routes import deliver, rows_of


def rows_between_nodes(transfers, ranks_per_node):
    return sum(
        count_rows(rows)
        for rank, by_peer in enumerate(transfers.received)
        for peer, rows in enumerate(by_peer)
        if rank // ranks_per_node != peer // ranks_per_node
    )


@given(workloads(), st.integers(1, 4))
def test_the_same_rows_arrive_in_two_steps(case, ranks_per_node):
    _, work, ranks = case
    assume(ranks % ranks_per_node == 0)
    transfers = plan_transfers(work, min_heap(work.areas, ranks))

    levels = split_levels(transfers, ranks_per_node)

    stocks = [levels.stock(rank) for rank in range(ranks)]
    first, second = deliver(levels.between), deliver(levels.within, stocks)
    for rank in range(ranks):
        assert rows_of(stocks[rank]) == rows_of(transfers.owned[rank]) + first[rank]
        assert sorted(second[rank]) == sorted(rows_of(received_in_order(transfers, rank)))


@given(workloads(), st.integers(1, 4))
def test_every_row_crosses_to_a_node_once_at_most(case, ranks_per_node):
    _, work, ranks = case
    assume(ranks % ranks_per_node == 0)
    transfers = plan_transfers(work, min_heap(work.areas, ranks))

    levels = split_levels(transfers, ranks_per_node)

    for first in range(0, ranks, ranks_per_node):
        node = range(first, first + ranks_per_node)
        crossed = [
            row for rank in node for peer, rows in enumerate(levels.between.received[rank]) for row in rows_of(rows)
            if peer not in node
        ]  # fmt: skip
        needed = merge(
            piece for rank in node for peer, rows in enumerate(transfers.received[rank]) for piece in rows
            if peer not in node
        )  # fmt: skip
        assert sorted(crossed) == rows_of(needed)
        assert all(
            not rows for rank in node for peer, rows in enumerate(levels.within.received[rank]) if peer not in node
        )


def test_fewer_rows_cross_where_several_ranks_of_a_node_need_them():
    plan = make_plan(key_for(block_causal(512, block=64), rows=512, ranks=4))

    levels = split_levels(plan.transfers, 2)

    assert rows_between_nodes(levels.between, 2) < rows_between_nodes(plan.transfers, 2)


@pytest.mark.parametrize("ranks_per_node", [0, 3, 8])
def test_nodes_are_equal(ranks_per_node):
    plan = make_plan(key_for((), rows=64, ranks=4))

    with pytest.raises(UnsupportedInput, match="must divide the number of ranks 4"):
        split_levels(plan.transfers, ranks_per_node)
