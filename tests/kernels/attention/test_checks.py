"""Input that attention cannot take is refused, and the message says what was got."""

import pytest
import torch

from kernels.attention import op
from kernels.attention.attended import Attended
from kernels.attention.options import AttentionOptions
from kernels.errors import UnsupportedInput
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind
from tests.kernels.attention.doctrine import draw

WHOLE = (AttentionSlice(queries=Range(0, 4), keys=Range(0, 4)),)


def inputs(**options):
    return draw(4, 4, dtype=torch.float32, **options)


def test_shapes_heads_and_dtypes_that_do_not_fit_are_refused():
    query, key, value = inputs(batch=2)

    for wrong, word in (
        ((query, key, value[:, :3]), "shaped like value"),
        ((query[0], key[0], value[0]), r"\(B, L, N, K\)"),
        ((query[:, :, :3], key, value), "multiple of key heads"),
        ((query[:1], key, value), "agree in batch"),
        ((query[..., :8], key, value), "head size"),
        ((query.double(), key, value), "share a dtype"),
        ((query.int(), key.int(), value.int()), "share a dtype"),
        ((query, key[:, :, :0], value[:, :, :0]), "multiple of key heads"),
        ((query.to("meta"), key, value), "one device"),
    ):
        for call in (op.attention, op.attend):
            with pytest.raises(UnsupportedInput, match=word):
                call(*wrong, WHOLE)


@pytest.mark.parametrize(("queries", "keys"), [((0, 5), (0, 4)), ((0, 4), (0, 5))])
def test_slices_that_leave_the_tensors_are_refused(queries, keys):
    with pytest.raises(UnsupportedInput, match="within 4 queries and 4 keys"):
        op.attention(*inputs(), (AttentionSlice(queries=Range(*queries), keys=Range(*keys)),))


@pytest.mark.parametrize("rows", [(-1, 2), (3, 2)])
def test_ranges_below_zero_or_turned_round_are_refused(rows):
    with pytest.raises(UnsupportedInput, match="0 <= start <= stop"):
        AttentionSlice(queries=Range(*rows), keys=Range(0, 4))


def test_double_cover_is_found_when_asked_for():
    twice = (*WHOLE, AttentionSlice(queries=Range(2, 4), keys=Range(1, 3), kind=SliceKind.CAUSAL))

    with pytest.raises(UnsupportedInput, match="one slice only"):
        op.attention(*inputs(), twice, options=AttentionOptions(check_cover=True))


@pytest.mark.parametrize("options", [{"scale": float("nan")}, {"softcap": -1.0}, {"softcap": float("inf")}])
def test_numbers_that_no_score_survives_are_refused(options):
    with pytest.raises(UnsupportedInput, match="finite"):
        AttentionOptions(**options)


@pytest.mark.parametrize("sink", [torch.zeros(4), torch.zeros(1, 3), torch.zeros(0, 4), torch.zeros(1, 4).int()])
def test_sinks_that_do_not_fit_are_refused(sink):
    with pytest.raises(UnsupportedInput, match="sink"):
        op.attention(*inputs(), WHOLE, sink=sink)


def test_sinks_elsewhere_are_refused():
    with pytest.raises(UnsupportedInput, match="device"):
        op.attention(*inputs(), WHOLE, sink=torch.zeros(1, 4, device="meta"))


def test_buffers_that_would_round_or_leak_are_refused():
    query, key, value = inputs(batch=2)
    out, lse = op.accumulators(query)

    for wrong, word in (
        (Attended(out[:, :3], lse), "outputs"),
        (Attended(out, lse.bfloat16()), "log-sum-exps"),
        (Attended(out.bfloat16(), lse), "contiguous"),
        (Attended(out.transpose(0, 1).contiguous().transpose(0, 1), lse), "contiguous"),
        (Attended(out.clone().requires_grad_(), lse), "no gradient"),
    ):
        with pytest.raises(UnsupportedInput, match=word):
            op.attention(query, key, value, WHOLE, into=wrong)


def test_gradients_of_another_shape_are_refused():
    query, key, value = inputs()
    attended = op.attention(query, key, value, WHOLE)

    with pytest.raises(UnsupportedInput, match="gradients of outputs"):
        op.attention_backward(op.AttendedGradients(attended.out[:, :3]), query, key, value, attended, WHOLE)
    with pytest.raises(UnsupportedInput, match="attended"):
        op.attention_backward(
            op.AttendedGradients(attended.out), query, key, value, Attended(*(part[:, :3] for part in attended)), WHOLE
        )
