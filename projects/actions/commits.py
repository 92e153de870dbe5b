"""What workers say, made true: each answer changes the database once, and only while its lease holds."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation.contract.messages import (
    ChunkDecoded,
    DecodeFailed,
    Message,
    StageAdvanced,
    StageDropped,
    StageFailed,
    TakeEvent,
    TakeHeartbeat,
    TakeProgress,
    WorkerAlive,
)
from generation.errors import StorageError
from projects import events
from projects.actions.clock import database_now
from projects.actions.disk_space import has_room_to_go_on
from projects.actions.queue_view import eta_range
from projects.actions.schedule import LEASE, cost_of_stage
from projects.actions.take_changes import change, locked_take, tell_take
from projects.actions.take_endings import end_cancelled, end_failed, is_all_seen
from projects.models import Chunk, Take, Worker
from projects.models.take import TakePhase, TakeStatus

logger = logging.getLogger(__name__)

# A stage or chunk that failed for a reason that may pass is tried again this often.
MOST_RETRIES = 2
# How much the newest stage weighs in a worker's average.
_NEWEST_SHARE = 0.2


def commit(message: Message) -> bool:
    """Take in what a worker said.

    Returns:
        Whether there is something for the dispatcher to do now.
    """
    handler = _HANDLERS.get(type(message))
    if handler is None:
        logger.warning("nobody takes in a %s", type(message).__name__)
        return False
    return bool(handler(message))


def _current(message: TakeEvent, stage: int) -> Take | None:
    """The take that a message is about, locked, if the message's lease is the current one and its stage not done."""
    take = locked_take(message.take_id)
    if take is None or take.status != TakeStatus.RUNNING or take.token != message.token or take.stage != stage:
        logger.info("take %s: an answer to token %d comes too late", message.take_id, message.token)
        return None
    return take


@transaction.atomic
def _stage_advanced(message: StageAdvanced) -> bool:
    take = _current(message, message.stage)
    if take is None:
        return False
    values: dict[str, Any] = {
        "stage": take.stage + 1,
        "num_stages": message.num_stages,
        "state_key": message.state_key,
        "texts_key": message.texts_key,
        "context_key": message.context_key,
        "lease_until": None,
        # A take that moves is no poison, however often its workers died before.
        "deaths": 0,
        "phase": TakePhase.DECODING if take.stage + 1 >= message.num_stages else TakePhase.DENOISING,
    }
    if message.chunk_index >= 0:
        _keep_chunk(take, message)
    changed = take.phase != values["phase"]
    change(take, **values)
    if changed:
        tell_take(take, warnings=list(message.warnings))
    _note_speed(message, cost_of_stage(take))
    return True


def _keep_chunk(take: Take, message: StageAdvanced) -> None:
    index = take.shared_seconds + message.chunk_index
    before = Chunk.objects.filter(take=take, index=index - 1).values_list("latents_key", flat=True).first()
    Chunk.objects.get_or_create(
        take=take,
        index=index,
        defaults={
            "latents_key": message.latents_key,
            "latents_sha256": message.latents_sha256,
            "context_key": before or message.context_key,
        },
    )


def _note_speed(message: StageAdvanced, cost: float) -> None:
    """Keep how long a usual stage takes: one of a careful take counts by its cost."""
    seconds = message.seconds / cost
    worker = Worker.objects.filter(pk=message.worker).first()
    if worker is not None:
        known = worker.stage_seconds or seconds
        Worker.objects.filter(pk=worker.pk).update(
            stage_seconds=known + _NEWEST_SHARE * (seconds - known), holds=message.take_id
        )


@transaction.atomic
def _stage_dropped(message: StageDropped) -> bool:
    take = _current(message, message.stage)
    if take is None:
        return False
    change(take, lease_until=None)
    if take.cancel_requested_at is not None:
        end_cancelled(take)
    return True


@transaction.atomic
def _stage_failed(message: StageFailed) -> bool:
    take = _current(message, message.stage)
    if take is None:
        return False
    if take.cancel_requested_at is not None:
        end_cancelled(take)
    elif message.code == "out_of_memory" and take.spec.get("window_size") != 1 and not take.stage:
        # Fewer chunks in flight need less memory; nothing is lost, since nothing was made.
        change(take, lease_until=None, spec={**take.spec, "window_size": 1})
    elif _is_full(message.code):
        # It waits for space, however long that takes.
        change(take, lease_until=None)
    elif message.retry and take.retries < MOST_RETRIES:
        change(take, lease_until=None, retries=take.retries + 1)
    else:
        end_failed(take, message.code, detail=message.message)
    return True


def _is_full(code: str) -> bool:
    return code == StorageError.code and not has_room_to_go_on()


