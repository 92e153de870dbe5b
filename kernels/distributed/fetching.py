"""Rows fetched and given back by one route, or by two: between nodes once per node, then inside the node."""

from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.distributed.casting import Pending, group_cast, group_reduce
from kernels.distributed.ranks import Ranks
from kernels.planning.routes import Route


def fetch(tensors: Sequence[Tensor], routes: tuple[Route, ...], ranks: Ranks) -> Pending[tuple[Tensor, ...]]:
    """Get what a stage needs; what is left of the way after the first exchange is gone when waited for.

    Args:
        tensors: ``(B, rows, ...)`` each, of one dtype: the rank's own rows.
        routes: One, or two after one another.
        ranks: All of whom come here.

    Returns:
        To be waited for: ``(B, fetched rows, ...)`` each.
    """
    if len(routes) == 1:
        return group_cast(tensors, routes[0], ranks)
    between, within = routes
    first = group_cast(tensors, between, ranks)

    def finish() -> tuple[Tensor, ...]:
        stock = [torch.cat((own, came), dim=1) for own, came in zip(tensors, first.wait(), strict=True)]
        return group_cast(stock, within, ranks).wait()

    return Pending(finish)


def give_back(
    parts: Sequence[Tensor], routes: tuple[Route, ...], ranks: Ranks, *, into: Sequence[Tensor]
) -> Pending[None]:
    """Return gradients of fetched rows, to be added up where the rows came from.

    Args:
        parts: ``(B, fetched rows, ...)`` each, of one dtype.
        routes: Those of the fetch.
        ranks: All of whom come here.
        into: ``(B, rows, ...)`` each: of the rank's own rows; added to in place.

    Returns:
        To be waited for.
    """
    if len(routes) == 1:
        return group_reduce(parts, routes[0], ranks, into=into)
    between, within = routes
    # Sums of one node, kept as exactly as those of all.
    stock = [own.new_zeros((own.shape[0], within.rows, *own.shape[2:])) for own in into]
    first = group_reduce(parts, within, ranks, into=stock)

    def finish() -> None:
        first.wait()
        for own, total in zip(into, stock, strict=True):
            own += total[:, : between.rows]
        travelling = [total[:, between.rows :].to(part.dtype) for total, part in zip(stock, parts, strict=True)]
        group_reduce(travelling, between, ranks, into=into).wait()

    return Pending(finish)
