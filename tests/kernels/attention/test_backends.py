"""Which way is taken, and that the others agree with it."""

import pytest
import torch

from kernels.attention import backends, op
from kernels.attention.options import AttentionOptions
from kernels.errors import UnsupportedInput
from kernels.planning.masks import block_causal
from tests.kernels.attention.doctrine import check, draw, run
from tests.kernels.planning.golden_cases import CASES, slices_of


def test_processors_work_in_blocks():
    assert backends.choose(draw(4, 4)[0], None) == backends.BLOCKED


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile:UserWarning")
@pytest.mark.parametrize("softcap", [0.0, 2.0])
@pytest.mark.parametrize(
    "name", ["random_types_mixed", "q_overlap_multi_k", "bi_causal_sq_gt_sk", "zero_length_slices"]
)
def test_flex_attention_agrees(name, softcap):
    case = CASES[name]
    inputs = draw(case["seqlen_q"], case["seqlen_k"], dtype=torch.float32)
    options = {"mask": slices_of(case), "gradients": False}

    found = run(op.attention, inputs, options=AttentionOptions(softcap=softcap, backend="flex"), **options)

    check(found, inputs, options=AttentionOptions(softcap=softcap), **options)


def test_flex_attention_has_no_gradients_on_a_processor():
    inputs = draw(8, 8, dtype=torch.float32)

    with pytest.raises(UnsupportedInput, match="no gradients"):
        run(op.attention, inputs, mask=block_causal(8, block=4), options=AttentionOptions(backend="flex"))
    attended = op.attention(*inputs, block_causal(8, block=4))
    with pytest.raises(UnsupportedInput, match="no gradients of parts"):
        op.attention_backward(
            op.AttendedGradients(attended.out),
            *inputs,
            attended,
            block_causal(8, block=4),
            options=AttentionOptions(backend="flex"),
        )


def test_unknown_names_are_refused():
    with pytest.raises(UnsupportedInput, match="triton, flex, blocked"):
        op.attention(*draw(4, 4), block_causal(4, block=2), options=AttentionOptions(backend="magic"))


@pytest.mark.parametrize(("size", "word"), [(8, "16 to 256 channels, got 8"), (16, "they are on cpu")])
def test_what_triton_cannot_take_is_said(size, word):
    inputs = draw(4, 4, dtype=torch.float32, size=size)

    with pytest.raises(UnsupportedInput, match=word):
        op.attention(*inputs, block_causal(4, block=2), options=AttentionOptions(backend="triton"))


def test_triton_is_taken_where_nothing_hinders(monkeypatch):
    monkeypatch.setattr(backends, "why_not_triton", lambda query: None)

    assert backends.choose(draw(4, 4)[0], None) == backends.TRITON
    assert backends.choose(draw(4, 4, size=8)[0], None) == backends.BLOCKED
