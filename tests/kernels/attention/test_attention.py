"""Attention over slices against the dense masked softmax in float64: values, log-sum-exps and gradients."""

import pytest
import torch

from kernels.attention import op, reference
from kernels.attention.options import AttentionOptions
from kernels.planning.masks import block_causal, sliding_window
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind
from tests.kernels.attention.doctrine import check, draw, run
from tests.kernels.planning.golden_cases import CASES, golden_mask, slices_of

MIXED = (
    AttentionSlice(queries=Range(0, 40), keys=Range(0, 70), kind=SliceKind.CAUSAL),
    AttentionSlice(queries=Range(10, 60), keys=Range(70, 120)),
    AttentionSlice(queries=Range(40, 60), keys=Range(0, 30), kind=SliceKind.INV_CAUSAL),
    AttentionSlice(queries=Range(60, 100), keys=Range(5, 77), kind=SliceKind.BI_CAUSAL),
    AttentionSlice(queries=Range(60, 62), keys=Range(0, 5)),
)
CAPPED = AttentionOptions(softcap=3.0)


@pytest.mark.parametrize("name", CASES)
def test_dense_mask_is_the_golden_one(name):
    case = CASES[name]

    mask = reference.dense_mask(slices_of(case), (case["seqlen_q"], case["seqlen_k"]))

    assert (mask.numpy() == golden_mask(case)).all()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", CASES)
def test_golden_masks(name, dtype):
    case = CASES[name]
    mask = slices_of(case)
    inputs = draw(case["seqlen_q"], case["seqlen_k"], dtype=dtype)

    found = run(op.attention, inputs, mask=mask, options=AttentionOptions(check_cover=True))

    check(found, inputs, mask=mask)


@pytest.mark.parametrize("softcap", [0.0, 2.0])
@pytest.mark.parametrize("with_sink", [False, True])
@pytest.mark.parametrize("loud", [1.0, 60.0], ids=["bounded", "shifted"])
def test_caps_sinks_and_loud_scores(softcap, with_sink, loud):
    query, key, value = draw(110, 130, heads=(6, 2), batch=2)
    inputs = [query * loud, key, value]
    sink = torch.linspace(-1, 2, 12, dtype=torch.float64).view(2, 6) if with_sink else None

    found = run(op.attention, inputs, sink=sink, mask=MIXED, options=AttentionOptions(softcap=softcap, scale=0.3))

    check(found, inputs, sink=sink, mask=MIXED, options=AttentionOptions(softcap=softcap, scale=0.3))


@pytest.mark.parametrize("heads", [(1, 1), (4, 4), (6, 1), (8, 2)])
@pytest.mark.parametrize("size", [8, 72, 192])
def test_heads_share_keys_in_groups_of_any_size(heads, size):
    inputs = draw(50, 90, heads=heads, size=size)
    mask = (AttentionSlice(queries=Range(0, 50), keys=Range(0, 90), kind=SliceKind.CAUSAL),)

    check(run(op.attention, inputs, mask=mask), inputs, mask=mask)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_every_number_of_threads_finds_the_same(threads):
    before = torch.get_num_threads()
    mask = block_causal(700, block=130, span=3)
    inputs = draw(700, 700, heads=(3, 1), dtype=torch.float32)
    torch.set_num_threads(threads)
    try:
        found = run(op.attention, inputs, mask=mask)
    finally:
        torch.set_num_threads(before)

    check(found, inputs, mask=mask)


def test_same_bytes_in_every_run():
    mask = sliding_window(900, left=200, right=10)
    inputs = draw(900, 900, dtype=torch.float32)

    first, again = (run(op.attention, inputs, mask=mask) for _ in range(2))

    assert all(torch.equal(first.tensors[name], again.tensors[name]) for name in first.tensors)


def test_slices_cut_anyhow_give_the_same():
    whole = (AttentionSlice(queries=Range(0, 96), keys=Range(0, 200)),)
    pieces = tuple(
        AttentionSlice(queries=Range(row, row + 48), keys=Range(column, column + 50))
        for row in (0, 48)
        for column in (0, 50, 100, 150)
    )
    inputs = draw(96, 200)

    found = run(op.attention, inputs, mask=pieces, options=AttentionOptions(check_cover=True))

    check(found, inputs, mask=whole)


def test_rows_that_nobody_shows_are_never_read():
    query, key, value = draw(100, 120, dtype=torch.float32)
    mask = (AttentionSlice(queries=Range(20, 60), keys=Range(30, 90), kind=SliceKind.CAUSAL),)
    clean = run(op.attention, [query, key, value], mask=mask)
    for part in (key, value):
        part[:, :30], part[:, 90:] = float("nan"), float("nan")
    query[:, :20], query[:, 60:] = float("nan"), float("nan")

    poisoned = run(op.attention, [query, key, value], mask=mask)

    for name, part in clean.tensors.items():
        torch.testing.assert_close(poisoned.tensors[name], part)


def test_parts_add_up_in_given_buffers():
    inputs = draw(110, 130, heads=(6, 2), dtype=torch.float32)
    buffers = op.accumulators(inputs[0])

    for part in MIXED:
        given = op.attention(*inputs, (part,), into=buffers)

    assert given.out is buffers.out
    whole = op.attention(*inputs, MIXED)
    torch.testing.assert_close(given.out, whole.out)
    torch.testing.assert_close(given.lse, whole.lse)


def test_gradients_of_parts_add_up():
    inputs = draw(110, 130, heads=(6, 2))
    whole = op.attention(*inputs, MIXED, options=CAPPED)
    grad_out = torch.randn(whole.out.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)

    parts = [
        op.attention_backward(op.AttendedGradients(grad_out), *inputs, whole, (part,), options=CAPPED) for part in MIXED
    ]

    leaves = [part.requires_grad_() for part in inputs]
    expected = torch.autograd.grad(reference.attention(*leaves, MIXED, options=CAPPED).out, leaves, grad_out)
    for found, right in zip(map(sum, zip(*parts, strict=True)), expected, strict=True):
        torch.testing.assert_close(found, right)


@pytest.mark.parametrize("mask", [(), (AttentionSlice(queries=Range(1, 3), keys=Range(2, 2)),)])
@pytest.mark.parametrize("call", [op.attention, lambda *given: (op.attend(*given), None)])
def test_without_visible_keys_there_is_nothing(call, mask):
    out, lse = call(*draw(4, 4, dtype=torch.float32), mask)

    assert (out == 0).all()
    assert lse is None or (lse == float("-inf")).all()


@pytest.mark.parametrize(("queries", "keys"), [(0, 5), (5, 0)])
def test_empty_sequences_are_allowed(queries, keys):
    inputs = draw(queries, keys, dtype=torch.float32)

    found = run(op.attention, inputs, mask=())

    assert all((part == 0).all() for part in found.tensors.values())
    assert op.attend(*inputs, ()).shape == (1, queries, 4, 16)


@pytest.mark.parametrize("name", CASES)
def test_outputs_alone_are_the_same(name):
    case = CASES[name]
    inputs = draw(case["seqlen_q"], case["seqlen_k"], dtype=torch.float32)

    torch.testing.assert_close(op.attend(*inputs, slices_of(case)), op.attention(*inputs, slices_of(case)).out)
