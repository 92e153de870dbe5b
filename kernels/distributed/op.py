"""Attention over a sequence whose rows lie on several ranks; what others call."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import torch
from torch import Tensor

from kernels.attention import backends
from kernels.attention.attended import with_sink
from kernels.attention.checks import check_sink, check_tensors
from kernels.attention.op import Attended, AttentionOptions
from kernels.attention.options import DEFAULTS
from kernels.distributed.agreement import Facts, agreeing
from kernels.distributed.placement import dispatch, pad, position_ids, roll, undispatch
from kernels.distributed.ranks import Ranks
from kernels.distributed.reference import gathered_attention, ulysses_attention
from kernels.distributed.sharing import SharedSequence, SharingOptions, share
from kernels.distributed.staged import Run, staged_attention
from kernels.errors import UnsupportedInput

__all__ = [
    "Ranks",
    "SharedSequence",
    "SharingOptions",
    "Way",
    "dispatch",
    "distributed_attention",
    "pad",
    "position_ids",
    "roll",
    "share",
    "undispatch",
]


class Way(StrEnum):
    """How rows meet: only those that are needed travel, or all keys to all ranks, or all rows of some heads."""

    STAGED = "staged"
    GATHERED = "gathered"
    ULYSSES = "ulysses"


def distributed_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    shared: SharedSequence,
    *,
    options: AttentionOptions = DEFAULTS,
    sink: Tensor | None = None,
    way: Way = Way.STAGED,
) -> Attended:
    """Attend from this rank's queries to all keys of the sequence that the mask shows them, on whatever rank.

    Differentiable, outputs and log-sum-exps alike; then every rank must come to the backward pass too.

    Args:
        query: ``(B, own rows, N, K)``, floating point: the rows that ``dispatch`` keeps here.
        key: ``(B, own rows, N_kv, K)``; query head n uses key head ``n // (N / N_kv)``.
        value: Like ``key``.
        shared: The sequence and its mask.
        options: Scale, cap, backend; cells in two slices are looked for if ``check_cover`` of the shared sequence asks.
        sink: ``(S, N)`` finite logits without values that take part in the denominator, the same on every rank. Their
            gradient is that of this rank's queries; the sum over ranks is the whole one.
        way: How rows meet.

    Returns:
        Outputs in the dtype of ``query`` and log-sum-exps in at least float32, of this rank's rows. The same bytes in
        every run.

    Raises:
        UnsupportedInput: On every rank, if on any the tensors do not fit, or ranks differ in what they ask for.
        PeerLost: If a rank does not answer in time or has ended.
    """
    # A part may be refused on one rank while others wait for it, so all is looked at before.
    options = replace(options, check_cover=False)
    with agreeing(shared.ranks, talk=shared.options.agree_always) as facts:
        _check(query, key, value, shared, sink)
        _check_way(query, key, shared, options, way)
        facts |= _facts(query, key, value, shared, sink) | {"the way": way, "the options": str(options)}
    if way is Way.STAGED:
        attended = staged_attention(query, key, value, Run(shared=shared, options=options))
    else:
        attended = _PLAIN[way](query, key, value, shared, options)
    return attended if sink is None else with_sink(attended, sink)


_PLAIN: dict[Way, Callable[[Tensor, Tensor, Tensor, SharedSequence, AttentionOptions], Attended]] = {
    Way.GATHERED: gathered_attention,
    Way.ULYSSES: ulysses_attention,
}


def _check(query: Tensor, key: Tensor, value: Tensor, shared: SharedSequence, sink: Tensor | None) -> None:
    check_tensors(query, key, value)
    rows = shared.own_rows
    if query.shape[1] != rows or key.shape[1] != rows:
        raise UnsupportedInput(
            f"query and key must have this rank's {rows} rows, as dispatch keeps them, "
            f"got {query.shape[1]} and {key.shape[1]}"
        )
    if shared.ranks.on_processors != (query.device.type == "cpu"):
        raise UnsupportedInput(
            f"tensors must be where the ranks' group can reach them, got {query.device}: "
            "gloo is for processors, NCCL for GPUs"
        )
    if sink is not None:
        check_sink(sink, query)


def _check_way(query: Tensor, key: Tensor, shared: SharedSequence, options: AttentionOptions, way: Way) -> None:
    chosen = backends.choose(query, options.backend)
    if way is Way.STAGED:
        # One that cannot give gradients of parts says so now.
        backends.backward(chosen)
    if way is Way.ULYSSES and key.shape[2] % shared.ranks.size:
        raise UnsupportedInput(
            f"for heads to be dealt out, ranks must divide the heads of the keys, "
            f"got {key.shape[2]} heads for {shared.ranks.size} ranks: take Way.STAGED"
        )


def _facts(query: Tensor, key: Tensor, value: Tensor, shared: SharedSequence, sink: Tensor | None) -> Facts:
    wanted = [part.requires_grad and torch.is_grad_enabled() for part in (query, key, value)]
    return {
        "the call": "attention",
        "the shared sequence": shared.digest,
        "the batch": str(query.shape[0]),
        "heads of queries and keys": f"{query.shape[2]} and {key.shape[2]}",
        "the head size": str(query.shape[3]),
        "the dtype": str(query.dtype),
        "the kind of device": query.device.type,
        "whether there is a sink": str(sink is not None),
        "whether gradients of query, key and value are asked for": str(wanted),
    }
