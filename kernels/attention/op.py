"""Attention over slices: each query range attends to one key range, without a mask in memory."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from kernels.errors import UnsupportedInput


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    query_ranges: Sequence[tuple[int, int]],
    key_ranges: Sequence[tuple[int, int]],
) -> Tensor:
    """Attend from each query range to its key range; the cost is that of the visible pairs only.

    Args:
        query: ``(B, L_query, N, K)``, floating point.
        key: ``(B, L_key, N_kv, K)``; query head n uses key head ``n // (N / N_kv)``.
        value: Like ``key``.
        query_ranges: Half-open ranges of query tokens, ascending and disjoint.
        key_ranges: For each query range the keys it sees; empty ranges give zeros.

    Returns:
        ``(B, L_query, N, K)`` in the dtype of ``query``; zero for queries that see no key.

    Raises:
        UnsupportedInput: If shapes do not fit, or ranges overlap or leave the tensors.
    """
    _check_shapes(query, key, value)
    _check_ranges(query_ranges, key_ranges, query.shape[1], key.shape[1])
    parts: list[Tensor] = []
    done = 0
    for (query_start, query_stop), (key_start, key_stop) in zip(query_ranges, key_ranges, strict=True):
        if done < query_start:
            parts.append(torch.zeros_like(query[:, done:query_start]))
        rows = query[:, query_start:query_stop]
        if rows.shape[1]:
            parts.append(_attend(rows, key[:, key_start:key_stop], value[:, key_start:key_stop]))
        done = query_stop
    if done < query.shape[1]:
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


def _check_shapes(query: Tensor, key: Tensor, value: Tensor) -> None:
    if query.ndim != 4 or key.ndim != 4 or key.shape != value.shape:
        raise UnsupportedInput(
            "query, key and value must be (B, L, N, K) and key must be shaped like value, "
            f"got {tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
        )
    if query.shape[0] != key.shape[0] or query.shape[3] != key.shape[3] or query.shape[2] % key.shape[2]:
        raise UnsupportedInput(
            "query and key must agree in batch and head size, and query heads be a multiple of key heads, "
            f"got {tuple(query.shape)} and {tuple(key.shape)}"
        )
    if not query.dtype == key.dtype == value.dtype or not query.is_floating_point():
        raise UnsupportedInput(
            f"query, key and value must share a floating dtype, got {query.dtype}, {key.dtype} and {value.dtype}"
        )


def _check_ranges(
    query_ranges: Sequence[tuple[int, int]], key_ranges: Sequence[tuple[int, int]], queries: int, keys: int
) -> None:
    if len(query_ranges) != len(key_ranges):
        raise UnsupportedInput(f"one key range per query range, got {len(key_ranges)} for {len(query_ranges)}")
    done = 0
    for start, stop in query_ranges:
        if not done <= start <= stop <= queries:
            raise UnsupportedInput(
                f"query ranges must be ascending, disjoint and within {queries} queries, got {tuple(query_ranges)}"
            )
        done = stop
    for start, stop in key_ranges:
        if not 0 <= start <= stop <= keys:
            raise UnsupportedInput(f"key ranges must lie within {keys} keys, got {tuple(key_ranges)}")
