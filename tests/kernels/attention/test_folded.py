"""Folding is undone by unfolding, and puts the queries of a key head beside one another."""

import torch

from kernels.attention.folded import folding_of
from tests.kernels.attention.doctrine import draw

QUERY, KEY, _ = draw(5, 7, heads=(6, 2), batch=2)
FOLDING = folding_of(QUERY, KEY, torch.float32)


def test_rows_are_tokens_then_members_of_the_group():
    folded = FOLDING.fold(QUERY)

    assert folded.shape == (4, 15, 16)
    assert folded.dtype == torch.float32
    # Batch 1, key head 1, token 3, its third query head.
    assert torch.equal(folded[3, 3 * 3 + 2], QUERY[1, 3, 5].float())


def test_unfolding_undoes_folding():
    assert torch.equal(FOLDING.unfold(FOLDING.fold(QUERY)), QUERY.float())
    assert torch.equal(FOLDING.unfold_keys(FOLDING.fold_keys(KEY)), KEY.float())
