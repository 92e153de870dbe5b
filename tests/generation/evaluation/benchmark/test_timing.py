"""Taking turns; nothing here depends on how fast the machine is."""

import pytest
import torch

from generation.evaluation.benchmark import timing
from generation.evaluation.benchmark.timing import Spent, matrix_products, median_spent, spent_by, spent_in_turn


def test_a_call_is_timed_on_both_clocks(monkeypatch):
    monkeypatch.setattr(timing.time, "perf_counter", iter([10.0, 13.0]).__next__)
    monkeypatch.setattr(timing.time, "process_time", iter([1.0, 1.5]).__next__)

    assert spent_by(lambda: None) == Spent(wall=3.0, processor=0.5)


def test_turns_go_back_and_forth_after_one_unmeasured_call_each():
    calls = []

    times = spent_in_turn({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3)

    assert "".join(calls) == "ab" + "ab" + "ba" + "ab"
    assert {name: len(spent) for name, spent in times.items()} == {"a": 3, "b": 3}


def test_the_middle_round_counts_on_each_clock(monkeypatch):
    # Two readings per measured call: 5, 1 and 9 seconds on the clock, 2, 8 and 4 on the cores.
    monkeypatch.setattr(timing.time, "perf_counter", iter([0.0, 5.0, 10.0, 11.0, 20.0, 29.0]).__next__)
    monkeypatch.setattr(timing.time, "process_time", iter([0.0, 2.0, 2.0, 10.0, 10.0, 14.0]).__next__)

    assert median_spent({"a": lambda: None}, rounds=3) == {"a": Spent(wall=5.0, processor=4.0)}


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
