"""From rows over ranks to heads over ranks and back: every rank has all rows of some heads, or some rows of all."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from kernels.distributed.rows import take
from kernels.distributed.sharing import SharedSequence
from kernels.planning.ranges import Range, count_rows, places_in


def to_heads(own: Tensor, shared: SharedSequence) -> Tensor:
    """All rows, in order, of this rank's share of the heads; with a gradient.

    Args:
        own: ``(B, own rows, N, X)``; N is a multiple of the number of ranks.
        shared: Where the rows lie.

    Returns:
        ``(B, rows, N / ranks, X)``.
    """
    heads: Tensor = _ToHeads.apply(own, shared)  # type: ignore[no-untyped-call]  # torch's
    return heads


def to_rows(heads: Tensor, shared: SharedSequence) -> Tensor:
    """The rank's own rows of all heads: what ``to_heads`` did is undone; with a gradient.

    Args:
        heads: ``(B, rows, N / ranks, X)``.
        shared: Where the rows lie.

    Returns:
        ``(B, own rows, N, X)``.
    """
    own: Tensor = _ToRows.apply(heads, shared)  # type: ignore[no-untyped-call]  # torch's
    return own


class _ToHeads(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, own: Tensor, shared: SharedSequence) -> Tensor:  # noqa: ANN401 - torch's
        ctx.shared = shared
        return _gather_rows(own, shared)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401 - torch's
        return _gather_heads(grad, ctx.shared), None


class _ToRows(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, heads: Tensor, shared: SharedSequence) -> Tensor:  # noqa: ANN401 - torch's
        ctx.shared = shared
        return _gather_heads(heads, shared)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401 - torch's
        return _gather_rows(grad, ctx.shared), None


def _gather_rows(own: Tensor, shared: SharedSequence) -> Tensor:
    ranks, (batch, rows, heads, features) = shared.ranks, own.shape
    # (ranks, rows, B, heads of a rank, X): a block of heads for every peer.
    blocks = own.reshape(batch, rows, ranks.size, heads // ranks.size, features).permute(2, 1, 0, 3, 4)
    sent = [rows] * ranks.size
    arrived = ranks.exchange(blocks.flatten(0, 1), sent, _rows_by_rank(shared)).wait()
    in_order = places_in(_by_rank(shared)).find([Range(0, shared.rows)])
    return take(arrived.transpose(0, 1), in_order).reshape(batch, shared.rows, heads // ranks.size, features)


def _gather_heads(heads: Tensor, shared: SharedSequence) -> Tensor:
    ranks, (batch, _, own_heads, features) = shared.ranks, heads.shape
    by_rank = take(heads, _by_rank(shared)).transpose(0, 1)
    rows = shared.own_rows
    arrived = ranks.exchange(by_rank, _rows_by_rank(shared), [rows] * ranks.size).wait()
    # (ranks, rows, B, heads of a rank, X)
    blocks = arrived.view(ranks.size, rows, batch, own_heads, features)
    return blocks.permute(2, 1, 0, 3, 4).reshape(batch, rows, ranks.size * own_heads, features)


def _by_rank(shared: SharedSequence) -> list[Range]:
    return [rows for owned in shared.plan.transfers.owned for rows in owned]


def _rows_by_rank(shared: SharedSequence) -> list[int]:
    return [count_rows(owned) for owned in shared.plan.transfers.owned]
