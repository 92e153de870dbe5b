"""Handing out leases: which take runs its next stage on which worker."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from generation.contract.messages import (
    GENERATION_QUEUE,
    HEARTBEAT_SECONDS,
    LEASE_SECONDS,
    AdvanceRequest,
    Message,
    TakeSpec,
)
from generation.presets import find_preset, stage_cost
from projects.actions import quota
from projects.actions.clock import database_now
from projects.actions.disk_space import has_room_to_go_on
from projects.actions.take_changes import change, finish, locked_take, tell_take
from projects.actions.take_endings import put_aside
from projects.actions.take_specs import OriginGone, spec_of, spec_to_json
from projects.generation_client import broker_answers, submit_advance
from projects.models import Take, User, Worker
from projects.models.take import TakePhase, TakeStatus
from projects.rules.scheduling import Person, Pick, Slot, Waiting, level, pick

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

# A worker that was not heard of for this long does not exist.
WORKER_SILENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS)
LEASE = timedelta(seconds=LEASE_SECONDS)
# Takes looked at in one round; more wait for the next.
MOST_CANDIDATES = 500
# What the rule of the queue asks of a take; the rest of a row is large.
QUEUE_FIELDS = (
    "created_at", "duration_s", "num_stages", "quantum_used", "queue_order", "requested_by_id", "shared_seconds",
    "spec", "stage", "status",
)  # fmt: skip


def schedule() -> int:
    """Give every free worker a stage to run.

    Returns:
        How many leases were handed out.
    """
    specify_waiting()
    slots = free_slots()
    waiting = waiting_takes() if slots else []
    # A lease that nobody hears of would run out, and look like a worker's death; what cannot be stored is made in vain.
    if not waiting or not has_room_to_go_on() or not broker_answers():
        return 0
    people = people_of(waiting)
    return sum(_hand_out(chosen, level(people)) for chosen in pick(waiting, people, slots))


def _hand_out(chosen: Pick, people: dict[str, Person]) -> bool:
    request = or_put_aside(chosen.take_id, lambda: _lease(chosen, people))
    if request is None:
        return False
    if not submit_advance(request, worker=chosen.worker):
        _undo_lease(request)
        return False
    return True


def or_put_aside(take_id: object, work: Callable[[], Result]) -> Result | None:
    """What comes of work on one take; whatever is wrong with that take ends it alone.

    Raises:
        DatabaseError: If the database is at fault and not the take.
    """
    try:
        return work()
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - the boundary between a take and all the others
        put_aside(take_id, error)
        return None


def specify_waiting() -> None:
    """Write down what is to be made for takes whose origin is there now; end those whose origin is gone."""
    unspecified = Take.objects.filter(status=TakeStatus.QUEUED, spec={}).values_list("pk", flat=True)
    for take_id in list(unspecified[:MOST_CANDIDATES]):
        or_put_aside(take_id, partial(_specify, take_id))


@transaction.atomic
def _specify(take_id: UUID) -> None:
    take = locked_take(take_id)
    if take is None or take.status != TakeStatus.QUEUED or take.spec:
        return
    try:
        spec = spec_of(take)
    except OriginGone:
        quota.release(take, delivered=0)
        finish(take, TakeStatus.FAILED, error_code="parent_gone")
        return
    if spec is not None:
        # Nobody sees it, so the version stays.
        Take.objects.filter(pk=take.pk).update(spec=spec_to_json(spec))


def free_slots() -> list[Slot]:
    """Workers that live and have nothing to do."""
    now = database_now()
    alive = Worker.objects.filter(
        kind=GENERATION_QUEUE, heard_at__gte=now - WORKER_SILENCE, stopping=False, last_error=""
    )
    busy = set(Take.objects.filter(lease_until__isnull=False).values_list("worker", flat=True))
    return [Slot(worker=worker.name, holds=worker.holds) for worker in alive if worker.name not in busy]


def is_runnable() -> Q:
    """Takes that could run a stage if a worker were free."""
    return (
        Q(status__in=(TakeStatus.QUEUED, TakeStatus.RUNNING), lease_until=None, paused=False, cancel_requested_at=None)
        & (Q(num_stages=0) | Q(stage__lt=F("num_stages")))
        & ~Q(spec={})
        & Q(requested_by__queue_paused=False)
    )


def waiting_takes() -> list[Waiting]:
    """Takes that could run, as the rule of the queue sees them."""
    runnable = Take.objects.filter(is_runnable()).only(*QUEUE_FIELDS).order_by("created_at")[:MOST_CANDIDATES]
    found = [or_put_aside(take.pk, partial(as_waiting, take)) for take in runnable]
    return [waiting for waiting in found if waiting is not None]


def as_waiting(take: Take) -> Waiting:
    """A take, as the rule of the queue sees it."""
    window = int(take.spec.get("window_size") or find_preset(settings.PRESET).sampling.window_size)
    expected = take.num_stages or take.duration_s - take.shared_seconds + window - 1
    return Waiting(
        take_id=str(take.pk),
        person=str(take.requested_by_id),
        begun=take.status == TakeStatus.RUNNING,
        order=take.queue_order if take.queue_order is not None else take.created_at.timestamp(),
        since=take.created_at.timestamp(),
        stages_left=max(1, expected - take.stage),
        quantum_used=take.quantum_used,
        stage_cost=cost_of_stage(take),
    )


def cost_of_stage(take: Take) -> float:
    """How long a stage of a take runs, as a multiple of a usual one of this studio's model."""
    steps, window = (int(take.spec.get(name) or 0) for name in ("num_steps", "window_size"))
    return stage_cost(find_preset(settings.PRESET), num_steps=steps, window_size=window)


