import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.baselines import min_heap
from kernels.planning.communication import Transfers, plan_transfers
from kernels.planning.ranges import Range
from kernels.planning.routes import everything, received_in_order, rolled, rolled_sources, route
from tests.kernels.planning.dispatch_cases import workloads
from tests.kernels.planning.slice_strategies import SIZE


def rows_of(ranges):
    return [row for start, stop in ranges for row in range(start, stop)]


def deliver(transfers, stocks=None):
    """What each rank has in its buffer when all have sent what their routes say."""
    ranks = range(len(transfers.owned))
    held = [rows_of(transfers.owned[rank] if stocks is None else stocks[rank]) for rank in ranks]
    routes = [route(transfers, rank, None if stocks is None else stocks[rank]) for rank in ranks]
    for rank, mine in enumerate(routes):
        assert mine.rows == len(held[rank])
        assert mine.received == tuple(theirs.sent_rows[rank] for theirs in routes)
    return [[held[peer][place] for peer in ranks for place in rows_of(routes[peer].sent[rank])] for rank in ranks]


@given(workloads())
def test_rows_arrive_in_the_order_of_the_buffer(case):
    _, work, ranks = case
    transfers = plan_transfers(work, min_heap(work.areas, ranks))

    arrived = deliver(transfers)

    assert arrived == [rows_of(received_in_order(transfers, rank)) for rank in range(ranks)]


@given(workloads())
def test_routes_are_quiet_where_nobody_sends(case):
    _, work, ranks = case
    transfers = plan_transfers(work, min_heap(work.areas, ranks))

    routes = [route(transfers, rank) for rank in range(ranks)]

    quiet = not any(sum(one.received) for one in routes)
    assert [one.quiet for one in routes] == [quiet] * ranks


@given(workloads())
def test_everything_reaches_everyone(case):
    _, work, ranks = case
    owned = plan_transfers(work, min_heap(work.areas, ranks)).owned

    for arrived in deliver(everything(owned)):
        assert arrived == [row for rows in owned for row in rows_of(rows)]
        assert sorted(arrived) == list(range(SIZE))


@given(workloads(), st.integers(-3 * SIZE, 3 * SIZE))
def test_rolled_rows_come_from_their_owners_once(case, shift):
    _, work, ranks = case
    owned = plan_transfers(work, min_heap(work.areas, ranks)).owned

    arrived = deliver(rolled(owned, rows=SIZE, shift=shift))

    for rank in range(ranks):
        wanted = [(row - shift) % SIZE for row in rows_of(owned[rank])]
        assert sorted(arrived[rank]) == sorted(wanted)
        assert rows_of(rolled_sources(owned[rank], rows=SIZE, shift=shift)) == wanted


def test_what_is_not_held_cannot_be_sent():
    transfers = Transfers(owned=((Range(0, 2),), (Range(2, 4),)), received=((), ((Range(1, 3),), ())))

    with pytest.raises(UnsupportedInput, match=r"rows \[1, 3\) must be held, 1 are not"):
        route(Transfers(owned=transfers.owned, received=(((), ()), ((Range(1, 3),), ()))), 0)
