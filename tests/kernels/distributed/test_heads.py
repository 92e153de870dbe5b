import pytest
import torch

from kernels.distributed.heads import to_heads, to_rows
from kernels.distributed.sharing import share
from kernels.planning.masks import block_causal
from kernels.planning.plan import PlanKey

ROWS = 27


def both_ways_job(ranks):
    key = PlanKey(mask=block_causal(ROWS, block=8), rows=ROWS, ranks=ranks.size, chunk_rows=5, swaps=20)
    shared = share(key, ranks)
    draw = torch.Generator().manual_seed(0)
    whole, weights = torch.randn(2, 2, ROWS, 8, 3, generator=draw, dtype=torch.float64)
    rows = [row for held in shared.owned for row in range(*held)]
    heads = slice(ranks.rank * 8 // ranks.size, (ranks.rank + 1) * 8 // ranks.size)
    own, part = whole[:, rows].requires_grad_(), whole[:, :, heads].clone().requires_grad_()

    found = to_heads(own, shared)
    back = to_rows(part, shared)

    assert torch.equal(found, whole[:, :, heads])
    assert torch.equal(back, whole[:, rows])
    (found * weights[:, :, heads]).sum().backward()
    (back * weights[:, rows]).sum().backward()
    assert torch.equal(own.grad, weights[:, rows])
    assert torch.equal(part.grad, weights[:, :, heads])


@pytest.mark.parametrize("ranks", [2, 4])
def test_rows_become_heads_and_heads_become_rows(processes, ranks):
    processes.run(both_ways_job, ranks=ranks)