def people_of(waiting: Sequence[Waiting]) -> list[Person]:
    """Everybody with takes in line."""
    names = {UUID(take.person) for take in waiting}
    running: dict[UUID, int] = {}
    for owner in Take.objects.filter(lease_until__isnull=False).values_list("requested_by_id", flat=True):
        running[owner] = running.get(owner, 0) + 1
    everyone = User.objects.filter(pk__in=names).only("id", "queue_weight", "virtual_time")
    return [person_of(user, running=running.get(user.pk, 0)) for user in everyone]


def person_of(user: User, *, running: int) -> Person:
    """Somebody in line, with so many takes that run this moment."""
    return Person(
        name=str(user.pk),
        weight=max(1, user.queue_weight),
        virtual_time=user.virtual_time,
        running=running,
        most_running=settings.RUNNING_TAKES_PER_PERSON,
    )


@transaction.atomic
def _lease(chosen: Pick, people: dict[str, Person]) -> AdvanceRequest | None:
    """Lease a take to a worker; None if it changed meanwhile."""
    # Whoever else hands out work waits here, and then sees that this worker has some.
    worker = Worker.objects.select_for_update().filter(name=chosen.worker).first()
    is_busy = Take.objects.filter(worker=chosen.worker, lease_until__isnull=False).exists()
    take = Take.objects.select_for_update().filter(is_runnable(), pk=chosen.take_id).first()
    if take is None or is_busy or worker is None or worker.stopping:
        return None
    person = people[str(take.requested_by_id)]
    # Counted on from what the row says: two stages of one round are two.
    served = Greatest(F("virtual_time"), Value(person.virtual_time)) + cost_of_stage(take) / person.weight
    User.objects.filter(pk=take.requested_by_id).update(virtual_time=served)
    now = database_now()
    again = take.worker == chosen.worker
    values = {
        "token": take.token + 1,
        "lease_until": now + LEASE,
        "worker": chosen.worker,
        "quantum_used": take.quantum_used + 1 if again else 1,
    }
    if take.status == TakeStatus.QUEUED:
        change(take, status=TakeStatus.RUNNING, phase=TakePhase.LOADING, started_at=take.started_at or now, **values)
        tell_take(take, "take.updated")
    else:
        Take.objects.filter(pk=take.pk).update(**values)
        take.refresh_from_db()
    return AdvanceRequest(
        take_id=str(take.pk),
        token=take.token,
        stage=take.stage,
        spec=spec_from_json(take.spec),
        state_key=take.state_key,
        texts_key=take.texts_key,
        context_key=take.context_key,
    )


@transaction.atomic
def _undo_lease(request: AdvanceRequest) -> None:
    """Take a lease back that could not be sent: nobody has it, so nobody died of it."""
    take = locked_take(request.take_id)
    if take is None or take.token != request.token or take.lease_until is None:
        return
    if take.stage:
        change(take, lease_until=None)
    else:
        change(take, lease_until=None, status=TakeStatus.QUEUED, phase=TakePhase.WAITING)
        tell_take(take)


def spec_from_json(plain: dict[str, object]) -> TakeSpec:
    """A take's specification as a value."""
    request = {
        "kind": "AdvanceRequest", "take_id": "", "token": 0, "stage": 0, "spec": plain, "state_key": "",
        "texts_key": "", "context_key": "",
    }  # fmt: skip
    message = Message.from_json(request)
    if not isinstance(message, AdvanceRequest):
        raise TypeError("a specification reads back as a request")
    return message.spec
