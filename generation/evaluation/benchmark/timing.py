"""Timing on a machine that others use too: in turns, by the middle value, and on two clocks."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

import torch

# Matrices of this side show what a processor can do; a few products in a row outlast its smallest pauses.
PRODUCT_SIDE = 1024
PRODUCTS = 5
PRODUCTS_FLOPS = PRODUCTS * 2 * PRODUCT_SIDE**3


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """What a call took, in seconds."""

    # On the clock: what a person waits.
    wall: float
    # On all cores together: what the call would cost, were nobody else there.
    processor: float


def spent_by(call: Callable[[], object]) -> Spent:
    """Call once and look at both clocks."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return Spent(wall=time.perf_counter() - wall, processor=time.process_time() - processor)


def spent_in_turn(calls: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, list[Spent]]:
    """Time several things in turn, so that whatever else the machine does slows all of them alike.

    Args:
        calls: By name. Each is called once unmeasured, then once per round; every other round goes backwards.
        rounds: At least 1.

    Returns:
        What each took per round, by name.
    """
    for call in calls.values():
        call()
    spent: dict[str, list[Spent]] = {name: [] for name in calls}
    for turn in range(rounds):
        for name in list(calls)[:: 1 if turn % 2 == 0 else -1]:
            spent[name].append(spent_by(calls[name]))
    return spent


def median_spent(calls: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, Spent]:
    """The middle of what :func:`spent_in_turn` measures, by name and on each clock."""
    return {
        name: Spent(wall=median(spent.wall for spent in times), processor=median(spent.processor for spent in times))
        for name, times in spent_in_turn(calls, rounds=rounds).items()
    }


def matrix_products(dtype: torch.dtype) -> Callable[[], object]:
    """Products of two square matrices in ``dtype``, :data:`PRODUCTS_FLOPS` of arithmetic per call."""
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(PRODUCT_SIDE, PRODUCT_SIDE, generator=generator).to(dtype) for _ in range(2))

    def multiply() -> None:
        for _ in range(PRODUCTS):
            torch.mm(left, right)

    return multiply
