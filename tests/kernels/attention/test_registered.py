"""PyTorch knows the operation: schema, shapes without data, gradients, and graphs."""

import torch

from kernels.attention import op
from kernels.attention.options import AttentionOptions
from kernels.attention.registered import read_mask, slice_attention
from kernels.planning.masks import block_causal, sliding_window
from tests.kernels.attention.doctrine import check, draw, run

MASK = sliding_window(40, left=9, right=3)
NUMBERS = [number for part in MASK for number in (*part.queries, *part.keys, int(part.kind))]


def test_numbers_are_read_back_as_slices():
    assert read_mask(NUMBERS) == MASK


def test_operation_keeps_what_pytorch_asks_of_one():
    inputs = [part.requires_grad_() for part in draw(40, 40)]

    torch.library.opcheck(slice_attention, (*inputs, NUMBERS, 0.25, 0.0, "blocked"))


def test_one_graph_holds_it():
    compiled = torch.compile(
        lambda *given: op.attention(*given, MASK, options=AttentionOptions(softcap=4.0)),
        backend="aot_eager",
        fullgraph=True,
    )
    inputs = draw(40, 40)

    def call(query, key, value, **_):
        return compiled(query, key, value)

    check(run(call, inputs), inputs, mask=MASK, options=AttentionOptions(softcap=4.0))


def test_autocast_changes_nothing():
    inputs = draw(64, 64, dtype=torch.float32)
    plain = op.attention(*inputs, block_causal(64, block=16))

    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = op.attention(*inputs, block_causal(64, block=16))

    assert torch.equal(found.out, plain.out)
