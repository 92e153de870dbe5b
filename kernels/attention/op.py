"""Attention over slices: who sees whom is said in ranges, and the cost is that of the visible cells only."""

from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.attention import backends
from kernels.attention.attended import Attended, Gradients, accumulators, merge, with_sink
from kernels.attention.checks import (
    check_attended,
    check_buffers,
    check_mask,
    check_numbers,
    check_sink,
    check_tensors,
)
from kernels.attention.dense import attend_full_slices, attend_grouped, is_full_and_apart
from kernels.attention.registered import slice_attention
from kernels.attention.scores import ScoreRule
from kernels.errors import UnsupportedInput
from kernels.planning.slices import AttentionSlice

__all__ = [
    "Attended",
    "Gradients",
    "accumulators",
    "attend",
    "attend_grouped",
    "attention",
    "attention_backward",
    "merge",
]


def attention(  # noqa: PLR0913 - one call for everything that a mask can ask for
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Sequence[AttentionSlice],
    *,
    scale: float | None = None,
    softcap: float = 0.0,
    sink: Tensor | None = None,
    into: Attended | None = None,
    backend: str | None = None,
    check_cover: bool = False,
) -> Attended:
    """Attend from queries to the keys that the mask shows them.

    Differentiable, outputs and log-sum-exps alike, unless ``into`` is given.

    Args:
        query: ``(B, L_query, N, K)``, floating point.
        key: ``(B, L_key, N_kv, K)``; query head n uses key head ``n // (N / N_kv)``.
        value: Like ``key``.
        mask: Slices, in any order, whose queries and keys may overlap as long as no cell lies in two.
        scale: Of the scores; ``K ** -0.5`` if not given.
        softcap: Scores become ``softcap * tanh(scores / softcap)``; 0 caps nothing.
        sink: ``(S, N)`` finite logits without values that take part in the denominator. Give them with one part only.
        into: What the same queries saw of other keys: added to in place and returned.
        backend: One of ``backends.NAMES``; the quickest that fits if not given.
        check_cover: Whether to refuse masks that show a cell twice; without, such a cell counts wrongly.

    Returns:
        Outputs in the dtype of ``query`` (of ``into`` if given) and log-sum-exps in at least float32; 0 and -inf for
        queries that see nothing. The same bytes in every run.

    Raises:
        UnsupportedInput: If tensors, slices or numbers do not fit, or the backend cannot take them.
    """
    check_tensors(query, key, value)
    check_mask(mask, query, key, cover=check_cover)
    rule = ScoreRule(scale=query.shape[3] ** -0.5 if scale is None else scale, softcap=softcap)
    check_numbers(rule.scale, rule.softcap)
    if sink is not None:
        check_sink(sink, query)
    if into is not None:
        check_buffers(into, query)
    chosen = backends.choose(query, backend)
    if chosen == backends.FLEX:
        attended = backends.flex_attention(query, key, value, mask, rule)
    else:
        attended = Attended(*slice_attention(query, key, value, _numbers(mask), rule.scale, rule.softcap, chosen))
    if sink is not None:
        attended = with_sink(attended, sink)
    if into is None:
        return attended
    for buffer, merged in zip(into, merge(into, attended), strict=True):
        buffer.copy_(merged)
    return into


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Sequence[AttentionSlice]) -> Tensor:
    """:func:`attention` for those who need the outputs alone, which PyTorch's own kernels give for simple masks.

    Args:
        query: ``(B, L_query, N, K)``.
        key: ``(B, L_key, N_kv, K)``.
        value: Like ``key``.
        mask: As in :func:`attention`.

    Returns:
        ``(B, L_query, N, K)`` in the dtype of ``query``.

    Raises:
        UnsupportedInput: If tensors or slices do not fit.
    """
    check_tensors(query, key, value)
    check_mask(mask, query, key, cover=False)
    if is_full_and_apart(tuple(mask)):
        return attend_full_slices(query, key, value, tuple(mask))
    return attention(query, key, value, mask).out


def attention_backward(  # noqa: PLR0913 - what the forward took and gave
    grad_out: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attended: Attended,
    mask: Sequence[AttentionSlice],
    *,
    scale: float | None = None,
    softcap: float = 0.0,
    backend: str | None = None,
) -> Gradients:
    """Gradients of what one part of the keys contributed; over disjoint parts they add up.

    Args:
        grad_out: Of the outputs, ``(B, L_query, N, K)``.
        query: As in the forward.
        key: As in the forward: of this part.
        value: As in the forward: of this part.
        attended: Outputs and log-sum-exps over all parts and the sink.
        mask: Of this part.
        scale: As in the forward.
        softcap: As in the forward.
        backend: As in the forward.

    Raises:
        UnsupportedInput: If tensors, slices or numbers do not fit, or the backend has no backward of parts.
    """
    check_tensors(query, key, value)
    check_mask(mask, query, key, cover=False)
    check_attended(attended, query, what="attended")
    if grad_out.shape != query.shape:
        raise UnsupportedInput(
            f"grad_out must be shaped like query, got {tuple(grad_out.shape)} and {tuple(query.shape)}"
        )
    rule = ScoreRule(scale=query.shape[3] ** -0.5 if scale is None else scale, softcap=softcap)
    check_numbers(rule.scale, rule.softcap)
    with torch.no_grad():
        return backends.backward(backends.choose(query, backend))(
            grad_out, query, key, value, attended, tuple(mask), rule, grad_lse=None
        )


def _numbers(mask: Sequence[AttentionSlice]) -> list[int]:
    """Five integers per slice: what a registered operation can take."""
    return [number for part in mask for number in (*part.queries, *part.keys, int(part.kind))]
