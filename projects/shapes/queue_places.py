"""Everybody's place in line, in seconds: the scheduler's own rule, run ahead, times how long a stage takes."""

from collections.abc import Iterable
from statistics import fmean
from uuid import UUID

from projects.rules.scheduling import Place
from projects.shapes.takes import QueuePlace

# Before anything was measured.
_FIRST_GUESS_SECONDS = 4.0


def stage_seconds(known: Iterable[float]) -> float:
    """How long a stage takes here, on average over the workers; 0 is one that has not run any."""
    measured = [seconds for seconds in known if seconds > 0]
    return fmean(measured) if measured else _FIRST_GUESS_SECONDS


def in_seconds(places: Iterable[Place], *, each: float) -> dict[UUID, QueuePlace]:
    """Places as clients see them, by take, where a stage takes so many seconds."""
    return {
        UUID(place.take_id): QueuePlace(
            position=place.position, starts_in_s=place.starts_after * each, eta_s=place.ends_after * each
        )
        for place in places
        if place.ends_after != float("inf")
    }
