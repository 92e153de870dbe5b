"""Telling whoever watches: events are numbered in the transaction of the change, and sent once it is committed.

An event row is the outbox too: a process that dies between commit and sending leaves it unsent, and the dispatcher
sends it. Progress is not an event; it is sent and forgotten.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction
from django.db.models import F, UUIDField
from django.utils import timezone
from redis.exceptions import RedisError

from projects.models import Event, Project
from projects.models.prepared import Prepared

logger = logging.getLogger(__name__)

# What goes over the channel layer, to the consumers of a project.
MESSAGE_TYPE = "project.event"


_NUMBER = Prepared(lambda pk: Project.objects.filter(pk=pk).values_list("event_seq", flat=True), pk=UUIDField())

# After these, places in line are others.
_LINE_CHANGES = ("take.queued", "take.updated", "take.finished")


def group_of(project_id: UUID | str) -> str:
    """The channel group of a project's watchers."""
    return f"project.{project_id}"


def queue_group() -> str:
    """The channel group of everybody who watches the queue."""
    return "queue"


def record(
    project_id: UUID, event_type: str, *, entity_id: UUID | str, entity_version: int = 0, data: Mapping[str, Any]
) -> Event:
    """Number and keep an event; it is sent when the transaction commits. Must run inside one.

    Args:
        project_id: Whose watchers hear it.
        event_type: Such as ``take.chunk``.
        entity_id: What changed.
        entity_version: Its version after the change; clients drop what is older than they know.
        data: Plain JSON values.
    """
    # The row lock of the project gives its events one order, and keeps it until the commit.
    Project.objects.filter(pk=project_id).update(event_seq=F("event_seq") + 1)
    (seq,) = _NUMBER(pk=project_id)
    event = Event.objects.create(
        project_id=project_id,
        seq=seq,
        type=event_type,
        entity_id=str(entity_id),
        entity_version=entity_version,
        data=dict(data),
    )
    transaction.on_commit(lambda: publish([event]))
    return event


def as_message(event: Event) -> dict[str, Any]:
    """An event as clients get it."""
    return {
        "op": "event",
        "topic": f"project:{event.project_id}",
        "seq": event.seq,
        "at": event.created_at.isoformat(),
        "type": event.type,
        "id": event.entity_id,
        "v": event.entity_version,
        "data": event.data,
    }


def publish(events: list[Event]) -> bool:
    """Send events and note that they are sent; False if nobody could be reached, and they stay in the outbox."""
    try:
        for event in events:
            _send(group_of(event.project_id), as_message(event))
        if any(event.type in _LINE_CHANGES for event in events):
            _send(queue_group(), _passing("queue", "queue.changed", "queue", {}))
    except (RedisError, OSError) as error:
        logger.warning("events wait in the outbox: %s", error)
        return False
    with _unhurried():
        Event.objects.filter(pk__in=[event.pk for event in events]).update(published_at=timezone.now())
    return True


@contextmanager
def _unhurried() -> Iterator[None]:
    """What is committed within is not waited for until it is on the disk: after a power cut an event is sent again."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous=FULL")


def tell(project_id: UUID | str, event_type: str, *, entity_id: UUID | str, data: Mapping[str, Any]) -> None:
    """Send something that is not kept: progress. Lost when nobody can be reached."""
    try:
        _send(group_of(project_id), _passing(f"project:{project_id}", event_type, str(entity_id), data))
    except (RedisError, OSError) as error:
        logger.info("progress was not told: %s", error)


def _passing(topic: str, event_type: str, entity_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Something without a number: nobody can ask for it again."""
    return {
        "op": "event",
        "topic": topic,
        "seq": 0,
        "at": timezone.now().isoformat(),
        "type": event_type,
        "id": entity_id,
        "v": 0,
        "data": dict(data),
    }


def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    # A layer that can be spoken to from a thread spares us an event loop; one in memory cannot.
    send = getattr(layer, "group_send_now", None) or async_to_sync(layer.group_send)
    send(group, {"type": MESSAGE_TYPE, "message": message})
