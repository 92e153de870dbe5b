"""Dense masked softmax: what attention over slices means, in the plainest form."""

import torch
from torch import Tensor


def slice_mask(
    query_ranges: list[tuple[int, int]], key_ranges: list[tuple[int, int]], shape: tuple[int, int]
) -> Tensor:
    """Lay the slices out as a dense mask.

    Args:
        query_ranges: Half-open token ranges on the query axis.
        key_ranges: For each query range, the half-open token range it attends to.
        shape: Number of queries and keys.

    Returns:
        Booleans of that shape, true where a query sees a key.
    """
    mask = torch.zeros(shape, dtype=torch.bool)
    for (query_start, query_stop), (key_start, key_stop) in zip(query_ranges, key_ranges, strict=True):
        mask[query_start:query_stop, key_start:key_stop] = True
    return mask


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    query_ranges: list[tuple[int, int]],
    key_ranges: list[tuple[int, int]],
) -> Tensor:
    """Attend from each query range to its key range with a full score matrix, in at least float32.

    Args:
        query: ``(B, L_query, N, K)``.
        key: ``(B, L_key, N_kv, K)``; query head n uses key head ``n // (N / N_kv)``.
        value: Like ``key``.
        query_ranges: Disjoint half-open ranges of query tokens.
        key_ranges: For each query range the keys it sees.

    Returns:
        ``(B, L_query, N, K)`` in the dtype of ``query``; zero for queries that see no key.
    """
    precision = torch.promote_types(query.dtype, torch.float32)
    group = query.shape[2] // key.shape[2]
    key = key.to(precision).repeat_interleave(group, dim=2)
    value = value.to(precision).repeat_interleave(group, dim=2)
    scores = torch.einsum("bqnk,bsnk->bnqs", query.to(precision), key) / query.shape[3] ** 0.5
    mask = slice_mask(query_ranges, key_ranges, (query.shape[1], key.shape[1])).to(query.device)
    weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
    weights = weights.masked_fill(~mask.any(dim=1, keepdim=True), 0.0)
    return torch.einsum("bnqs,bsnk->bqnk", weights, value).to(query.dtype)
