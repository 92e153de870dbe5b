"""The line as the scheduler sees it, for whoever asks where they stand."""

from uuid import UUID

from generation.contract.messages import GENERATION_QUEUE
from projects.actions.clock import database_now
from projects.actions.schedule import WORKER_SILENCE, as_waiting, people_of, waiting_takes
from projects.models import Take, Worker
from projects.models.take import TakeStatus
from projects.rules.scheduling import places
from projects.shapes.queue_places import anything_in_line, in_seconds
from projects.shapes.takes import QueuePlace


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
