import pytest
import torch

from kernels.distributed.fetching import fetch, give_back
from kernels.planning.masks import block_causal
from kernels.planning.plan import PlanKey, make_plan
from kernels.planning.routes import received_in_order, route
from kernels.planning.two_levels import split_levels

ROWS = 64
PLAN = PlanKey(mask=block_causal(ROWS, block=8), rows=ROWS, ranks=4, chunk_rows=4, swaps=20)


def rows_of(ranges):
    return [row for start, stop in ranges for row in range(start, stop)]


def both_ways_job(ranks, *, dtype, ranks_per_node):
    transfers = make_plan(PLAN).transfers
    key, value = torch.randn(2, 2, ROWS, 3, generator=torch.Generator().manual_seed(0)).to(getattr(torch, dtype))
    own = rows_of(transfers.owned[ranks.rank])
    if ranks_per_node:
        levels = split_levels(transfers, ranks_per_node)
        routes = (route(levels.between, ranks.rank), route(levels.within, ranks.rank, levels.stock(ranks.rank)))
        buffers = [rows_of(received_in_order(levels.within, rank)) for rank in range(4)]
    else:
        routes = (route(transfers, ranks.rank),)
        buffers = [rows_of(received_in_order(transfers, rank)) for rank in range(4)]

    found = fetch((key[:, own], value[:, own]), routes, ranks).wait()

    for part, came in zip((key, value), found, strict=True):
        assert torch.equal(came, part[:, buffers[ranks.rank]])
    # Every rank gives its number back for every row it got; what the owner had stays in.
    into = torch.zeros(2, len(own), 3, dtype=torch.float32) + 100
    given = torch.full_like(found[0], ranks.rank + 1.0)
    give_back((given,), routes, ranks, into=(into,)).wait()
    expected = [100.0 + sum(rank + 1 for rank in range(4) if row in buffers[rank]) for row in own]
    assert into[0, :, 0].tolist() == expected


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("ranks_per_node", [0, 1, 2, 4])
def test_rows_come_and_gradients_go_by_every_way(processes, dtype, ranks_per_node):
    processes.run(both_ways_job, dtype=dtype, ranks_per_node=ranks_per_node)
