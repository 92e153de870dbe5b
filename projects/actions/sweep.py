"""Cleaning up after what died: leases that ran out, poison, forgotten cancels, old keys, events and uploads."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from generation.contract.messages import cancel_key
from generation.errors import StorageError
from projects.actions.clock import database_now
from projects.actions.export_life import forget_project_files
from projects.actions.take_changes import FINAL, change, locked_take, tell_take
from projects.actions.take_endings import end_cancelled, end_failed
from projects.artifact_store import artifacts
from projects.generation_client import forget_queue
from projects.models import Chunk, Event, IdempotencyKey, Project, Take, Worker
from projects.models.take import TakePhase, TakeStatus

logger = logging.getLogger(__name__)

# A take on which this many workers died in a row, or a chunk, is not given to another.
MOST_DEATHS = 3
KEYS_KEPT = timedelta(hours=24)
EVENTS_KEPT = timedelta(days=3)
BIN_KEPT = timedelta(days=30)
WORKERS_KEPT = timedelta(days=1)


def sweep() -> int:
    """Take back leases that ran out, and end what was cancelled or is poison.

    Returns:
        How many takes were touched.
    """
    now = database_now()
    lost = Take.objects.filter(status=TakeStatus.RUNNING, lease_until__lt=now).values_list("pk", flat=True)
    poisoned = (
        Chunk.objects.filter(take__status=TakeStatus.RUNNING, fragment_key="", decode_deaths__gte=MOST_DEATHS)
        .values_list("take_id", flat=True)
        .distinct()
    )
    wished = (
        Take.objects.filter(cancel_requested_at__isnull=False, lease_until=None)
        .exclude(status__in=FINAL)
        .exclude(phase=TakePhase.MUXING)
        .values_list("pk", flat=True)
    )
    return (
        sum(_take_back(take_id, now) for take_id in list(lost))
        + sum(_end(take_id) for take_id in list(poisoned))
        + sum(_end_wished(take_id) for take_id in list(wished))
    )


@transaction.atomic
def _take_back(take_id: object, now: datetime) -> bool:
    take = locked_take(str(take_id))
    if take is None or take.status != TakeStatus.RUNNING or take.lease_until is None or take.lease_until >= now:
        return False
    logger.warning("take %s: %s did not answer in time", take.pk, take.worker)
    change(take, lease_until=None, deaths=take.deaths + 1, recovered=True)
    if take.cancel_requested_at is not None:
        end_cancelled(take)
    elif take.deaths >= MOST_DEATHS:
        end_failed(take, "quarantined", detail=f"{take.deaths} workers died on stage {take.stage}, last {take.worker}")
    else:
        tell_take(take)
    return True


@transaction.atomic
def _end(take_id: object) -> bool:
    take = locked_take(str(take_id))
    if take is None or take.status != TakeStatus.RUNNING:
        return False
    end_failed(take, "quarantined", detail="a second of it could not be decoded")
    return True


@transaction.atomic
def _end_wished(take_id: object) -> bool:
    take = locked_take(str(take_id))
    if take is None or take.status in FINAL or take.lease_until is not None:
        return False
    end_cancelled(take)
    return True


def raise_cancel_flags() -> None:
    """Put the flag that workers look for beside every running take that is to stop; lost flags are put again."""
    store = artifacts()
    leased = Take.objects.filter(cancel_requested_at__isnull=False, lease_until__isnull=False).exclude(status__in=FINAL)
    for take_id in leased.values_list("pk", flat=True):
        try:
            if not store.exists(cancel_key(str(take_id))):
                store.put(cancel_key(str(take_id)), b"")
        except StorageError as error:
            logger.warning("take %s cannot be told to stop: %s", take_id, error)


def shift_leases(seconds: float) -> None:
    """Move every lease by as much as the machine's clock jumped, so that none runs out or lasts for ever."""
    jump = timedelta(seconds=seconds)
    logger.warning("the clock jumped by %.0f s; leases move along", seconds)
    Take.objects.filter(lease_until__isnull=False).update(lease_until=F("lease_until") + jump)
    Chunk.objects.filter(decode_lease_until__isnull=False).update(decode_lease_until=F("decode_lease_until") + jump)
    Worker.objects.update(heard_at=F("heard_at") + jump)
    IdempotencyKey.objects.filter(response__isnull=True).update(claimed_until=F("claimed_until") + jump)


def forget_old() -> None:
    """Delete what nobody needs: answered keys, sent events, workers that are gone, what lay long in the bin."""
    now = database_now()
    IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    Event.objects.filter(created_at__lt=now - EVENTS_KEPT, published_at__isnull=False).delete()
    for worker in Worker.objects.filter(heard_at__lt=now - WORKERS_KEPT):
        forget_queue(worker.name)
        worker.delete()
    Project.objects.filter(deleted_at__lt=now - BIN_KEPT).delete()
    forget_project_files()
