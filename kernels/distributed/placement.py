"""Whole sequences laid out over ranks and put together again, rolled, numbered and padded."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from kernels.distributed.agreement import agreeing
from kernels.distributed.casting import cast_rows, group_cast, group_reduce
from kernels.distributed.rows import take
from kernels.distributed.sharing import SharedSequence
from kernels.errors import UnsupportedInput
from kernels.planning.ranges import Range, places_in
from kernels.planning.routes import Route, everything, received_in_order, rolled, rolled_sources, route


def dispatch(whole: Tensor, shared: SharedSequence) -> Tensor:
    """Keep this rank's rows of a sequence that every rank has whole.

    Args:
        whole: ``(B, rows, ...)``, the same on every rank.
        shared: Where its rows lie.

    Returns:
        ``(B, own rows, ...)``. Its gradient goes to every rank's copy of the sequence, gathered from all.

    Raises:
        UnsupportedInput: On every rank, if the tensors do not fit the sequence or one another.
        PeerLost: If a rank does not come here in time.
    """
    with agreeing(shared.ranks, talk=shared.options.agree_always) as facts:
        _check(whole, shared.rows, "whole")
        facts |= _facts(shared, whole, "dispatch")
    own: Tensor = _Dispatch.apply(whole, shared)  # type: ignore[no-untyped-call]  # torch's
    return own


def undispatch(own: Tensor, shared: SharedSequence, *, partial_gradients: bool = False) -> Tensor:
    """Put the sequence together, in order, on every rank.

    Args:
        own: ``(B, own rows, ...)``.
        shared: Where the rows lie.
        partial_gradients: Whether each rank goes on with the whole in its own way, so that the gradient is the sum of
            all ranks' gradients; without, all go on in the same way, and each rank's gradient has all there is.

    Returns:
        ``(B, rows, ...)``.

    Raises:
        UnsupportedInput: On every rank, if the tensors do not fit the sequence or one another.
        PeerLost: If a rank does not come here in time.
    """
    with agreeing(shared.ranks, talk=shared.options.agree_always) as facts:
        _check(own, shared.own_rows, "own")
        facts |= _facts(shared, own, f"undispatch, partial_gradients {partial_gradients}")
    whole: Tensor = _Undispatch.apply(own, shared, partial_gradients)  # type: ignore[no-untyped-call]  # torch's
    return whole


def roll(own: Tensor, shared: SharedSequence, *, shift: int) -> Tensor:
    """Roll the sequence as ``torch.roll`` would along its rows; only rows that change ranks travel.

    Args:
        own: ``(B, own rows, ...)``.
        shared: Where the rows lie, before and after.
        shift: How far later rows come to lie; any integer.

    Returns:
        ``(B, own rows, ...)``, with a gradient.

    Raises:
        UnsupportedInput: On every rank, if the tensors do not fit the sequence or one another.
        PeerLost: If a rank does not come here in time.
    """
    with agreeing(shared.ranks, talk=shared.options.agree_always) as facts:
        _check(own, shared.own_rows, "own")
        facts |= _facts(shared, own, f"roll by {shift}")
    transfers = rolled(shared.plan.transfers.owned, rows=shared.rows, shift=shift)
    arrived = cast_rows(own, route(transfers, shared.ranks.rank), shared.ranks)
    wanted = rolled_sources(shared.owned, rows=shared.rows, shift=shift)
    return take(arrived, places_in(received_in_order(transfers, shared.ranks.rank)).find(wanted))


def position_ids(shared: SharedSequence, *, device: torch.device | None = None) -> Tensor:
    """Which rows of the whole sequence lie here, ``(own rows,)`` int64."""
    return torch.cat([torch.arange(*rows, device=device) for rows in (*shared.owned, Range(0, 0))])


def pad(whole: Tensor, rows: int, *, value: float = 0.0) -> Tensor:
    """Lengthen a sequence, as to ``kernels.planning.workload.padded_rows``, for all ranks to hold equally many rows.

    Args:
        whole: ``(B, L, ...)``.
        rows: At least L. Rows that no slice names see nothing and are seen by nobody.
        value: Of the new rows.

    Raises:
        UnsupportedInput: If ``rows`` is below L.
    """
    missing = rows - whole.shape[1]
    if missing < 0:
        raise UnsupportedInput(f"rows must be at least the length {whole.shape[1]}, got {rows}")
    return torch.cat((whole, whole.new_full((whole.shape[0], missing, *whole.shape[2:]), value)), dim=1)


class _Dispatch(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, whole: Tensor, shared: SharedSequence) -> Tensor:  # noqa: ANN401 - torch's
        ctx.shared = shared
        # A copy: the whole need not be kept for its part.
        return take(whole, shared.owned).clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401 - torch's
        return _gather(grad, ctx.shared), None


class _Undispatch(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, own: Tensor, shared: SharedSequence, partial_gradients: bool) -> Tensor:  # noqa: ANN401, FBT001 - torch's
        ctx.shared, ctx.partial_gradients = shared, partial_gradients
        return _gather(own, shared)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401 - torch's
        shared: SharedSequence = ctx.shared
        if not ctx.partial_gradients:
            return take(grad, shared.owned).clone(), None, None
        by_rank = take(grad, [rows for owned in shared.plan.transfers.owned for rows in owned])
        total = grad.new_zeros((grad.shape[0], shared.own_rows, *grad.shape[2:]))
        group_reduce([by_rank], _to_all(shared), shared.ranks, into=[total]).wait()
        return total, None, None


def _gather(own: Tensor, shared: SharedSequence) -> Tensor:
    arrived = group_cast([own], _to_all(shared), shared.ranks).wait()[0]
    by_rank = [rows for owned in shared.plan.transfers.owned for rows in owned]
    return take(arrived, places_in(by_rank).find([Range(0, shared.rows)])).contiguous()


def _to_all(shared: SharedSequence) -> Route:
    return route(everything(shared.plan.transfers.owned), shared.ranks.rank)


def _check(tensor: Tensor, rows: int, what: str) -> None:
    if tensor.ndim < 2 or tensor.shape[1] != rows:
        raise UnsupportedInput(f"{what} must be (B, {rows}, ...), got {tuple(tensor.shape)}")


def _facts(shared: SharedSequence, tensor: Tensor, call: str) -> dict[str, str]:
    return {
        "the call": call,
        "the shared sequence": shared.digest,
        "the shape of a row": str((tensor.shape[0], *tensor.shape[2:])),
        "the dtype": str(tensor.dtype),
        "the kind of device": tensor.device.type,
        "whether gradients are asked for": str(tensor.requires_grad and torch.is_grad_enabled()),
    }
