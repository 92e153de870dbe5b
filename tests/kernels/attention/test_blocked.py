"""Blocks on a processor: the two ways to keep weights in range, and how work is dealt out."""

import pytest
import torch

from kernels.attention import blocked
from kernels.attention.attended import Attended, AttendedGradients
from kernels.attention.options import ScoreRule
from kernels.planning.masks import block_causal, sliding_window
from tests.kernels.attention.doctrine import draw

RULE = ScoreRule(scale=0.25)
MASK = (*sliding_window(90, left=30, right=5), *block_causal(38, block=19, offset=90))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shifted_and_unshifted_weights_give_the_same(monkeypatch, dtype):
    inputs = draw(128, 128, heads=(3, 1), dtype=dtype)
    plain = blocked.attention(*inputs, MASK, RULE)
    monkeypatch.setattr(blocked, "UNSHIFTED", {dtype: 0.0})

    shifted = blocked.attention(*inputs, MASK, RULE)

    torch.testing.assert_close(shifted.out, plain.out)
    torch.testing.assert_close(shifted.lse, plain.lse)


def test_scores_far_out_of_range_are_shifted_back():
    query, key, value = draw(128, 128, dtype=torch.float32)

    found = blocked.attention(query * 1e4, key, value, MASK, RULE)

    assert found.out.isfinite().all()
    assert found.lse.abs().max() > 1e4


@pytest.mark.parametrize(("scores", "rows"), [(1 << 19, 64), (4096, 1), (1 << 12, 64)])
@pytest.mark.parametrize("heads", [(1, 1), (6, 3)])
def test_sizes_of_blocks_change_nothing(monkeypatch, scores, rows, heads):
    inputs = draw(128, 128, heads=heads)
    plain = blocked.attention(*inputs, MASK, RULE)
    gradients = AttendedGradients(torch.ones_like(plain.out))
    expected = blocked.attention_backward(gradients, *inputs, plain, MASK, RULE)
    monkeypatch.setattr(blocked, "BLOCK_SCORES", scores)
    monkeypatch.setattr(blocked, "FEWEST_ROWS", rows)

    found = blocked.attention(*inputs, MASK, RULE)

    torch.testing.assert_close(found.out, plain.out)
    for part, right in zip(
        blocked.attention_backward(gradients, *inputs, Attended(*plain), MASK, RULE), expected, strict=True
    ):
        torch.testing.assert_close(part, right)
