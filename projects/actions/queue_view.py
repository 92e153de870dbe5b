"""The line as the scheduler sees it, for whoever asks where they stand."""

import time
from functools import lru_cache, partial
from uuid import UUID

from django.db.models import F, Q

from generation.contract.messages import GENERATION_QUEUE
from projects.actions.clock import database_now
from projects.actions.schedule import (
    MOST_CANDIDATES,
    QUEUE_FIELDS,
    WORKER_SILENCE,
    as_waiting,
    is_runnable,
    or_put_aside,
    person_of,
)
from projects.models import Take, User, Worker
from projects.models.prepared import Prepared
from projects.models.take import TakeStatus
from projects.rules.scheduling import Person, Place, Waiting, places
from projects.shapes.queue_places import in_seconds, stage_seconds
from projects.shapes.takes import QueuePlace

# Progress comes four times a second for each take; the line is looked at less often.
_LOOKED_AT_SECONDS = 2.0
_LINE = Prepared(
    lambda: (
        Take.objects.filter(Q(status=TakeStatus.RUNNING, lease_until__isnull=False) | is_runnable())
        .select_related("requested_by")
        .only(*QUEUE_FIELDS, "lease_until", "requested_by__queue_weight", "requested_by__virtual_time")
        .order_by(F("lease_until").asc(nulls_last=True), "created_at")[:MOST_CANDIDATES]
    )
)
_WORKERS = Prepared(
    lambda: Worker.objects.filter(kind=GENERATION_QUEUE).values_list("heard_at", "stopping", "stage_seconds")
)


def eta_range(take_id: UUID) -> list[float] | None:
    """Between how many seconds from now a take ends, as seen in the last two seconds; None if that is not known."""
    place = _lately(int(time.monotonic() / _LOOKED_AT_SECONDS)).get(take_id)
    found: list[float] | None = place.to_json()["eta_range_s"] if place else None
    return found


@lru_cache(maxsize=1)
def _lately(_tick: int) -> dict[UUID, QueuePlace]:
    return queue_places()


def queue_places() -> dict[UUID, QueuePlace]:
    """Everybody's place, by take; computed by the rule that picks, in two queries."""
    line = _LINE()
    if not line:
        return {}
    waiting: list[Waiting] = []
    running: list[Waiting] = []
    owners: dict[UUID, User] = {}
    busy: dict[UUID, int] = {}
    for take in line:
        seen = or_put_aside(take.pk, partial(as_waiting, take))
        if seen is None:
            continue
        owners[take.requested_by_id] = take.requested_by
        if take.lease_until is None:
            waiting.append(seen)
        else:
            running.append(seen)
            busy[take.requested_by_id] = busy.get(take.requested_by_id, 0) + 1
    people = tuple(person_of(user, running=busy.get(pk, 0)) for pk, user in owners.items())
    heard_since = database_now() - WORKER_SILENCE
    known = _WORKERS()
    alive = sum(1 for heard_at, stopping, _ in known if heard_at >= heard_since and not stopping)
    return in_seconds(
        _run_ahead(tuple(waiting), tuple(running), people, alive),
        each=stage_seconds(seconds for _, _, seconds in known),
    )


@lru_cache(maxsize=8)
def _run_ahead(
    waiting: tuple[Waiting, ...], running: tuple[Waiting, ...], people: tuple[Person, ...], workers: int
) -> tuple[Place, ...]:
    """Everybody's place; many look at the same line."""
    return tuple(places(waiting, running, people, num_workers=workers))
