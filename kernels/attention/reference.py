"""Dense masked softmax: what attention over slices means, in the plainest form."""

from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.attention.attended import Attended
from kernels.attention.options import DEFAULTS, AttentionOptions
from kernels.planning.slices import AttentionSlice


def dense_mask(mask: Sequence[AttentionSlice], shape: tuple[int, int]) -> Tensor:
    """Lay slices out as a dense mask, row by row.

    Args:
        mask: Slices within the shape.
        shape: Number of queries and keys.

    Returns:
        Booleans of that shape, true where a query sees a key.
    """
    seen = torch.zeros(shape, dtype=torch.bool)
    for part in mask:
        for row in range(*part.queries):
            start, stop = part.visible(row)
            seen[row, start:stop] = True
    return seen


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Sequence[AttentionSlice],
    *,
    options: AttentionOptions = DEFAULTS,
    sink: Tensor | None = None,
    precision: torch.dtype = torch.float64,
) -> Attended:
    """Attend with a full score matrix; differentiable by autograd alone.

    Args:
        query: ``(B, L_query, N, K)``.
        key: ``(B, L_key, N_kv, K)``; query head n uses key head ``n // (N / N_kv)``.
        value: Like ``key``.
        mask: Who sees whom.
        options: Scale and cap of the scores; the rest is not for this way.
        sink: ``(S, N)`` logits that take part in the denominator alone.
        precision: That everything is computed in.

    Returns:
        Outputs and log-sum-exps in ``precision``; zero and -inf for queries that see nothing.

    Source:
        Attention spec, sections 1.1 and 2.
    """
    query, key, value = (part.to(precision) for part in (query, key, value))
    group = query.shape[2] // key.shape[2]
    key, value = (part.repeat_interleave(group, dim=2) for part in (key, value))
    rule = options.rule(query.shape[3])
    scores = torch.einsum("bqnk,bsnk->bnqs", query, key) * rule.scale
    if rule.softcap:
        scores = rule.softcap * torch.tanh(scores / rule.softcap)
    seen = dense_mask(mask, (query.shape[1], key.shape[1])).to(query.device)
    scores = scores.masked_fill(~seen, float("-inf"))
    if sink is not None:
        logits = sink.to(precision).T[None, :, None].expand(*scores.shape[:3], -1)
        scores = torch.cat([scores, logits], dim=-1)
    blind = (scores == float("-inf")).all(dim=-1, keepdim=True)
    # A row of -inf has no softmax; it is computed as if it saw everything, and then set aside.
    safe = scores.masked_fill(blind, 0.0)
    lse = safe.logsumexp(dim=-1).masked_fill(blind.squeeze(-1), float("-inf"))
    weights = safe.softmax(dim=-1).masked_fill(blind, 0.0)[..., : key.shape[1]]
    return Attended(torch.einsum("bnqs,bsnk->bqnk", weights, value), lse.transpose(1, 2))
