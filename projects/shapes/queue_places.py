"""Everybody's place in line, in seconds: the scheduler's own rule, run ahead, times how long a stage takes."""

from uuid import UUID

from django.db.models import Avg

from generation.contract.messages import GENERATION_QUEUE
from projects.models import Take, Worker
from projects.models.take import TakeStatus
from projects.rules.scheduling import Place
from projects.shapes.takes import QueuePlace

# Before anything was measured.
_FIRST_GUESS_SECONDS = 4.0


def stage_seconds() -> float:
    """How long a stage takes here, on average over the workers."""
    known = Worker.objects.filter(kind=GENERATION_QUEUE, stage_seconds__gt=0).aggregate(mean=Avg("stage_seconds"))
    return float(known["mean"] or _FIRST_GUESS_SECONDS)


def in_seconds(places: list[Place]) -> dict[UUID, QueuePlace]:
    """Places as clients see them, by take."""
    each = stage_seconds()
    return {
        UUID(place.take_id): QueuePlace(
            position=place.position, starts_in_s=place.starts_after * each, eta_s=place.ends_after * each
        )
        for place in places
        if place.ends_after != float("inf")
    }


def anything_in_line() -> bool:
    """Whether any take is not over."""
    return Take.objects.filter(status__in=(TakeStatus.QUEUED, TakeStatus.RUNNING)).exists()
