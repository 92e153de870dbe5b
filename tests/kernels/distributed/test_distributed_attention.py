"""Attention over ranks against one process: outputs, log-sum-exps, gradients, and the bytes that travelled."""

from dataclasses import replace

import pytest
import torch

from kernels.attention import op as one_process
from kernels.attention.options import AttentionOptions
from kernels.distributed.op import (
    SharingOptions,
    Way,
    dispatch,
    distributed_attention,
    pad,
    share,
    undispatch,
)
from kernels.planning import plan
from kernels.planning.masks import block_causal, packed, sliding_window
from kernels.planning.plan import PlanKey
from kernels.planning.two_levels import split_levels
from tests.kernels.attention.doctrine import FLOAT64, Sides, check, draw, run
from tests.kernels.planning.golden_cases import CASES, slices_of

# Fetched in one go, or in so many stages; small parts, so that small cases have several.
STAGES = (0, 1, 2, 4)
PART_ROWS = 8


def key_for(mask, *, rows, ranks):
    """A plan that is searched for briefly: here it need not be good."""
    return replace(plan.key_for(mask, rows=rows, ranks=ranks), swaps=100)


def assert_same(found: Sides, expected: Sides):
    assert found.tensors.keys() == expected.tensors.keys()
    for name, part in expected.tensors.items():
        torch.testing.assert_close(
            found.tensors[name], part, rtol=FLOAT64, atol=FLOAT64, msg=lambda text, name=name: f"{name}: {text}"
        )


def over_ranks(shared, **words):
    """An attention of whole sequences whose work is shared; every rank ends with the whole result."""

    def attend(query, key, value, sink=None, **options):
        mine = [dispatch(part, shared) for part in (query, key, value)]
        attended = distributed_attention(*mine, shared, sink=sink, **options, **words)
        return one_process.Attended(*(undispatch(part, shared) for part in attended))

    return attend


def whole_inputs(case, dtype=torch.float64, **words):
    """Queries and keys of a golden case as one sequence, the shorter padded."""
    rows = max(case["seqlen_q"], case["seqlen_k"])
    query, key, value = draw(case["seqlen_q"], case["seqlen_k"], dtype=dtype, **words)
    return rows, [pad(part, rows) for part in (query, key, value)]


def planned_bytes(shared, transfers, element_bytes):
    return transfers.received_bytes(shared.ranks.rank, kv_heads=2, head_dim=16, element_bytes=element_bytes)


def attention_job(ranks, *, name, stages):
    rows, inputs = whole_inputs(CASES[name])
    mask = slices_of(CASES[name])
    expected = run(one_process.attention, inputs, mask=mask)
    for number in stages:
        shared = share(
            key_for(mask, rows=rows, ranks=ranks.size),
            ranks,
            options=SharingOptions(stages=number, part_rows=PART_ROWS, check_cover=True),
        )
        found = run(over_ranks(shared), inputs)
        assert_same(found, expected)
        _only_planned_bytes_travel(shared, inputs)


def _only_planned_bytes_travel(shared, inputs):
    ranks = shared.ranks
    mine = [dispatch(part, shared).requires_grad_() for part in inputs]
    planned = planned_bytes(shared, shared.plan.transfers, 8)
    ranks.traffic.reset()
    attended = distributed_attention(*mine, shared)
    assert sum(ranks.traffic.received) == planned
    attended.out.sum().backward()
    # Keys and values once more, and the gradients of what this rank had sent twice.
    sent = sum(shared.plan.transfers.sent_rows[ranks.rank]) * 2 * 2 * 16 * 8
    assert sum(ranks.traffic.received) == 2 * planned + sent


@pytest.mark.parametrize("ranks", [2, 4])
@pytest.mark.parametrize("name", CASES)
def test_golden_masks_in_every_number_of_stages(processes, name, ranks):
    processes.run(attention_job, ranks=ranks, name=name, stages=STAGES)


def rivals_job(ranks, *, name):
    rows, inputs = whole_inputs(CASES[name], heads=(8, 4))
    mask = slices_of(CASES[name])
    expected = run(one_process.attention, inputs, mask=mask)
    shared = share(key_for(mask, rows=rows, ranks=ranks.size), ranks)
    for way in (Way.GATHERED, Way.ULYSSES):
        assert_same(run(over_ranks(shared, way=way), inputs), expected)


@pytest.mark.parametrize("ranks", [2, 4])
@pytest.mark.parametrize(
    "name", ["varlen_block_causal_last_global", "magi_infer_batch2_sq_ne_sk", "random_types_mixed"]
)
def test_plain_ways_give_the_same(processes, name, ranks):
    processes.run(rivals_job, ranks=ranks, name=name)


