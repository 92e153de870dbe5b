"""What attention gives: outputs with their log-sum-exps, and how parts over disjoint keys become one."""

from typing import NamedTuple

import torch
from torch import Tensor


class Attended(NamedTuple):
    """Weighted values ``(B, L, N, K)`` and natural log-sum-exps of the scores ``(B, L, N)``, at least float32.

    A query that sees nothing has output 0 and log-sum-exp -inf.
    """

    out: Tensor
    lse: Tensor


class AttendedGradients(NamedTuple):
    """Gradients of outputs and, where there are any, of log-sum-exps; shaped like what they are of."""

    out: Tensor
    lse: Tensor | None = None


class Gradients(NamedTuple):
    """Gradients, each shaped like what it is of."""

    query: Tensor
    key: Tensor
    value: Tensor


def accumulators(query: Tensor) -> Attended:
    """Empty buffers for the parts of ``query`` ``(B, L, N, K)``: nothing seen yet, in at least float32."""
    precision = accumulation_dtype(query.dtype)
    out = torch.zeros(query.shape, dtype=precision, device=query.device)
    lse = torch.full(query.shape[:3], float("-inf"), dtype=precision, device=query.device)
    return Attended(out, lse)


def accumulation_dtype(dtype: torch.dtype) -> torch.dtype:
    """What sums over inputs of a dtype are kept in: float32, or float64 for float64."""
    return torch.promote_types(dtype, torch.float32)


def merge(first: Attended, second: Attended) -> Attended:
    """Join what the same queries saw among two disjoint sets of keys; exact, and differentiable.

    Args:
        first: Over some keys.
        second: Over others; same shapes.

    Source:
        Attention spec, section 2.
    """
    # Where neither saw a key, -inf - -inf would follow, and a gradient of it.
    blind = (first.lse == float("-inf")) & (second.lse == float("-inf"))
    sums = torch.logaddexp(first.lse.masked_fill(blind, 0.0), second.lse.masked_fill(blind, 0.0))
    first_share, second_share = ((part.lse - sums).exp().unsqueeze(-1) for part in (first, second))
    out = first.out.to(first_share.dtype) * first_share + second.out.to(second_share.dtype) * second_share
    return Attended(out, sums.masked_fill(blind, float("-inf")))


def with_sink(attended: Attended, sink: Tensor) -> Attended:
    """Let logits without values take part in the denominator; differentiable.

    Args:
        attended: Over all keys.
        sink: ``(S, N)`` finite logits, the same for every query.

    Returns:
        Smaller outputs, larger log-sum-exps; a query without keys has output 0 still.
    """
    logits = sink.to(attended.lse.dtype).logsumexp(dim=0)
    lse = torch.logaddexp(attended.lse, logits.expand_as(attended.lse))
    share = (attended.lse - lse).exp().unsqueeze(-1)
    return Attended((attended.out.to(share.dtype) * share).to(attended.out.dtype), lse)
