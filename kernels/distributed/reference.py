"""The two plain ways: every rank gathers all keys, or all rows of some heads, and then computes alone.

The first is the truth that distributed attention is tested against, the second what others call Ulysses.
"""

import torch
from torch import Tensor

from kernels.attention.op import Attended, attention
from kernels.attention.options import AttentionOptions
from kernels.distributed.casting import cast_rows
from kernels.distributed.heads import to_heads, to_rows
from kernels.distributed.rows import take
from kernels.distributed.sharing import SharedSequence
from kernels.planning.local_masks import query_part
from kernels.planning.ranges import Range, places_in
from kernels.planning.routes import everything, route


def gathered_attention(
    query: Tensor, key: Tensor, value: Tensor, shared: SharedSequence, options: AttentionOptions
) -> Attended:
    """Gather all keys and values, in order, and attend to them with the rank's own queries.

    Args:
        query: ``(B, own rows, N, K)``.
        key: ``(B, own rows, N_kv, K)``.
        value: Like ``key``.
        shared: The sequence.
        options: How to compute.
    """
    owned = shared.plan.transfers.owned
    to_all = route(everything(owned), shared.ranks.rank)
    in_order = places_in(rows for held in owned for rows in held).find([Range(0, shared.rows)])
    keys, values = (take(cast_rows(part, to_all, shared.ranks), in_order) for part in (key, value))
    return attention(query, keys, values, query_part(shared.mask, shared.owned), options=options)


def ulysses_attention(
    query: Tensor, key: Tensor, value: Tensor, shared: SharedSequence, options: AttentionOptions
) -> Attended:
    """Give every rank all rows of some heads, attend there by the whole mask, and give the rows back.

    Rows that travel do not depend on the mask, and ranks may not outnumber the heads of the keys.

    Args:
        query: ``(B, own rows, N, K)``; N is a multiple of the number of ranks.
        key: ``(B, own rows, N_kv, K)``; N_kv too.
        value: Like ``key``.
        shared: The sequence.
        options: How to compute.
    """
    # Keys and values in one exchange.
    both = to_heads(torch.cat((key, value), dim=3), shared)
    keys, values = both[..., : key.shape[3]], both[..., key.shape[3] :]
    attended = attention(to_heads(query, shared), keys, values, shared.mask, options=options)
    return Attended(to_rows(attended.out, shared), to_rows(attended.lse.unsqueeze(3), shared).squeeze(3))