def sink_job(ranks, *, way, stages, batch):
    rows, inputs = whole_inputs(CASES["random_types_mixed"], heads=(8, 4), batch=batch)
    mask = slices_of(CASES["random_types_mixed"])
    sink = torch.linspace(-1, 2, 16, dtype=torch.float64).view(2, 8)
    options = AttentionOptions(softcap=2.0, scale=0.4)
    expected = run(one_process.attention, inputs, sink=sink, mask=mask, options=options)
    shared = share(
        key_for(mask, rows=rows, ranks=ranks.size), ranks, options=SharingOptions(stages=stages, part_rows=PART_ROWS)
    )
    found = run(over_ranks(shared, way=Way(way)), inputs, sink=sink, options=options)
    # Of one rank's queries only: the sum over ranks is the whole.
    partial = found.tensors["sink"].contiguous()
    torch.distributed.all_reduce(partial, group=ranks.group)
    found.tensors["sink"] = partial
    assert_same(found, expected)


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize(("way", "stages"), [("staged", 0), ("staged", 2), ("gathered", 1), ("ulysses", 1)])
def test_caps_and_sinks(processes, way, stages, batch):
    processes.run(sink_job, way=way, stages=stages, batch=batch)


def dtype_job(ranks, *, dtype, stages):
    case = CASES["random_types_mixed"]
    rows, inputs = whole_inputs(case, dtype=getattr(torch, dtype))
    mask = slices_of(case)
    shared = share(
        key_for(mask, rows=rows, ranks=ranks.size), ranks, options=SharingOptions(stages=stages, part_rows=PART_ROWS)
    )
    check(run(over_ranks(shared), inputs), inputs, mask=mask)


@pytest.mark.parametrize("stages", [0, 1, 3])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_narrow_dtypes_are_as_close_as_they_may_be(processes, dtype, stages):
    processes.run(dtype_job, dtype=dtype, stages=stages)


def kept_job(ranks, *, stages, ranks_per_node):
    rows, inputs = whole_inputs(CASES["varlen_block_causal_last_global"])
    mask = slices_of(CASES["varlen_block_causal_last_global"])
    options = SharingOptions(
        stages=stages, part_rows=PART_ROWS, ranks_per_node=ranks_per_node, keep_fetched=True
    )  # fmt: skip
    shared = share(key_for(mask, rows=rows, ranks=ranks.size), ranks, options=options)
    assert_same(run(over_ranks(shared), inputs), run(one_process.attention, inputs, mask=mask))
    if not ranks_per_node:
        mine = [dispatch(part, shared).requires_grad_() for part in inputs]
        ranks.traffic.reset()
        distributed_attention(*mine, shared).out.sum().backward()
        transfers = shared.plan.transfers
        sent = sum(transfers.sent_rows[ranks.rank]) * 2 * 2 * 16 * 8
        assert sum(ranks.traffic.received) == planned_bytes(shared, transfers, 8) + sent


@pytest.mark.parametrize(("stages", "ranks_per_node"), [(0, 0), (2, 0), (2, 2)])
def test_kept_keys_give_the_same_for_fewer_bytes(processes, stages, ranks_per_node):
    processes.run(kept_job, stages=stages, ranks_per_node=ranks_per_node)


def poisoned_job(ranks, *, stages, ranks_per_node):
    torch.use_deterministic_algorithms(mode=True)
    try:
        rows, inputs = whole_inputs(CASES["odd_ranges_empty_rows"])
        mask = slices_of(CASES["odd_ranges_empty_rows"])
        options = SharingOptions(stages=stages, part_rows=PART_ROWS, ranks_per_node=ranks_per_node)
        shared = share(key_for(mask, rows=rows, ranks=ranks.size), ranks, options=options)
        assert torch.empty(1).isnan().all()
        first, again = (run(over_ranks(shared), inputs) for _ in range(2))
        assert_same(first, run(one_process.attention, inputs, mask=mask))
        assert all(torch.equal(first.tensors[name], again.tensors[name]) for name in first.tensors)
    finally:
        torch.use_deterministic_algorithms(mode=False)


@pytest.mark.parametrize(("stages", "ranks_per_node"), [(0, 0), (2, 0), (2, 2)])
def test_what_was_in_the_buffers_changes_nothing_and_every_run_gives_the_same_bytes(processes, stages, ranks_per_node):
    processes.run(poisoned_job, stages=stages, ranks_per_node=ranks_per_node)


def uneven_job(ranks):
    # 7 chunks of 10 rows and one of 3: ranks hold different numbers of rows.
    mask = sliding_window(73, left=31, right=4)
    inputs = draw(73, 73)
    shared = share(
        PlanKey(mask=mask, rows=73, ranks=ranks.size, chunk_rows=10), ranks, options=SharingOptions(part_rows=5)
    )
    assert_same(run(over_ranks(shared), inputs), run(one_process.attention, inputs, mask=mask))
    return shared.own_rows


@pytest.mark.parametrize("ranks", [2, 4])
def test_ranks_hold_different_numbers_of_rows(processes, ranks):
    rows = processes.run(uneven_job, ranks=ranks)

    assert sum(rows) == 73
    assert len(set(rows)) > 1


