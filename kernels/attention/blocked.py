"""Attention over slices in plain PyTorch, one block of scores at a time: the way of processors, with gradients.

Never more than one block of scores per thread is in memory. Where norms of queries and keys bound all scores well
inside the range of the dtype, nothing is subtracted before the exponential, which saves two passes over each block;
elsewhere the largest score so far is (the online softmax).
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from kernels.attention.attended import Attended, AttendedGradients, Gradients, accumulation_dtype
from kernels.attention.bands import Band, cut_bands
from kernels.attention.folded import Folding, folding_of
from kernels.attention.options import ScoreRule
from kernels.attention.scores import BLOCK_KEYS, LOG2_E, Scores
from kernels.attention.threads import run_apart
from kernels.planning.slices import AttentionSlice

# Scores of one block: in float32 they stay in the caches of a processor.
BLOCK_SCORES = 1 << 19
FEWEST_ROWS = 64
# An edge computes half of this squared for nothing.
MOST_LEANING_ROWS = 256
# Largest |score| in powers of two without a shift: sums over 2^40 keys stay finite, and the smallest weight normal.
UNSHIFTED = {torch.float32: 64.0, torch.float64: 512.0}


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Sequence[AttentionSlice], rule: ScoreRule) -> Attended:
    """Attend; no gradients.

    Args:
        query: ``(B, L_query, N, K)``.
        key: ``(B, L_key, N_kv, K)``.
        value: Like ``key``.
        mask: Slices within the tensors.
        rule: From products to scores.

    Returns:
        Outputs in the dtype of ``query``; log-sum-exps in at least float32.
    """
    folding = folding_of(query, key, accumulation_dtype(query.dtype))
    queries, keys, values = folding.fold(query), folding.fold_keys(key), folding.fold_keys(value)
    sums, totals = torch.zeros_like(queries), queries.new_zeros(*queries.shape[:2], 1)
    # Powers of two that sums and totals are to be multiplied by.
    shifts = torch.zeros_like(totals)
    bands = _bands(mask, folding)
    parts = [
        partial(
            _attend,
            Scores(queries[heads], keys[heads], folding.group, rule),
            values[heads],
            some,
            sums=sums[heads],
            totals=totals[heads],
            shifts=shifts[heads],
        )
        for heads, some in _apart(folding, bands)
    ]
    run_apart(parts)
    # A total of zero is a query that saw nothing.
    out = sums.div_(totals.masked_fill(totals == 0, 1.0))
    lse = totals.log2_().add_(shifts).div_(LOG2_E)
    return Attended(folding.unfold(out).to(query.dtype), folding.unfold(lse).squeeze(-1))


def attention_backward(
    grads: AttendedGradients,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attended: Attended,
    mask: Sequence[AttentionSlice],
    rule: ScoreRule,
) -> Gradients:
    """Gradients of what these slices contribute; those of disjoint masks add up.

    Args:
        grads: Of outputs and log-sum-exps.
        query: As in the forward.
        key: As in the forward.
        value: As in the forward.
        attended: Outputs and log-sum-exps over all slices there are, not these alone.
        mask: Slices within the tensors.
        rule: As in the forward.

    Source:
        Attention spec, section 2.
    """
    folding = folding_of(query, key, accumulation_dtype(query.dtype))
    queries, keys, values = folding.fold(query), folding.fold_keys(key), folding.fold_keys(value)
    grad_out = folding.fold(grads.out)
    lse = folding.fold(attended.lse.unsqueeze(-1)).mul(LOG2_E)
    # Queries that saw nothing take part in no piece; a finite number keeps them out of sight.
    lse.masked_fill_(lse == float("-inf"), 0.0)
    delta = (grad_out * folding.fold(attended.out)).sum(dim=-1, keepdim=True)
    if grads.lse is not None:
        delta -= folding.fold(grads.lse.unsqueeze(-1))
    found = Gradients(*map(torch.zeros_like, (queries, keys, values)))
    bands = _bands(mask, folding)
    # Bands share keys, whose gradients are sums: only heads can be apart.
    parts = [
        partial(
            _differentiate,
            Scores(queries[heads], keys[heads], folding.group, rule),
            (values[heads], grad_out[heads], lse[heads], delta[heads]),
            bands,
            Gradients(*(part[heads] for part in found)),
            scale=rule.scale,
        )
        for heads in _head_ranges(folding)
    ]
    run_apart(parts)
    return Gradients(
        folding.unfold(found.query).to(query.dtype),
        folding.unfold_keys(found.key).to(key.dtype),
        folding.unfold_keys(found.value).to(value.dtype),
    )


def _attend(
    scores: Scores, values: Tensor, bands: Sequence[Band], *, sums: Tensor, totals: Tensor, shifts: Tensor
) -> None:
    """Fill in the rows of some bands and heads."""
    shifted = not scores.bound() < UNSHIFTED[values.dtype]
    if shifted:
        for band in bands:
            shifts[:, scores.rows(band.rows)] = float("-inf")
    for band in bands:
        for piece in band.pieces:
            at = scores.rows(piece.queries)
            for keys, block in scores.blocks(piece):
                if shifted:
                    _shift(block, shifts[:, at], totals[:, at], sums[:, at])
                weights = torch.exp2(block, out=block)
                totals[:, at].add_(weights.sum(dim=-1, keepdim=True))
                sums[:, at].baddbmm_(weights, values[:, keys])


def _shift(block: Tensor, largest: Tensor, totals: Tensor, sums: Tensor) -> None:
    """Subtract the largest score so far from a block, and bring what was summed before to the same base."""
    raised = torch.maximum(largest, block.amax(dim=-1, keepdim=True))
    base = raised.masked_fill(raised == float("-inf"), 0.0)
    faded = torch.exp2(largest - base)
    totals.mul_(faded)
    sums.mul_(faded)
    largest.copy_(raised)
    block.sub_(base)


def _differentiate(
    scores: Scores,
    known: tuple[Tensor, Tensor, Tensor, Tensor],
    bands: Sequence[Band],
    found: Gradients,
    *,
    scale: float,
) -> None:
    """Add the gradients of some heads."""
    values, grads, lse, delta = known
    for band in bands:
        for piece in band.pieces:
            at = scores.rows(piece.queries)
            for keys, block in scores.blocks(piece):
                slope = scores.slope(block)
                weights = torch.exp2(block.sub_(lse[:, at]), out=block)
                found.value[:, keys].baddbmm_(weights.transpose(1, 2), grads[:, at])
                turned = torch.bmm(grads[:, at], values[:, keys].transpose(1, 2)).sub_(delta[:, at]).mul_(weights)
                if slope is not None:
                    turned.mul_(slope)
                found.query[:, at].baddbmm_(turned, scores.keys[:, keys], alpha=scale)
                found.key[:, keys].baddbmm_(turned.transpose(1, 2), scores.queries[:, at], alpha=scale)


def _bands(mask: Sequence[AttentionSlice], folding: Folding) -> tuple[Band, ...]:
    """The mask in bands whose blocks, of one key head, fit the caches; at least as many as threads without a head."""
    most = min(BLOCK_SCORES // (BLOCK_KEYS * folding.group), -(-folding.tokens // _shares(folding)))
    most = max(FEWEST_ROWS, most)
    return cut_bands(tuple(mask), most_rows=most, most_leaning_rows=min(most, MOST_LEANING_ROWS))


def _head_ranges(folding: Folding) -> list[slice]:
    """Folded heads that are computed together: their block fits the caches, and every thread has some."""
    heads = folding.batch * folding.kv_heads
    rows = max(1, min(folding.tokens * folding.group, BLOCK_SCORES // BLOCK_KEYS))
    together = max(1, min(BLOCK_SCORES // (rows * BLOCK_KEYS), -(-heads // torch.get_num_threads())))
    return [slice(first, first + together) for first in range(0, heads, together)]


def _shares(folding: Folding) -> int:
    """In how many parts the bands of some heads are dealt out, for no thread to be idle."""
    return -(-torch.get_num_threads() // max(1, folding.batch * folding.kv_heads))


def _apart(folding: Folding, bands: tuple[Band, ...]) -> list[tuple[slice, tuple[Band, ...]]]:
    """Heads and bands that write to different rows."""
    shares = min(_shares(folding), max(1, len(bands)))
    return [(heads, bands[share::shares]) for heads in _head_ranges(folding) for share in range(shares)]