@transaction.atomic
def _chunk_decoded(message: ChunkDecoded) -> bool:
    take = locked_take(message.take_id)
    if take is None or take.status != TakeStatus.RUNNING:
        return False
    kept = Chunk.objects.filter(take=take, index=message.index, decode_token=message.token, fragment_key="").update(
        init_key=message.init_key,
        fragment_key=message.fragment_key,
        fragment_sha256=message.fragment_sha256,
        fragment_bytes=message.fragment_bytes,
        poster_key=message.poster_key,
        mime_type=message.mime_type,
        width=message.width,
        height=message.height,
        decode_lease_until=None,
        decoded_at=timezone.now(),
    )
    if not kept:
        logger.info("take %s, second %d is there already", message.take_id, message.index + 1)
        return False
    announce_seconds(take)
    if is_all_seen(take):
        change(take, phase=TakePhase.MUXING)
        tell_take(take)
    return True


def announce_seconds(take: Take) -> None:
    """Tell of decoded seconds in order: one that is early waits for those before it."""
    for number, chunk in enumerate(Chunk.objects.filter(take=take).order_by("index")):
        if chunk.index != number or not chunk.fragment_key:
            break
        if chunk.announced:
            continue
        Chunk.objects.filter(pk=chunk.pk).update(announced=True)
        change(take)
        second = number + 1
        base = f"/api/v1/takes/{take.pk}"
        tell_take(
            take,
            "take.chunk",
            k=second,
            n=take.duration_s,
            uri=f"{base}/live/{second}.m4s",
            init_uri=f"{base}/live/init.mp4",
            poster_uri=f"{base}/poster?w=320&v={second}",
            bytes=chunk.fragment_bytes,
            ready_ms=second * 1000,
            mime_type=chunk.mime_type,
        )


@transaction.atomic
def _decode_failed(message: DecodeFailed) -> bool:
    take = locked_take(message.take_id)
    chunk = Chunk.objects.filter(
        take_id=message.take_id, index=message.index, decode_token=message.token, fragment_key=""
    ).first()
    if take is None or chunk is None or take.status != TakeStatus.RUNNING:
        return False
    if _is_full(message.code):
        Chunk.objects.filter(pk=chunk.pk).update(decode_lease_until=None)
    elif message.retry and chunk.decode_deaths < MOST_RETRIES:
        Chunk.objects.filter(pk=chunk.pk).update(decode_lease_until=None, decode_deaths=F("decode_deaths") + 1)
    else:
        end_failed(take, message.code, detail=message.message)
    return True


def _heartbeat(message: TakeHeartbeat) -> bool:
    until = database_now() + LEASE
    if message.stage < 0:
        Chunk.objects.filter(
            take_id=message.take_id, decode_token=message.token, fragment_key="", decode_lease_until__isnull=False
        ).update(decode_lease_until=until)
    else:
        Take.objects.filter(
            pk=message.take_id, token=message.token, status=TakeStatus.RUNNING, lease_until__isnull=False
        ).update(lease_until=until)
    return False


def _progress(message: TakeProgress) -> bool:
    take = Take.objects.filter(pk=message.take_id, token=message.token, status=TakeStatus.RUNNING).first()
    if take is not None:
        cells = [1.0] * take.shared_seconds + list(message.cells)
        events.tell(
            take.project_id,
            "take.progress",
            entity_id=take.pk,
            data={
                "cells": cells,
                "phase": message.phase,
                "stage": message.stage,
                "eta_range_s": eta_range(take.pk),
            },
        )
    return False


@transaction.atomic
def _worker_alive(message: WorkerAlive) -> bool:
    Worker.objects.update_or_create(
        name=message.worker,
        defaults={
            "kind": message.role,
            "queue": message.queue,
            "preset": message.preset,
            "device": message.device,
            "holds": message.holds,
            "rss_bytes": message.rss_bytes,
            "last_error": message.last_error,
            "stopping": message.stopping,
            "heard_at": database_now(),
        },
    )
    return not message.stopping or _give_back(message.worker)


def _give_back(worker: str) -> bool:
    """A worker says goodbye: what it was leased meanwhile it will not run, and nobody died."""
    held = list(
        Take.objects.select_for_update().filter(worker=worker, lease_until__isnull=False, status=TakeStatus.RUNNING)
    )
    for take in held:
        change(take, lease_until=None)
        if take.cancel_requested_at is not None:
            end_cancelled(take)
    return bool(held)


_HANDLERS: dict[type[Message], Callable[[Any], bool]] = {
    StageAdvanced: _stage_advanced,
    StageDropped: _stage_dropped,
    StageFailed: _stage_failed,
    ChunkDecoded: _chunk_decoded,
    DecodeFailed: _decode_failed,
    TakeHeartbeat: _heartbeat,
    TakeProgress: _progress,
    WorkerAlive: _worker_alive,
}
