"""PyTorch's FlexAttention on slices: an independent twin on any device, and a rival to measure against."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import AuxRequest, BlockMask, create_block_mask, flex_attention

from kernels.attention.attended import Attended, accumulation_dtype
from kernels.attention.intervals import row_intervals
from kernels.attention.options import ScoreRule
from kernels.errors import UnsupportedInput
from kernels.planning.slices import AttentionSlice

MASKS_KEPT = 16


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Sequence[AttentionSlice], rule: ScoreRule) -> Attended:
    """Attend; differentiable where FlexAttention is, which is on a GPU.

    Args:
        query: ``(B, L_query, N, K)``.
        key: ``(B, L_key, N_kv, K)``.
        value: Like ``key``.
        mask: Slices within the tensors.
        rule: From products to scores.

    Raises:
        UnsupportedInput: On a processor, if gradients are asked for.
    """
    if query.device.type != "cuda" and torch.is_grad_enabled() and (query.requires_grad or key.requires_grad):
        raise UnsupportedInput(
            f"FlexAttention has no gradients on {query.device.type}; leave backend out or take 'blocked'"
        )
    if not query.shape[1] or not key.shape[1]:
        lse = query.new_full(query.shape[:3], float("-inf"), dtype=accumulation_dtype(query.dtype))
        return Attended(torch.zeros_like(query), lse)
    out, aux = _chosen(query.device.type)(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        score_mod=_capped(rule.softcap) if rule.softcap else None,
        block_mask=block_mask(tuple(mask), query.shape[1], key.shape[1], query.device),
        scale=rule.scale,
        enable_gqa=query.shape[2] != key.shape[2],
        return_aux=AuxRequest(lse=True),
    )
    return Attended(out.transpose(1, 2), aux.lse.transpose(1, 2).to(accumulation_dtype(query.dtype)))


@lru_cache(maxsize=MASKS_KEPT)
def block_mask(mask: tuple[AttentionSlice, ...], queries: int, keys: int, device: torch.device) -> BlockMask:
    """Slices as FlexAttention's blocks of 128 by 128; takes far longer to make than to read."""
    intervals = row_intervals(mask, queries, device=device)

    def seen(_batch: Tensor, _head: Tensor, row: Tensor, column: Tensor) -> Tensor:
        hits = [
            (column >= intervals[row, slot, 0]) & (column < intervals[row, slot, 1])
            for slot in range(intervals.shape[1])
        ]
        return torch.stack(hits).any(dim=0) if len(hits) > 1 else hits[0]

    return create_block_mask(seen, None, None, queries, keys, device=device)


@lru_cache(maxsize=2)
def _chosen(device_type: str) -> Callable[..., Any]:
    """Compiled on a GPU, where it is nothing otherwise; eager elsewhere."""
    chosen: Callable[..., Any] = flex_attention
    return torch.compile(chosen) if device_type == "cuda" else chosen


def _capped(softcap: float) -> Callable[..., Tensor]:
    def cap(score: Tensor, *_: Tensor) -> Tensor:
        return softcap * torch.tanh(score / softcap)

    return cap
