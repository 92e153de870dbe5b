"""Attention as an operation that PyTorch knows: with gradients, and opaque to ``torch.compile``.

What it computes depends on data (norms, ranges), so a graph cannot look inside; registered, it need not.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch._library.custom_ops import CustomOpDef

from kernels.attention import backends
from kernels.attention.attended import Attended, AttendedGradients, accumulation_dtype
from kernels.attention.options import ScoreRule
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


def _forward(
    query: Tensor, key: Tensor, value: Tensor, numbers: list[int], scale: float, softcap: float, backend: str
) -> tuple[Tensor, Tensor]:
    rule = ScoreRule(scale=scale, softcap=softcap)
    with _without_autocast(query):
        out, lse = backends.forward(backend)(query, key, value, read_mask(numbers), rule)
    return out, lse


def _backward(
    grads: list[Tensor],
    inputs: list[Tensor],
    known: list[Tensor],
    numbers: list[int],
    scale: float,
    softcap: float,
    backend: str,
) -> tuple[Tensor, Tensor, Tensor]:
    query, key, value = inputs
    rule = ScoreRule(scale=scale, softcap=softcap)
    with _without_autocast(query):
        grad_query, grad_key, grad_value = backends.backward(backend)(
            AttendedGradients(*grads), query, key, value, Attended(*known), read_mask(numbers), rule
        )
    return grad_query, grad_key, grad_value


def _without_autocast(query: Tensor) -> torch.autocast:
    """What is computed in which dtype is decided here, not by who calls."""
    return torch.autocast(query.device.type, enabled=False)


def _forward_shapes(query: Tensor, *_: object) -> tuple[Tensor, Tensor]:
    return query.new_empty(query.shape), query.new_empty(query.shape[:3], dtype=accumulation_dtype(query.dtype))


def _backward_shapes(_grads: list[Tensor], inputs: list[Tensor], *_: object) -> tuple[Tensor, Tensor, Tensor]:
    query, key, value = (part.new_empty(part.shape) for part in inputs)
    return query, key, value


def _remember(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:  # noqa: ANN401 - torch's
    query, key, value, *ctx.rest = inputs
    ctx.save_for_backward(query, key, value, *output)


def _differentiate(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401 - torch's
    gradients = slice_attention_backward(list(grads), [*ctx.saved_tensors[:3]], [*ctx.saved_tensors[3:]], *ctx.rest)
    return (*gradients, None, None, None, None)


def _register(name: str, run: Callable[..., Any], shapes: Callable[..., Any]) -> CustomOpDef:
    operation = torch.library.custom_op(f"sceneloom::{name}", run, mutates_args=())
    operation.register_fake(shapes)
    return operation


def _register_differentiable(name: str, run: Callable[..., Any], shapes: Callable[..., Any]) -> CustomOpDef:
    operation = _register(name, run, shapes)
    operation.register_autograd(_differentiate, setup_context=_remember)
    return operation


# Gradients of query, key and value, from lists of (out, lse) gradients, of inputs, and of what the forward gave.
slice_attention_backward = _register("slice_attention_backward", _backward, _backward_shapes)
# Outputs and log-sum-exps; five numbers per slice. See kernels.attention.op.attention.
slice_attention = _register_differentiable("slice_attention", _forward, _forward_shapes)
