"""What stages are for: something travels while something is computed."""

import pytest
import torch

from kernels.attention.options import AttentionOptions
from kernels.distributed import staged
from kernels.distributed.sharing import SharingOptions, share
from kernels.planning.masks import block_causal
from kernels.planning.plan import PlanKey

ROWS = 256


def order_job(ranks, *, stages, keep=False):
    """What a rank does one after the other: f(etch), w(ait), c(ompute), b(ackward), g(ive back)."""
    key = PlanKey(mask=block_causal(ROWS, block=16), rows=ROWS, ranks=ranks.size, chunk_rows=16, swaps=20)
    shared = share(key, ranks, options=SharingOptions(stages=stages, part_rows=4, keep_fetched=keep))
    done = []
    with pytest.MonkeyPatch.context() as patch:
        _note(patch, "fetch", "f", done)
        _note(patch, "give_back", "g", done)
        _note(patch, "attention", "c", done)
        plain = staged._Backward.of
        patch.setattr(staged._Backward, "of", lambda *given: done.append("b") or plain(*given))
        tensors = [torch.randn(1, shared.own_rows, 2, 8, dtype=torch.float64, requires_grad=True) for _ in range(3)]
        run = staged.Run(shared=shared, options=AttentionOptions())
        out = staged.staged_attention(*tensors, run).out
        done.append(" ")
        out.sum().backward()
    return "".join(done)


def _note(patch, name, letter, done):
    plain = getattr(staged, name)

    def noted(*given, **words):
        done.append(letter)
        found = plain(*given, **words)
        if letter == "f":
            arrived = found.wait
            found.wait = lambda: done.append("w") or arrived()
        return found

    patch.setattr(staged, name, noted)


@pytest.mark.parametrize(
    ("stages", "order"),
    [
        # All is fetched, then all is computed.
        (0, "fwc fwbg"),
        # The rank's own part is computed while the rest is under way.
        (1, "fcwc fbwbg"),
        # The next stage is under way before this one is computed, and gradients before the next one is.
        (3, "fcwfcwfcwc fbwfbgwfbgwbg"),
    ],
)
def test_the_next_rows_travel_before_what_is_here_is_computed(processes, stages, order):
    assert processes.run(order_job, stages=stages) == [order] * 4


@pytest.mark.parametrize(("stages", "order"), [(0, "fwc bg"), (3, "fcwfcwfcwc bbgbgbg")])
def test_what_was_kept_does_not_travel_again(processes, stages, order):
    assert processes.run(order_job, stages=stages, keep=True) == [order] * 4


def twice_job(ranks):
    key = PlanKey(mask=block_causal(ROWS, block=16), rows=ROWS, ranks=ranks.size, chunk_rows=16, swaps=20)
    shared = share(key, ranks)
    tensors = [torch.randn(1, shared.own_rows, 2, 8, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    run = staged.Run(shared=shared, options=AttentionOptions())
    out = staged.staged_attention(*tensors, run).out
    (grad,) = torch.autograd.grad(out.square().sum(), tensors[0], create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        grad.sum().backward()


def test_second_derivatives_are_refused_not_wrong(processes):
    processes.run(twice_job)
