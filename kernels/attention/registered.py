"""Attention as an operation that PyTorch knows: with gradients, and opaque to ``torch.compile``.

What it computes depends on data (norms, ranges), so a graph cannot look inside; registered, it need not.
"""

from typing import Any

import torch
from torch import Tensor

from kernels.attention import backends
from kernels.attention.attended import Attended, accumulation_dtype
from kernels.attention.scores import ScoreRule
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind

NUMBERS_PER_SLICE = 5


def read_mask(numbers: list[int]) -> tuple[AttentionSlice, ...]:
    """Slices from five integers each: queries, keys, kind."""
    rows = zip(*(iter(numbers),) * NUMBERS_PER_SLICE, strict=True)
    return tuple(
        AttentionSlice(queries=Range(first, stop), keys=Range(low, high), kind=SliceKind(kind))
        for first, stop, low, high, kind in rows
    )


@torch.library.custom_op("sceneloom::slice_attention", mutates_args=())
def slice_attention(
    query: Tensor, key: Tensor, value: Tensor, numbers: list[int], scale: float, softcap: float, backend: str
) -> tuple[Tensor, Tensor]:
    """Outputs and log-sum-exps; ``numbers`` are five per slice. See :func:`kernels.attention.op.attention`."""
    rule = ScoreRule(scale=scale, softcap=softcap)
    with _without_autocast(query):
        out, lse = backends.forward(backend)(query, key, value, read_mask(numbers), rule)
    return out, lse


@torch.library.custom_op("sceneloom::slice_attention_backward", mutates_args=())
def slice_attention_backward(  # noqa: PLR0913 - flat, as operations of PyTorch are
    grad_out: Tensor,
    grad_lse: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    out: Tensor,
    lse: Tensor,
    numbers: list[int],
    scale: float,
    softcap: float,
    backend: str,
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of query, key and value."""
    known, rule = Attended(out, lse), ScoreRule(scale=scale, softcap=softcap)
    with _without_autocast(query):
        grad_query, grad_key, grad_value = backends.backward(backend)(
            grad_out, query, key, value, known, read_mask(numbers), rule, grad_lse=grad_lse
        )
    return grad_query, grad_key, grad_value


@slice_attention.register_fake
def _(query: Tensor, *_: object) -> tuple[Tensor, Tensor]:
    return query.new_empty(query.shape), query.new_empty(query.shape[:3], dtype=accumulation_dtype(query.dtype))


@slice_attention_backward.register_fake
def _(_grad_out: Tensor, _grad_lse: Tensor, *known: Any) -> tuple[Tensor, Tensor, Tensor]:  # noqa: ANN401 - torch's
    query, key, value = (part.new_empty(part.shape) for part in known[:3])
    return query, key, value


def _without_autocast(query: Tensor) -> torch.autocast:
    """What is computed in which dtype is decided here, not by who calls."""
    return torch.autocast(query.device.type, enabled=False)


def _remember(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:  # noqa: ANN401 - torch's
    query, key, value, *ctx.rest = inputs
    ctx.save_for_backward(query, key, value, *output)


def _differentiate(ctx: Any, grad_out: Tensor, grad_lse: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
    gradients = slice_attention_backward(grad_out, grad_lse, *ctx.saved_tensors, *ctx.rest)
    return (*gradients, None, None, None, None)


slice_attention.register_autograd(_differentiate, setup_context=_remember)
