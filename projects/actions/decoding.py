"""Handing clean seconds to the decode workers, oldest first, no more than they get to before a lease runs out."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from generation.contract.messages import DECODE_QUEUE, DecodeRequest
from projects.actions.clock import database_now
from projects.actions.disk_space import has_room_to_go_on
from projects.actions.schedule import LEASE, WORKER_SILENCE, or_put_aside, spec_from_json
from projects.generation_client import broker_answers, submit_decode
from projects.models import Chunk, Worker
from projects.models.take import TakeStatus

# Seconds in line per decode worker: one more than it works on, so that it never waits for us. A longer line would only
# let leases run out before anybody comes to them.
PER_WORKER = 2


def schedule_decoding() -> int:
    """Hand seconds that nobody decodes to the decode workers.

    Returns:
        How many were handed out; none while no decode worker lives, since nobody would answer in time.
    """
    now = database_now()
    workers = Worker.objects.filter(
        kind=DECODE_QUEUE, heard_at__gte=now - WORKER_SILENCE, stopping=False, last_error=""
    ).count()
    at_it = Chunk.objects.filter(fragment_key="", decode_lease_until__gte=now).count()
    idle = Q(decode_lease_until=None) | Q(decode_lease_until__lt=now)
    chunks = (
        Chunk.objects.filter(idle, fragment_key="", take__status=TakeStatus.RUNNING)
        .order_by("created_at", "index")
        .values_list("pk", "take_id")[: max(0, PER_WORKER * workers - at_it)]
    )
    found = list(chunks)
    if not found or not has_room_to_go_on() or not broker_answers():
        return 0
    return sum(_hand_out(chunk_id, take_id) for chunk_id, take_id in found)


def _hand_out(chunk_id: int, take_id: UUID) -> bool:
    request = or_put_aside(take_id, partial(_lease_chunk, chunk_id))
    if request is None:
        return False
    if not submit_decode(request):
        # Nobody has it, so nobody dies of it.
        Chunk.objects.filter(pk=chunk_id, decode_token=request.token, fragment_key="").update(decode_lease_until=None)
        return False
    return True


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
