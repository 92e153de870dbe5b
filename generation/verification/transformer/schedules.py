"""The schedule tables: timesteps bit for bit, step intervals, and which chunks are in flight when."""

import re
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor

from generation.config import SamplingConfig
from generation.sampling.timesteps import (
    UNEVEN_STEPS,
    make_timesteps,
    piecewise,
    shifted_square,
    square,
    step_size_of,
)
from generation.sampling.window import plan_stages
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_facts
from generation.verification.record import CaseError
from generation.verification.tolerances import EXACT

Intervals = tuple[int, int, int]
Curve = Callable[[Tensor], Tensor]

# Sixteenths of a quarter per step, by the released code's name; any other name means the first.
INTERVALS: dict[str, Intervals] = {"8,16,16": (2, 1, 1), "16,16,8": (1, 1, 2)}
CURVES: dict[str, Curve] = {"sd3": shifted_square, "square": square, "piecewise": piecewise, "identity": torch.clone}
TIMESTEPS_NAME = re.compile(
    r"(?P<curve>[a-z][a-z0-9]*)(?:_shift(?P<shift>[\d.]+))?_(?P<steps>\d+)(?:_(?P<mode>[\w,]+))?"
)
SEQUENCE_NAME = re.compile(r"chunks(?P<chunks>\d+)_window(?P<window>\d+)_offset(?P<offset>\d+)")
INTERVAL_NAME = re.compile(r"interval_(?P<steps>\d+)_(?P<mode>[\w,]+)")


def check_schedules(case: GoldenCase) -> Iterator[Comparison]:
    """Make every table of the file again from what its name says."""
    record = case.record
    timesteps = record.record("t_schedule")
    for name in timesteps.names:
        yield compare(f"t {name}", _timesteps(name), torch.tensor(timesteps.numbers(name)), EXACT)
    for name, sequence in record.named_records("sequences").items():
        made = _sequence(name)
        for column in sequence.names:
            yield compare_facts(f"{name} {column}", made.get(column, []), sequence.integers(column))
    for name in record.names:
        if match := INTERVAL_NAME.fullmatch(name):
            made_intervals = released_intervals(int(match["steps"]), INTERVALS.get(match["mode"], INTERVALS["8,16,16"]))
            yield compare_facts(name, made_intervals, record.numbers(name))


def released_intervals(num_steps: int, intervals: Intervals) -> list[float]:
    """Sixteenths of a quarter that each step takes, in the released code's table.

    It fills the table for every number of steps that threes divide, but heeds it for 12 only (spec dit §6.2), for which
    it is read off our own step sizes here.

    Args:
        num_steps: Of a chunk.
        intervals: Of the three steps of a quarter.
    """
    if num_steps % len(intervals):
        return [1.0] * num_steps
    if num_steps != UNEVEN_STEPS:
        return [float(size) for size in intervals * (num_steps // len(intervals))]
    sampling = SamplingConfig(num_steps=num_steps, window_size=1, twelve_step_intervals=intervals)
    return [8 / step_size_of(sampling, step) for step in range(num_steps)]


def _timesteps(name: str) -> Tensor:
    match = TIMESTEPS_NAME.fullmatch(name)
    if match is None or match["curve"] not in CURVES:
        raise CaseError(f"a schedule must be called as CURVE_STEPS or CURVE_STEPS_MODE, got {name!r}")
    curve = CURVES[match["curve"]]
    if match["shift"]:
        curve = partial(shifted_square, shift=float(match["shift"]))
    intervals = INTERVALS.get(match["mode"] or "", INTERVALS["8,16,16"])
    return make_timesteps(int(match["steps"]), intervals, curve=curve)


def _sequence(name: str) -> dict[str, list[int]]:
    """Per stage, which chunks are in flight and which blocks of the schedule they pass through."""
    match = SEQUENCE_NAME.fullmatch(name)
    if match is None:
        raise CaseError(f"a sequence must be called chunksN_windowN_offsetN, got {name!r}")
    offset = int(match["offset"])
    stages = plan_stages(int(match["chunks"]) - offset, int(match["window"]), offset)
    return {
        "clip_start": [stage.first_chunk for stage in stages],
        "clip_end": [stage.stop_chunk for stage in stages],
        "t_start": [stage.blocks[-1] for stage in stages],
        "t_end": [stage.blocks[0] + 1 for stage in stages],
    }
