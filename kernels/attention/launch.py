"""Launch the Triton kernels: tile sizes, tables, strides."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.attention.attended import Attended, AttendedGradients, Gradients
from kernels.attention.options import ScoreRule
from kernels.attention.scores import LOG2_E
from kernels.attention.tiles import Axis, key_tiles, query_tiles
from kernels.devices import launching_for
from kernels.planning.slices import AttentionSlice


@dataclass(frozen=True, kw_only=True, slots=True)
class TileSizes:
    """How a kernel cuts its work: rows of its tile, rows of a step along the other axis, and how it is scheduled."""

    tile: int
    step: int
    warps: int
    stages: int


def forward_sizes(head_size: int, element_bytes: int) -> TileSizes:
    """Tile sizes of the forward pass: what shared memory of any GPU from 2020 on holds."""
    if head_size > 128 or element_bytes > 2:
        return TileSizes(tile=64, step=32, warps=4, stages=2)
    if head_size > 64:
        return TileSizes(tile=128, step=64, warps=8, stages=3)
    return TileSizes(tile=128, step=64, warps=4, stages=3)


def backward_sizes(head_size: int, element_bytes: int) -> TileSizes:
    """Tile sizes of both backward passes, which hold twice as much."""
    if head_size > 128 or element_bytes > 2:
        return TileSizes(tile=32, step=32, warps=4, stages=1)
    if head_size > 64:
        return TileSizes(tile=64, step=64, warps=4, stages=2)
    return TileSizes(tile=128, step=64, warps=8, stages=2)


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Sequence[AttentionSlice], rule: ScoreRule) -> Attended:
    """The forward pass; see :func:`kernels.attention.blocked.attention`, its twin."""
    # Imports Triton, which few machines have.
    from kernels.attention import kernel

    query, key, value = (_dense_heads(part) for part in (query, key, value))
    batch, rows, heads, size = query.shape
    out = torch.empty(query.shape, dtype=query.dtype, device=query.device)
    lse = torch.empty(query.shape[:3], dtype=torch.float32, device=query.device)
    sizes = forward_sizes(size, query.element_size())
    axis = Axis(length=rows, tile=sizes.tile, step=sizes.step)
    table = query_tiles(tuple(mask), axis, query.device)
    if batch * heads * len(table.order):
        with launching_for(query):
            kernel.attend[(len(table.order), batch * heads)](
                query, key, value, out, lse, table.stops, table.starts, table.order, rule.scale, rule.softcap, rows,
                *_strides(query, key, value), **_constants(query, key, rule, sizes, interpreted=kernel.INTERPRETED),
            )  # fmt: skip
    return Attended(out, lse)


def attention_backward(
    grads: AttendedGradients,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attended: Attended,
    mask: Sequence[AttentionSlice],
    rule: ScoreRule,
) -> Gradients:
    """The backward pass; see :func:`kernels.attention.blocked.attention_backward`, its twin."""
    from kernels.attention import kernel

    query, key, value = (_dense_heads(part) for part in (query, key, value))
    grad_out = grads.out.to(query.dtype).contiguous()
    delta = (grads.out.float() * attended.out.float()).sum(dim=-1)
    if grads.lse is not None:
        delta -= grads.lse
    # Queries that saw nothing take part in nothing; a finite number keeps them out of sight.
    logs = (attended.lse * LOG2_E).masked_fill(attended.lse == float("-inf"), 0.0).contiguous()
    found = Gradients(*(torch.empty(part.shape, dtype=part.dtype, device=part.device) for part in (query, key, value)))
    batch, rows, heads, size = query.shape
    keys, kv_heads = key.shape[1:3]
    sizes = backward_sizes(size, query.element_size())
    known = (query, key, value, grad_out, logs, delta.contiguous())
    constants, strides = (
        _constants(query, key, rule, sizes, interpreted=kernel.INTERPRETED),
        _strides(query, key, value),
    )
    tall = query_tiles(tuple(mask), Axis(length=rows, tile=sizes.tile, step=sizes.step), query.device)
    wide = key_tiles(tuple(mask), Axis(length=keys, tile=sizes.tile, step=sizes.step), query.device)
    with launching_for(query):
        if batch * heads * len(tall.order):
            kernel.query_gradient[(len(tall.order), batch * heads)](
                *known, found.query, tall.stops, tall.starts, tall.order, rule.scale, rule.softcap, rows,
                *strides, **constants,
            )  # fmt: skip
        if batch * heads * len(wide.order):
            kernel.key_gradients[(len(wide.order), batch * kv_heads)](
                *known, found.key, found.value, wide.stops, wide.starts, wide.order, rule.scale, rule.softcap,
                rows, keys, *strides, **constants,
            )  # fmt: skip
    return found


def _dense_heads(part: Tensor) -> Tensor:
    """With the channels of a head side by side, which is all that the kernels ask of a layout."""
    return part if part.stride(-1) == 1 else part.contiguous()


def _strides(*parts: Tensor) -> tuple[int, ...]:
    return tuple(stride for part in parts for stride in part.stride()[:3])


def _constants(
    query: Tensor, key: Tensor, rule: ScoreRule, sizes: TileSizes, *, interpreted: bool
) -> dict[str, int | bool]:
    heads, size = query.shape[2:]
    return {
        "HEADS": heads,
        "GROUP": heads // key.shape[2],
        "CAPPED": rule.softcap > 0,
        "UPCAST": interpreted and query.dtype == torch.bfloat16,
        "TILE": sizes.tile,
        "STEP": sizes.step,
        "HEAD": size,
        "HEAD_BLOCK": max(16, 1 << (size - 1).bit_length()),
        "num_warps": sizes.warps,
        "num_stages": sizes.stages,
    }
