import pytest
import torch

from kernels.attention.op import Attended, accumulators, merge
from kernels.distributed.casting import (
    Combine,
    cast_rows,
    group_cast,
    group_merge,
    group_reduce,
    reduce_rows,
)
from kernels.errors import UnsupportedInput
from kernels.planning.communication import Transfers
from kernels.planning.ranges import Range
from kernels.planning.routes import received_in_order, route

# Of unequal lengths: rank 1 gets nothing, rank 2 sends nothing, a row goes to two ranks, rank 3 holds two ranges.
OWNED = ((Range(0, 5),), (Range(5, 8),), (Range(8, 9),), (Range(9, 12), Range(14, 20)))
RECEIVED = (
    ((), (Range(6, 8),), (), (Range(10, 11), Range(15, 19))),
    ((), (), (), ()),
    ((Range(1, 2), Range(3, 5)), (Range(7, 8),), (), ()),
    ((Range(0, 5),), (), (), ()),
)
TRANSFERS = Transfers(owned=OWNED, received=RECEIVED)
NOTHING = Transfers(owned=OWNED, received=(((),) * 4,) * 4)
WHOLE = 20


def whole(*features, dtype=torch.float64, batch=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, WHOLE, *features, generator=generator, dtype=torch.float64).to(dtype)


def take_rows(tensor, ranges):
    return torch.cat([tensor[:, slice(*rows)] for rows in (*ranges, Range(0, 0))], dim=1)


def receivers(row):
    return [
        rank for rank in range(4) if any(start <= row < stop for rows in RECEIVED[rank] for start, stop in rows)
    ]  # fmt: skip


def owned_rows(rank):
    return [row for start, stop in OWNED[rank] for row in range(start, stop)]


def cast_job(ranks, *, dtype):
    key, value, flat = whole(2, 3, dtype=getattr(torch, dtype)), whole(4, dtype=getattr(torch, dtype), seed=1), None
    flat = key[..., 0, 0]
    mine = [take_rows(part, OWNED[ranks.rank]) for part in (key, value, flat)]
    pending = group_cast(mine, route(TRANSFERS, ranks.rank), ranks)
    found = pending.wait()
    for part, came in zip((key, value, flat), found, strict=True):
        assert torch.equal(came, take_rows(part, received_in_order(TRANSFERS, ranks.rank)))
    row_bytes = 2 * (6 + 4 + 1) * key.element_size()
    assert ranks.traffic.received == [rows * row_bytes for rows in TRANSFERS.received_rows[ranks.rank]]
    assert ranks.traffic.sent == [rows * row_bytes for rows in TRANSFERS.sent_rows[ranks.rank]]
    assert ranks.traffic.exchanges == 1


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_rows_of_several_tensors_come_in_one_exchange(processes, dtype):
    processes.run(cast_job, dtype=dtype)


def two_at_once_job(ranks):
    mine = [take_rows(whole(3, seed=seed), OWNED[ranks.rank]) for seed in range(2)]
    under_way = [group_cast([part], route(TRANSFERS, ranks.rank), ranks) for part in mine]
    for seed in (1, 0):
        came = under_way[seed].wait()[0]
        assert torch.equal(came, take_rows(whole(3, seed=seed), received_in_order(TRANSFERS, ranks.rank)))


def test_several_casts_may_be_under_way(processes):
    processes.run(two_at_once_job)


def reduce_job(ranks, *, how, dtype):
    parts = [whole(2, 3, seed=10 + rank).to(getattr(torch, dtype)) for rank in range(4)]
    start = whole(2, 3).float() if dtype != "float64" else whole(2, 3)
    into = take_rows(start, OWNED[ranks.rank]).clone()
    mine = take_rows(parts[ranks.rank], received_in_order(TRANSFERS, ranks.rank))
    group_reduce([mine], route(TRANSFERS, ranks.rank), ranks, into=[into], how=Combine(how)).wait()
    for place, row in enumerate(owned_rows(ranks.rank)):
        back = [parts[rank][:, row].to(into.dtype) for rank in receivers(row)]
        expected = start[:, row] + sum(back)
        if how == "mean":
            expected = expected / (1 + len(back))
        torch.testing.assert_close(into[:, place], expected)


@pytest.mark.parametrize("how", list(Combine))
@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_what_comes_back_is_combined_with_what_is_there(processes, how, dtype):
    processes.run(reduce_job, how=how, dtype=dtype)


