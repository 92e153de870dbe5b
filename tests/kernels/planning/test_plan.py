import pytest

from kernels.errors import UnsupportedInput
from kernels.planning.dispatch import SWAPS
from kernels.planning.masks import block_causal, prefix_lm
from kernels.planning.plan import PlanKey, key_for, make_plan, plan_again


def test_plan_of_an_equal_key_is_kept():
    first = make_plan(key_for(block_causal(64, block=8, span=3), rows=64, ranks=2))
    again = make_plan(key_for(block_causal(64, block=8, span=3), rows=64, ranks=2))

    assert again is first


def test_plan_fits_together():
    key = key_for(block_causal(256, block=32), rows=256, ranks=4)

    plan = make_plan(key)

    assert [sum(rows) for rows in plan.transfers.received_rows] == list(plan.dispatch.load.received)
    for rank, area in enumerate(plan.dispatch.load.areas):
        local = plan.local_mask(rank)
        assert sum(part.area for part in (*local.host, *local.remote)) == area


def test_few_chunks_are_searched_fully_and_many_less():
    assert key_for((), rows=1024, ranks=16).swaps == SWAPS
    assert key_for((), rows=8192, ranks=128).swaps == SWAPS // 8


@pytest.mark.parametrize("ranks", [8, 64])
def test_four_million_tokens_are_planned_over_a_bounded_number_of_chunks(ranks):
    key = key_for(block_causal(4_000_000, block=32_400, span=5), rows=4_000_000, ranks=ranks)

    plan = make_plan.__wrapped__(key)

    # What planning costs grows with the chunks, not with the tokens.
    assert -(-key.rows // key.chunk_rows) <= 8 * ranks
    assert len(plan.transfers.owned) == ranks


def test_more_ranks_than_chunks_are_refused():
    with pytest.raises(UnsupportedInput, match="each rank must hold a chunk"):
        make_plan(PlanKey(mask=prefix_lm(8, prefix=1), rows=8, ranks=3, chunk_rows=4))


def test_another_mask_is_planned_on_rows_that_stay():
    key = key_for(block_causal(256, block=32), rows=256, ranks=4)
    mask = prefix_lm(256, prefix=40)

    again = plan_again(key, mask)

    assert again.dispatch.assignment == make_plan(key).dispatch.assignment
    assert again.transfers.owned == make_plan(key).transfers.owned
    assert [sum(rows) for rows in again.transfers.received_rows] == list(again.dispatch.load.received)
    assert sum(again.dispatch.load.areas) == sum(part.area for part in mask)
    assert again.key.mask == mask
