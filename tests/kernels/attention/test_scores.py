"""Blocks of scores, and the bound that says when no shift is needed."""

import math

import pytest
import torch

from kernels.attention import scores as module
from kernels.attention.options import ScoreRule
from kernels.attention.scores import LOG2_E, Scores, unseen
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind

GENERATOR = torch.Generator().manual_seed(0)
QUERIES, KEYS = (torch.randn(2, rows, 8, generator=GENERATOR, dtype=torch.float64) for rows in (6, 10))


@pytest.mark.parametrize("softcap", [0.0, 1.5])
def test_blocks_are_the_scores_in_powers_of_two(monkeypatch, softcap):
    monkeypatch.setattr(module, "BLOCK_KEYS", 4)
    rule = ScoreRule(scale=0.3, softcap=softcap)
    piece = AttentionSlice(queries=Range(1, 3), keys=Range(0, 9))
    found = [(keys, block.clone()) for keys, block in Scores(QUERIES, KEYS, 2, rule).blocks(piece)]

    plain = QUERIES[:, 2:6] @ KEYS.transpose(1, 2) * 0.3
    plain = softcap * torch.tanh(plain / softcap) if softcap else plain
    assert [keys for keys, _ in found] == [slice(0, 4), slice(4, 8), slice(8, 9)]
    torch.testing.assert_close(torch.cat([block for _, block in found], dim=-1), plain[..., :9] * LOG2_E)


@pytest.mark.parametrize("softcap", [0.0, 1.5])
def test_no_score_is_larger_than_the_bound(softcap):
    scores = Scores(QUERIES * 5, KEYS, 2, ScoreRule(scale=0.3, softcap=softcap))
    ((_, block),) = scores.blocks(AttentionSlice(queries=Range(0, 3), keys=Range(0, 10)))

    assert block.abs().max() <= scores.bound()


def test_rows_of_tokens_are_those_of_all_their_queries():
    assert Scores(QUERIES, KEYS, 2, ScoreRule(scale=1.0)).rows(Range(1, 3)) == slice(2, 6)


def test_bound_of_poisoned_keys_is_none():
    assert math.isnan(Scores(QUERIES, KEYS * float("nan"), 2, ScoreRule(scale=1.0)).bound())


@pytest.mark.parametrize("softcap", [0.0, 1.5])
def test_slope_is_the_derivative_of_the_score(softcap):
    scores = Scores(QUERIES, KEYS, 2, ScoreRule(scale=0.3, softcap=softcap))
    ((_, block),) = scores.blocks(AttentionSlice(queries=Range(0, 3), keys=Range(0, 10)))
    slope = scores.slope(block)

    products = (QUERIES @ KEYS.transpose(1, 2)).requires_grad_()
    plain = softcap * torch.tanh(products * 0.3 / softcap) if softcap else products * 0.3
    (expected,) = torch.autograd.grad(plain.sum(), products)
    torch.testing.assert_close(torch.ones_like(expected) if slope is None else slope, expected / 0.3)


@pytest.mark.parametrize("kind", [SliceKind.CAUSAL, SliceKind.INV_CAUSAL, SliceKind.BI_CAUSAL])
def test_unseen_cells_are_those_outside_the_slice(kind):
    piece = AttentionSlice(queries=Range(2, 5), keys=Range(1, 8), kind=kind)

    found = unseen(piece, slice(3, 7), 2)

    seen = [[column in range(*piece.visible(row)) for column in range(3, 7)] for row in (2, 2, 3, 3, 4, 4)]
    assert found.logical_not().tolist() == seen