def apart_job(ranks, *, stages):
    mask = packed([16] * (8 * ranks.size))
    rows = 128 * ranks.size
    inputs = draw(rows, rows)
    shared = share(
        key_for(mask, rows=rows, ranks=ranks.size), ranks, options=SharingOptions(stages=stages, part_rows=PART_ROWS)
    )
    assert_same(run(over_ranks(shared), inputs), run(one_process.attention, inputs, mask=mask))
    mine = [dispatch(part, shared).requires_grad_() for part in inputs]
    ranks.traffic.reset()
    distributed_attention(*mine, shared).out.sum().backward()
    return ranks.traffic.exchanges


@pytest.mark.parametrize("stages", [0, 2])
def test_where_nothing_is_needed_nobody_sends_even_nothing(processes, stages):
    assert processes.run(apart_job, stages=stages) == [0] * 4


def one_way_job(ranks):
    # Only the last rows look back, so some ranks get nothing, and more stages than parts are empty.
    mask = (*packed([32, 32, 32]), *block_causal(32, block=32, offset=96))
    mask = (*mask[:3], mask[3].__class__(queries=mask[3].queries, keys=mask[3].keys.__class__(0, 128)))
    inputs = draw(128, 128)
    shared = share(
        PlanKey(mask=mask, rows=128, ranks=ranks.size, chunk_rows=32),
        ranks,
        options=SharingOptions(stages=4, part_rows=40),
    )
    assert_same(run(over_ranks(shared), inputs), run(one_process.attention, inputs, mask=mask))
    return [sum(rows) for rows in shared.plan.transfers.received_rows]


def test_ranks_that_get_nothing_take_part(processes):
    received = processes.run(one_way_job)[0]

    assert sorted(received) == [0, 0, 0, 96]


def two_levels_job(ranks, *, stages):
    mask = block_causal(384, block=48)
    inputs = draw(384, 384)
    key = key_for(mask, rows=384, ranks=ranks.size)
    expected = run(one_process.attention, inputs, mask=mask)
    crossed = []
    for ranks_per_node in (0, 2):
        options = SharingOptions(stages=stages, part_rows=PART_ROWS, ranks_per_node=ranks_per_node)
        shared = share(key, ranks, options=options)
        assert_same(run(over_ranks(shared), inputs), expected)
        mine = [dispatch(part, shared).requires_grad_() for part in inputs]
        ranks.traffic.reset()
        out = distributed_attention(*mine, shared).out
        crossed.append(_between_nodes(ranks))
        out.sum().backward()
        crossed.append(_between_nodes(ranks))
    if stages == 1:
        levels = split_levels(shared.plan.transfers, 2)
        assert crossed[2] == planned_bytes(shared, levels.between, 8)
    return crossed


def _between_nodes(ranks):
    return sum(size for peer, size in enumerate(ranks.traffic.received) if peer // 2 != ranks.rank // 2)


@pytest.mark.parametrize("stages", [0, 1, 2])
def test_over_two_levels_the_result_is_the_same_and_fewer_bytes_cross(processes, stages):
    direct, direct_both, levels, levels_both = map(sum, zip(*processes.run(two_levels_job, stages=stages), strict=True))

    assert levels < 0.75 * direct
    assert levels_both < 0.75 * direct_both


def other_mask_job(ranks):
    rows = 256
    key = key_for(block_causal(rows, block=32), rows=rows, ranks=ranks.size)
    window = sliding_window(rows, left=40, right=0)
    inputs = draw(rows, rows)
    first, second = share(key, ranks), share(key, ranks, mask=window)
    assert second.owned == first.owned
    assert share(key, ranks, mask=window) is second
    for shared in (first, second):
        assert_same(run(over_ranks(shared), inputs), run(one_process.attention, inputs, mask=shared.mask))


def test_another_mask_on_rows_that_stay_where_they_are(processes):
    processes.run(other_mask_job)


def values_only_job(ranks):
    rows, inputs = whole_inputs(CASES["varlen_block_causal"])
    mask = slices_of(CASES["varlen_block_causal"])
    shared = share(key_for(mask, rows=rows, ranks=ranks.size), ranks)
    query, key, value = (dispatch(part, shared) for part in inputs)
    query.requires_grad_()
    ranks.traffic.reset()
    distributed_attention(query, key, value, shared).out.sum().backward()
    assert sum(ranks.traffic.received) == 2 * planned_bytes(shared, shared.plan.transfers, 8)
    whole = inputs[0].clone().requires_grad_()
    one_process.attention(whole, *inputs[1:], mask).out.sum().backward()
    torch.testing.assert_close(query.grad, dispatch(whole.grad, shared), rtol=FLOAT64, atol=FLOAT64)


def test_gradients_that_nobody_asks_for_do_not_travel(processes):
    processes.run(values_only_job)