def merge_job(ranks):
    outs, sums = zip(*[(whole(2, 3, seed=10 + rank), whole(2, seed=20 + rank)) for rank in range(5)], strict=True)
    # A part that saw nothing takes no part.
    sums[3][:, 2] = float("-inf")
    start = Attended(outs[4], sums[4])
    into = accumulators(take_rows(start.out, OWNED[ranks.rank]))
    into.out.copy_(take_rows(start.out, OWNED[ranks.rank]))
    into.lse.copy_(take_rows(start.lse, OWNED[ranks.rank]))
    at = received_in_order(TRANSFERS, ranks.rank)
    part = Attended(take_rows(outs[ranks.rank], at), take_rows(sums[ranks.rank], at))
    group_merge(part, route(TRANSFERS, ranks.rank), ranks, into=into).wait()
    for place, row in enumerate(owned_rows(ranks.rank)):
        expected = Attended(start.out[:, row : row + 1], start.lse[:, row : row + 1])
        for rank in receivers(row):
            expected = merge(expected, Attended(outs[rank][:, row : row + 1], sums[rank][:, row : row + 1]))
        torch.testing.assert_close(into.out[:, place], expected.out[:, 0])
        torch.testing.assert_close(into.lse[:, place], expected.lse[:, 0])


def test_parts_of_attention_join_by_their_log_sum_exps(processes):
    processes.run(merge_job)


def transpose_job(ranks):
    mine, mask = take_rows(whole(3), OWNED[ranks.rank]), route(TRANSFERS, ranks.rank)
    came = mine[:, :0].new_zeros((2, sum(mask.received), 3))
    weights = torch.randn(came.shape, generator=torch.Generator().manual_seed(ranks.rank), dtype=torch.float64)
    mine.requires_grad_()
    cast = cast_rows(mine, mask, ranks)
    (cast * weights).sum().backward()
    back = weights.clone().requires_grad_()
    reduced = reduce_rows(back, mask, ranks)
    torch.testing.assert_close(mine.grad, reduced.detach())
    seen = torch.randn(reduced.shape, generator=torch.Generator().manual_seed(9 + ranks.rank), dtype=torch.float64)
    (reduced * seen).sum().backward()
    torch.testing.assert_close(back.grad, cast_rows(seen, mask, ranks))
    # <cast x, w> = <x, reduce w>, summed over all ranks.
    both = torch.stack([(cast * weights).sum(), (mine * reduced).sum()]).detach()
    torch.distributed.all_reduce(both, group=ranks.group)
    torch.testing.assert_close(both[0], both[1])


def test_each_is_the_transpose_and_the_gradient_of_the_other(processes):
    processes.run(transpose_job)


def quiet_job(ranks):
    mine, quiet = take_rows(whole(3), OWNED[ranks.rank]), route(NOTHING, ranks.rank)
    assert group_cast([mine], quiet, ranks).wait()[0].shape == (2, 0, 3)
    into = mine.clone()
    group_reduce([mine[:, :0]], quiet, ranks, into=[into]).wait()
    attended = accumulators(whole(2, 3)[:, : mine.shape[1]])
    group_merge(Attended(*(part[:, :0] for part in attended)), quiet, ranks, into=attended).wait()
    assert torch.equal(into, mine)
    assert (attended.lse == float("-inf")).all()
    return ranks.traffic.exchanges


def test_where_nobody_sends_nothing_is_exchanged(processes):
    assert processes.run(quiet_job) == [0] * 4


def misfit_job(ranks, *, what):
    mine, some = take_rows(whole(3), OWNED[ranks.rank]), route(TRANSFERS, ranks.rank)
    if what == "length":
        group_cast([mine[:, 1:]], some, ranks)
    elif what == "back":
        group_reduce([whole(3)[:, : sum(some.received) + 1]], some, ranks, into=[mine])
    else:
        group_cast([mine, mine.float()], some, ranks)


@pytest.mark.parametrize(
    ("what", "text"), [("length", "the stock must be"), ("back", "what comes back must be"), ("dtype", "must agree")]
)
def test_tensors_that_do_not_fit_are_refused_before_anything_travels(processes, what, text):
    for error, said in processes.ask(misfit_job, what=what):
        assert error == UnsupportedInput.__name__
        assert text in said
