"""Taking turns; nothing here depends on how fast the machine is."""

import pytest
import torch

from generation.benchmark import timing
from generation.benchmark.timing import matrix_products, median_seconds, seconds_of, times_in_turn


def test_a_call_takes_time():
    assert seconds_of(lambda: sum(range(1000))) > 0


def test_turns_go_back_and_forth_after_one_unmeasured_call_each():
    calls = []

    times = times_in_turn({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3)

    assert "".join(calls) == "ab" + "ab" + "ba" + "ab"
    assert {name: len(seconds) for name, seconds in times.items()} == {"a": 3, "b": 3}


def test_the_middle_round_counts(monkeypatch):
    # Two clock readings per measured call: it took 5, 1 and 9 seconds.
    readings = iter([0.0, 5.0, 10.0, 11.0, 20.0, 29.0])
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(readings))

    assert median_seconds({"a": lambda: None}, rounds=3) == {"a": 5.0}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_products_have_the_arithmetic_that_is_counted(dtype, monkeypatch):
    shapes = []
    monkeypatch.setattr(
        torch, "mm", lambda left, right: shapes.append((tuple(left.shape), tuple(right.shape), left.dtype))
    )

    matrix_products(dtype)()

    side = timing.PRODUCT_SIDE
    assert shapes == [((side, side), (side, side), dtype)] * timing.PRODUCTS
    assert len(shapes) * 2 * side**3 == timing.PRODUCTS_FLOPS
