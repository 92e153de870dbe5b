"""Handing out leases: which take runs its next stage on which worker, and which chunks are decoded."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from generation.contract.messages import (
    GENERATION_QUEUE,
    HEARTBEAT_SECONDS,
    LEASE_SECONDS,
    AdvanceRequest,
    DecodeRequest,
    Message,
    TakeSpec,
)
from generation.presets import find_preset
from projects.actions import quota
from projects.actions.clock import database_now
from projects.actions.take_changes import change, finish, locked_take, tell_take
from projects.actions.take_specs import OriginGone, spec_of, spec_to_json
from projects.generation_client import submit_advance, submit_decode
from projects.models import Chunk, Take, User, Worker
from projects.models.take import TakePhase, TakeStatus
from projects.rules.scheduling import Person, Pick, Slot, Waiting, level, pick

logger = logging.getLogger(__name__)

# A worker that was not heard of for this long does not exist.
WORKER_SILENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS)
LEASE = timedelta(seconds=LEASE_SECONDS)
# Chunks in the decode queue at once: enough to keep workers busy, few enough to be redone cheaply.
MOST_DECODING = 8
# Takes looked at in one round; more wait for the next.
_MOST_CANDIDATES = 500


def schedule() -> int:
    """Give every free worker a stage to run.

    Returns:
        How many leases were handed out.
    """
    specify_waiting()
    slots = free_slots()
    if not slots:
        return 0
    waiting = waiting_takes()
    people = people_of(waiting)
    given = 0
    for chosen in pick(waiting, people, slots):
        request = _lease(chosen, level(people))
        if request is not None:
            given += 1
            # Lost with the broker, the lease runs out and the stage is handed out again.
            submit_advance(request, worker=chosen.worker)
    return given


def specify_waiting() -> None:
    """Write down what is to be made for takes whose origin is there now; end those whose origin is gone."""
    for take_id in Take.objects.filter(status=TakeStatus.QUEUED, spec={}).values_list("pk", flat=True)[
        :_MOST_CANDIDATES
    ]:
        with transaction.atomic():
            take = locked_take(take_id)
            if take is None or take.status != TakeStatus.QUEUED or take.spec:
                continue
            try:
                spec = spec_of(take)
            except OriginGone:
                quota.release(take, delivered=0)
                finish(take, TakeStatus.FAILED, error_code="parent_gone")
                continue
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
    return [as_waiting(take) for take in Take.objects.filter(is_runnable()).order_by("created_at")[:_MOST_CANDIDATES]]


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
    )


def people_of(waiting: Sequence[Waiting]) -> list[Person]:
    """Everybody with takes in line."""
    names = {UUID(take.person) for take in waiting}
    running: dict[UUID, int] = {}
    for owner in Take.objects.filter(lease_until__isnull=False).values_list("requested_by_id", flat=True):
        running[owner] = running.get(owner, 0) + 1
    return [
        Person(
            name=str(user.pk),
            weight=max(1, user.queue_weight),
            virtual_time=user.virtual_time,
            running=running.get(user.pk, 0),
            most_running=settings.RUNNING_TAKES_PER_PERSON,
        )
        for user in User.objects.filter(pk__in=names).only("id", "queue_weight", "virtual_time")
    ]


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
    User.objects.filter(pk=take.requested_by_id).update(virtual_time=person.virtual_time + 1 / person.weight)
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


def schedule_decoding() -> int:
    """Hand chunks that nobody decodes to the decode workers, oldest first.

    Returns:
        How many were handed out.
    """
    now = database_now()
    at_it = Chunk.objects.filter(fragment_key="", decode_lease_until__gte=now).count()
    idle = Q(decode_lease_until=None) | Q(decode_lease_until__lt=now)
    chunks = (
        Chunk.objects.filter(idle, fragment_key="", take__status=TakeStatus.RUNNING)
        .order_by("created_at", "index")
        .values_list("pk", flat=True)[: max(0, MOST_DECODING - at_it)]
    )
    requests = [request for request in map(_lease_chunk, list(chunks)) if request is not None]
    for request in requests:
        submit_decode(request)
    return len(requests)


@transaction.atomic
def _lease_chunk(chunk_id: int) -> DecodeRequest | None:
    now = database_now()
    chunk = Chunk.objects.select_for_update(of=("self",)).select_related("take").filter(pk=chunk_id).first()
    if chunk is None or chunk.fragment_key or (chunk.decode_lease_until and chunk.decode_lease_until >= now):
        return None
    if chunk.decode_lease_until is not None:
        # Whoever had it did not answer in time.
        chunk.decode_deaths += 1
    Chunk.objects.filter(pk=chunk.pk).update(
        decode_token=F("decode_token") + 1, decode_lease_until=now + LEASE, decode_deaths=chunk.decode_deaths
    )
    return DecodeRequest(
        take_id=str(chunk.take_id),
        token=chunk.decode_token + 1,
        index=chunk.index,
        latents_key=chunk.latents_key,
        context_key=chunk.context_key,
        spec=spec_from_json(chunk.take.spec),
    )
