"""Attention over slices: who sees whom is said in ranges, and the cost is that of the visible cells only."""

from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.attention import backends
from kernels.attention.attended import Attended, AttendedGradients, Gradients, accumulators, merge, with_sink
from kernels.attention.checks import (
    check_attended,
    check_buffers,
    check_mask,
    check_sink,
    check_tensors,
)
from kernels.attention.dense import attend_full_slices, attend_grouped, is_full_and_apart
from kernels.attention.options import DEFAULTS, AttentionOptions
from kernels.attention.registered import slice_attention
from kernels.errors import UnsupportedInput
from kernels.planning.slices import AttentionSlice

__all__ = [
    "Attended",
    "AttendedGradients",
    "AttentionOptions",
    "Gradients",
    "accumulators",
    "attend",
    "attend_grouped",
    "attention",
    "attention_backward",
    "merge",
]


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Sequence[AttentionSlice],
    *,
    options: AttentionOptions = DEFAULTS,
    sink: Tensor | None = None,
    into: Attended | None = None,
) -> Attended:
    """Attend from queries to the keys that the mask shows them.

    Differentiable, outputs and log-sum-exps alike, unless ``into`` is given.

    Args:
        query: ``(B, L_query, N, K)``, floating point.
        key: ``(B, L_key, N_kv, K)``; query head n uses key head ``n // (N / N_kv)``.
        value: Like ``key``.
        mask: Slices, in any order, whose queries and keys may overlap as long as no cell lies in two.
        options: Scale, cap, backend, and whether to look for cells in two slices.
        sink: ``(S, N)`` finite logits without values that take part in the denominator. Give them with one part only.
        into: What the same queries saw of other keys: added to in place and returned.

    Returns:
        Outputs in the dtype of ``query`` (of ``into`` if given) and log-sum-exps in at least float32; 0 and -inf for
        queries that see nothing. The same bytes in every run.

    Raises:
        UnsupportedInput: If tensors or slices do not fit, or the backend cannot take them.
    """
    check_tensors(query, key, value)
    check_mask(mask, query, key, cover=options.check_cover)
    if sink is not None:
        check_sink(sink, query)
    if into is not None:
        check_buffers(into, query)
    chosen, rule = backends.choose(query, options.backend), options.rule(query.shape[3])
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


def attention_backward(
    grads: AttendedGradients,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attended: Attended,
    mask: Sequence[AttentionSlice],
    *,
    options: AttentionOptions = DEFAULTS,
) -> Gradients:
    """Gradients of what one part of the keys contributed; over disjoint parts they add up.

    Args:
        grads: Of the outputs, ``(B, L_query, N, K)``, and of the log-sum-exps if they are used.
        query: As in the forward.
        key: As in the forward: of this part.
        value: As in the forward: of this part.
        attended: Outputs and log-sum-exps over all parts and the sink.
        mask: Of this part.
        options: As in the forward.

    Raises:
        UnsupportedInput: If tensors or slices do not fit, or the backend has no backward of parts.
    """
    check_tensors(query, key, value)
    check_mask(mask, query, key, cover=options.check_cover)
    check_attended(attended, query, what="attended")
    if grads.out.shape != query.shape:
        raise UnsupportedInput(
            f"gradients of outputs must be shaped like query, got {tuple(grads.out.shape)} and {tuple(query.shape)}"
        )
    backward, rule = backends.backward(backends.choose(query, options.backend)), options.rule(query.shape[3])
    with torch.no_grad():
        return backward(grads, query, key, value, attended, tuple(mask), rule)


def _numbers(mask: Sequence[AttentionSlice]) -> list[int]:
    """Five integers per slice: what a registered operation can take."""
    return [number for part in mask for number in (*part.queries, *part.keys, int(part.kind))]
