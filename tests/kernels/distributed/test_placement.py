import pytest
import torch

from kernels.distributed.placement import dispatch, pad, position_ids, roll, undispatch
from kernels.distributed.sharing import share
from kernels.errors import UnsupportedInput
from kernels.planning.masks import block_causal
from kernels.planning.plan import PlanKey
from kernels.planning.workload import padded_rows

ROWS = 75


def shared_by(ranks):
    key = PlanKey(mask=block_causal(ROWS, block=15), rows=ROWS, ranks=ranks.size, chunk_rows=7, swaps=50)
    return share(key, ranks)


def whole(dtype=torch.float64, seed=0):
    return torch.randn(2, ROWS, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def there_and_back_job(ranks, *, dtype):
    shared, sequence = shared_by(ranks), whole(getattr(torch, dtype))
    own = dispatch(sequence, shared)
    assert own.shape == (2, shared.own_rows, 3)
    assert torch.equal(own, sequence[:, position_ids(shared)])
    assert torch.equal(undispatch(own, shared), sequence)
    return position_ids(shared).tolist()


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
@pytest.mark.parametrize("ranks", [2, 4])
def test_a_sequence_is_laid_out_and_put_together(processes, dtype, ranks):
    rows = processes.run(there_and_back_job, ranks=ranks, dtype=dtype)

    assert sorted(row for mine in rows for row in mine) == list(range(ROWS))
    assert all(mine == sorted(mine) for mine in rows)


def dispatch_gradient_job(ranks):
    shared, sequence = shared_by(ranks), whole().requires_grad_()
    weights = whole(seed=1)
    (dispatch(sequence, shared) * weights[:, position_ids(shared)]).sum().backward()
    torch.testing.assert_close(sequence.grad, weights)


def test_every_copy_of_a_sequence_gets_the_whole_gradient(processes):
    processes.run(dispatch_gradient_job)


def undispatch_gradient_job(ranks, *, partial):
    shared = shared_by(ranks)
    own = dispatch(whole(), shared).requires_grad_()
    # Either all ranks go on alike, or each weighs the whole in its own way.
    weights = [whole(seed=rank if partial else 0) for rank in range(ranks.size)]
    (undispatch(own, shared, partial_gradients=partial) * weights[ranks.rank]).sum().backward()
    expected = sum(weights) if partial else weights[0]
    torch.testing.assert_close(own.grad, expected[:, position_ids(shared)])


@pytest.mark.parametrize("partial", [False, True])
def test_gradients_of_the_whole_reach_the_owners(processes, partial):
    processes.run(undispatch_gradient_job, partial=partial)


def roll_job(ranks, *, shift):
    shared, sequence, weights = shared_by(ranks), whole(), whole(seed=1)
    own = dispatch(sequence, shared).requires_grad_()
    rolled = roll(own, shared, shift=shift)
    assert torch.equal(rolled, sequence.roll(shift, dims=1)[:, position_ids(shared)])
    (rolled * weights[:, position_ids(shared)]).sum().backward()
    torch.testing.assert_close(own.grad, weights.roll(-shift, dims=1)[:, position_ids(shared)])
    ranks.traffic.reset()
    roll(own.detach(), shared, shift=shift)
    stay = len({(row - shift) % ROWS for row in position_ids(shared).tolist()} & set(position_ids(shared).tolist()))
    assert sum(ranks.traffic.received) == (shared.own_rows - stay) * 2 * 3 * 8


@pytest.mark.parametrize("shift", [0, 1, -1, 30, -ROWS - 4, 3 * ROWS])
def test_rolling_is_that_of_the_whole_sequence(processes, shift):
    processes.run(roll_job, shift=shift)


def pad_job(ranks):
    rows = padded_rows(ROWS, ranks=ranks.size, chunk_rows=7)
    key = PlanKey(mask=block_causal(ROWS, block=15), rows=rows, ranks=ranks.size, chunk_rows=7, swaps=50)
    shared = share(key, ranks)
    padded = pad(whole(), rows, value=2.5)
    back = undispatch(dispatch(padded, shared), shared)
    assert torch.equal(back[:, :ROWS], whole())
    assert (back[:, ROWS:] == 2.5).all()
    return shared.own_rows


def test_padded_to_what_all_can_share_ranks_hold_equally_many_rows(processes):
    assert processes.run(pad_job) == [21] * 4


def test_nothing_is_cut_off_by_padding():
    with pytest.raises(UnsupportedInput, match="at least the length 75"):
        pad(whole(), ROWS - 1)


def misfit_job(ranks, *, call):
    # On the last rank only; the others must hear of it.
    shared, wrong = shared_by(ranks), ranks.rank == ranks.size - 1
    if call == "dispatch":
        dispatch(whole()[:, : ROWS - wrong], shared)
    elif call == "roll":
        roll(dispatch(whole(), shared), shared, shift=3 + wrong)
    else:
        undispatch(dispatch(whole(torch.float32 if wrong else torch.float64), shared), shared)


@pytest.mark.parametrize(
    ("call", "text"),
    [("dispatch", "whole must be (B, 75, ...)"), ("roll", "roll by 4 on rank 3"), ("undispatch", "the dtype must be")],
)
def test_ranks_that_differ_all_say_so(processes, call, text):
    for error, said in processes.ask(misfit_job, call=call):
        assert error == UnsupportedInput.__name__
        assert text in said
