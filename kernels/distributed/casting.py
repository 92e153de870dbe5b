"""Group-cast and group-reduce: rows from their owners to whoever needs them, and what these made of them back.

One is the transpose of the other, so one route serves both ways and each is the other's gradient.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from kernels.attention.op import Attended, merge
from kernels.distributed.ranks import Arrival, Ranks
from kernels.distributed.rows import pack, unpack
from kernels.errors import UnsupportedInput
from kernels.planning.ranges import Range
from kernels.planning.routes import Route

Result = TypeVar("Result")


class Combine(StrEnum):
    """What becomes of rows that come back from several ranks: added to what is there, or the mean with it."""

    SUM = "sum"
    MEAN = "mean"


class Pending(Generic[Result]):
    """Something under way; ``wait`` once."""

    def __init__(self, finish: Callable[[], Result]) -> None:
        self._finish = finish

    def wait(self) -> Result:
        """The result, when it is there.

        Raises:
            PeerLost: If a rank does not answer in time or has ended.
        """
        return self._finish()


def group_cast(tensors: Sequence[Tensor], route: Route, ranks: Ranks) -> Pending[tuple[Tensor, ...]]:
    """Send rows to whoever needs them, several tensors in one exchange.

    Args:
        tensors: ``(B, rows, ...)`` each, of one dtype: the rank's stock.
        route: Its part in the exchange.
        ranks: All of whom come here.

    Returns:
        To be waited for: ``(B, received rows, ...)`` each, by peer, as views.

    Raises:
        UnsupportedInput: If the tensors do not fit one another or the route.
        PeerLost: If a rank has ended.
    """
    _check(tensors, route.rows, "the stock")
    if route.quiet:
        nothing = tuple(tensor.detach()[:, :0] for tensor in tensors)
        return Pending(lambda: nothing)
    arrival = ranks.exchange(pack(tensors, _all_sent(route)), route.sent_rows, route.received)
    return Pending(lambda: unpack(arrival.wait(), tensors))


def group_reduce(
    parts: Sequence[Tensor],
    route: Route,
    ranks: Ranks,
    *,
    into: Sequence[Tensor],
    how: Combine = Combine.SUM,
) -> Pending[None]:
    """Send what was made of received rows back to their owners, who combine it with their own.

    Args:
        parts: ``(B, received rows, ...)`` each, of one dtype, in the order in which ``group_cast`` delivered.
        route: The one of the cast.
        ranks: All of whom come here.
        into: ``(B, rows, ...)`` each, the owner's; added to in place, peer by peer, so that every run gives the same.
        how: Sum, or the mean of the owner's row and all that come back for it.

    Returns:
        To be waited for.

    Raises:
        UnsupportedInput: If the tensors do not fit one another or the route.
        PeerLost: If a rank has ended.
    """
    _check(parts, sum(route.received), "what comes back")
    _check(into, route.rows, "the stock")
    if route.quiet:
        return Pending(lambda: None)
    arrival = _send_back(parts, route, ranks)

    def finish() -> None:
        for rows, place, part in _returned(unpack(arrival.wait(), into), route):
            into[part][:, slice(*rows)] += place
        if how is Combine.MEAN:
            for tensor in into:
                shares = _shares(route, tensor).view(-1, *[1] * (tensor.ndim - 2))
                tensor /= shares

    return Pending(finish)


def group_merge(part: Attended, route: Route, ranks: Ranks, *, into: Attended) -> Pending[None]:
    """Like ``group_reduce`` for what attention saw of other keys: parts join by their log-sum-exps.

    Args:
        part: ``(B, received rows, N, K)`` and ``(B, received rows, N)``, over keys that nobody else has seen.
        route: That of the queries' cast.
        ranks: All of whom come here.
        into: The owner's, as ``accumulators`` makes it; merged in place.

    Returns:
        To be waited for.

    Raises:
        UnsupportedInput: If the tensors do not fit one another or the route.
        PeerLost: If a rank has ended.
    """
    _check(part, sum(route.received), "what comes back")
    _check(into, route.rows, "the stock")
    if route.quiet:
        return Pending(lambda: None)
    # Their dtypes may differ, so each goes by itself.
    arrivals = [_send_back([tensor], route, ranks) for tensor in part]

    def finish() -> None:
        outs, sums = (unpack(arrival.wait(), [like])[0] for arrival, like in zip(arrivals, into, strict=True))
        for (rows, out, _), (_, lse, _) in zip(_returned((outs,), route), _returned((sums,), route), strict=True):
            at = slice(*rows)
            merged = merge(Attended(into.out[:, at], into.lse[:, at]), Attended(out, lse))
            into.out[:, at], into.lse[:, at] = merged

    return Pending(finish)


def cast_rows(rows: Tensor, route: Route, ranks: Ranks) -> Tensor:
    """``group_cast`` of one tensor, with a gradient: ``group_reduce``.

    Args:
        rows: ``(B, rows, ...)``.
        route: The rank's part.
        ranks: All of whom come here, in the backward pass too.

    Returns:
        ``(B, received rows, ...)``.
    """
    cast: Tensor = _Cast.apply(rows, route, ranks)  # type: ignore[no-untyped-call]  # torch's
    return cast


def reduce_rows(parts: Tensor, route: Route, ranks: Ranks) -> Tensor:
    """``group_reduce`` of one tensor into zeros, with a gradient: ``group_cast``.

    Args:
        parts: ``(B, received rows, ...)``.
        route: The rank's part.
        ranks: All of whom come here, in the backward pass too.

    Returns:
        ``(B, rows, ...)``.
    """
    reduced: Tensor = _Reduce.apply(parts, route, ranks)  # type: ignore[no-untyped-call]  # torch's
    return reduced


class _Cast(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor, route: Route, ranks: Ranks) -> Tensor:  # noqa: ANN401 - torch's
        ctx.route, ctx.ranks = route, ranks
        return group_cast([rows], route, ranks).wait()[0].contiguous()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401 - torch's
        total = grad.new_zeros((grad.shape[0], ctx.route.rows, *grad.shape[2:]))
        group_reduce([grad], ctx.route, ctx.ranks, into=[total]).wait()
        return total, None, None


class _Reduce(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, parts: Tensor, route: Route, ranks: Ranks) -> Tensor:  # noqa: ANN401 - torch's
        ctx.route, ctx.ranks = route, ranks
        total = parts.new_zeros((parts.shape[0], route.rows, *parts.shape[2:]))
        group_reduce([parts], route, ranks, into=[total]).wait()
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401 - torch's
        return group_cast([grad], ctx.route, ctx.ranks).wait()[0].contiguous(), None, None


def _check(tensors: Sequence[Tensor], rows: int, what: str) -> None:
    for tensor in tensors:
        if tensor.ndim < 2 or tensor.shape[1] != rows:
            raise UnsupportedInput(f"{what} must be (B, {rows}, ...), got {tuple(tensor.shape)}")


def _all_sent(route: Route) -> list[Range]:
    return [rows for by_peer in route.sent for rows in by_peer]


def _send_back(parts: Sequence[Tensor], route: Route, ranks: Ranks) -> Arrival:
    whole = Range(0, sum(route.received))
    return ranks.exchange(pack(parts, [whole]), route.received, route.sent_rows)


def _returned(parts: Sequence[Tensor], route: Route) -> list[tuple[Range, Tensor, int]]:
    """Which rows of the stock, what has come for them, and the number of the tensor; peer by peer."""
    found, done = [], 0
    for rows in _all_sent(route):
        found += [(rows, part[:, done : done + rows.length], number) for number, part in enumerate(parts)]
        done += rows.length
    return found


def _shares(route: Route, like: Tensor) -> Tensor:
    """For every row of the stock, of how many rows its mean is."""
    shares = torch.ones(route.rows, dtype=like.dtype, device=like.device)
    for rows in _all_sent(route):
        shares[slice(*rows)] += 1
    return shares
