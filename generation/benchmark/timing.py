"""Timing on a machine that others use too: in turns, and by the middle value."""

import time
from collections.abc import Callable, Mapping
from statistics import median

import torch

# Matrices of this side show what a processor can do; a few products in a row outlast its smallest pauses.
PRODUCT_SIDE = 1024
PRODUCTS = 5
PRODUCTS_FLOPS = PRODUCTS * 2 * PRODUCT_SIDE**3


def seconds_of(call: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def times_in_turn(calls: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, list[float]]:
    """Time several things in turn, so that whatever else the machine does slows all of them alike.

    Args:
        calls: By name. Each is called once unmeasured, then once per round; every other round goes backwards.
        rounds: At least 1.

    Returns:
        Seconds per round, by name.
    """
    for call in calls.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds):
        for name in list(calls)[:: 1 if turn % 2 == 0 else -1]:
            times[name].append(seconds_of(calls[name]))
    return times


def median_seconds(calls: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """The middle of what :func:`times_in_turn` measures, by name."""
    return {name: median(times) for name, times in times_in_turn(calls, rounds=rounds).items()}


def matrix_products(dtype: torch.dtype) -> Callable[[], object]:
    """Products of two square matrices in ``dtype``, :data:`PRODUCTS_FLOPS` of arithmetic per call."""
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(PRODUCT_SIDE, PRODUCT_SIDE, generator=generator).to(dtype) for _ in range(2))

    def multiply() -> None:
        for _ in range(PRODUCTS):
            torch.mm(left, right)

    return multiply
