"""PyTorch's scaled dot-product attention, for slices that need no mask: where it is as quick as anything."""

from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from kernels.planning.slices import AttentionSlice, SliceKind


def is_full_and_apart(mask: tuple[AttentionSlice, ...]) -> bool:
    """Whether every slice is full, and no query lies in two: then each is one call without a mask."""
    live = sorted(part.queries for part in mask if part.queries.length and part.keys.length)
    apart = all(first.stop <= second.start for first, second in pairwise(live))
    return apart and all(part.kind is SliceKind.FULL for part in mask)


def attend_full_slices(query: Tensor, key: Tensor, value: Tensor, mask: tuple[AttentionSlice, ...]) -> Tensor:
    """Attend slice by slice.

    Args:
        query: ``(B, L_query, N, K)``.
        key: ``(B, L_key, N_kv, K)``.
        value: Like ``key``.
        mask: Full slices whose queries are disjoint.

    Returns:
        ``(B, L_query, N, K)`` in the dtype of ``query``.
    """
    parts: list[Tensor] = []
    done = 0
    for (start, stop), keys in sorted((part.queries, part.keys) for part in mask):
        if start == stop:
            continue
        if done < start:
            parts.append(torch.zeros_like(query[:, done:start]))
        parts.append(_attend(query[:, start:stop], key[:, slice(*keys)], value[:, slice(*keys)]))
        done = stop
    if done < query.shape[1] or not parts:
        parts.append(torch.zeros_like(query[:, done:]))
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)


def attend_grouped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Full attention in which the query heads of one key head lie along the tokens, so that keys are read once.

    Args:
        query: ``(B, L_query, N / N_kv, N_kv, K)``.
        key: ``(B, L_key, N_kv, K)``.
        value: Like ``key``.

    Returns:
        Shaped like ``query``; zero without keys.
    """
    if key.shape[1] == 0:
        return torch.zeros_like(query)
    # Processors gain nothing from narrow operands here, and float32 keeps the weights unrounded.
    widened = query.device.type == "cpu" and query.dtype in (torch.bfloat16, torch.float16)
    precision = torch.float32 if widened else query.dtype
    rows, keys, values = (part.to(precision).transpose(1, 2) for part in (query.flatten(1, 2), key, value))
    return F.scaled_dot_product_attention(rows, keys, values).transpose(1, 2).to(query.dtype).view(query.shape)


def _attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    batch, length, heads, size = query.shape
    grouped = query.view(batch, length, key.shape[2], heads // key.shape[2], size).transpose(2, 3)
    return attend_grouped(grouped, key, value).transpose(2, 3).reshape(query.shape)
