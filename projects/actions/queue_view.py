"""The line as the scheduler sees it, for whoever asks where they stand."""

import time
from functools import lru_cache
from uuid import UUID

from generation.contract.messages import GENERATION_QUEUE
from projects.actions.clock import database_now
from projects.actions.schedule import WORKER_SILENCE, as_waiting, people_of, waiting_takes
from projects.models import Take, Worker
from projects.models.take import TakeStatus
from projects.rules.scheduling import places
from projects.shapes.queue_places import anything_in_line, in_seconds
from projects.shapes.takes import QueuePlace

# Progress comes four times a second for each take; the line is looked at less often.
_LOOKED_AT_SECONDS = 2.0


def eta_range(take_id: UUID) -> list[float] | None:
    """Between how many seconds from now a take ends, as seen in the last two seconds; None if that is not known."""
    place = _lately(int(time.monotonic() / _LOOKED_AT_SECONDS)).get(take_id)
    found: list[float] | None = place.to_json()["eta_range_s"] if place else None
    return found


@lru_cache(maxsize=1)
def _lately(_tick: int) -> dict[UUID, QueuePlace]:
    return queue_places()


def queue_places() -> dict[UUID, QueuePlace]:
    """Everybody's place, by take; computed by the rule that picks."""
    if not anything_in_line():
        return {}
    waiting = waiting_takes()
    leased = Take.objects.filter(status=TakeStatus.RUNNING, lease_until__isnull=False)
    running = [as_waiting(take) for take in leased]
    workers = Worker.objects.filter(
        kind=GENERATION_QUEUE, heard_at__gte=database_now() - WORKER_SILENCE, stopping=False
    ).count()
    return in_seconds(places(waiting, running, people_of([*waiting, *running]), num_workers=workers))
