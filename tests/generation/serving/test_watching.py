"""Heartbeats, the rate of progress, and how far each second is."""

import threading

import pytest

from generation.sampling.report import StepReport
from generation.serving.watching import Heartbeat, Pace, cells_of


def report(**values) -> StepReport:
    plain = {
        "stage": 0, "num_stages": 5, "step": 0, "steps_in_stage": 2, "first_chunk": 0, "stop_chunk": 1,
        "timesteps": (), "next_timesteps": (), "key_ranges": (), "forwards": 1, "chunk_forwards": 1,
        "velocity": None, "latents": None,
    }  # fmt: skip
    return StepReport(**{**plain, **values})


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ({}, (0.25, 0, 0, 0)),
        ({"step": 1}, (0.5, 0, 0, 0)),
        ({"stage": 1, "step": 1, "stop_chunk": 2}, (1, 0.5, 0, 0)),
        ({"stage": 2, "step": 0, "first_chunk": 1, "stop_chunk": 3}, (1, 0.75, 0.25, 0)),
        ({"stage": 4, "step": 1, "first_chunk": 3, "stop_chunk": 4}, (1, 1, 1, 1)),
    ],
)
def test_older_seconds_are_further(values, cells):
    assert cells_of(report(**values), num_prefix_chunks=0, num_chunks=4, window_size=2) == cells


def test_seconds_of_the_prefix_are_not_the_takes_own():
    found = cells_of(report(first_chunk=3, stop_chunk=4), num_prefix_chunks=3, num_chunks=2, window_size=2)

    assert found == (0.25, 0)


def test_a_pace_lets_through_what_comes_slowly_enough():
    times = iter([0.0, 0.1, 0.3, 0.31])
    pace = Pace(0.25, clock=lambda: next(times))

    assert [pace.is_due() for _ in range(4)] == [True, False, True, False]


def test_a_heartbeat_beats_until_its_block_ends():
    beaten = threading.Event()
    with Heartbeat(beaten.set, seconds=0.01):
        assert beaten.wait(10)
    beaten.clear()

    assert not beaten.wait(0.05)
