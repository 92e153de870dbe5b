"""What a client may listen to, and what it is told when it begins: reads of the database, for the consumer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from projects.actions.queue_view import queue_places
from projects.actions.usage import usage_of
from projects.errors import ProjectError
from projects.events import as_message, group_of, queue_group
from projects.models import Event, Project, Take, User
from projects.models.project import Role
from projects.models.take import TakeStatus
from projects.permissions import project_for
from projects.shapes.takes import one_take_shape, takes_shape, with_chunks

# A client that missed more starts anew.
MOST_REPLAYED = 1000
_MOVING = (TakeStatus.QUEUED, TakeStatus.RUNNING)
QUEUE = "queue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What a subscription begins with."""

    group: str
    # A snapshot or a reset, then missed events in order.
    messages: list[dict[str, Any]]
    # Events up to this number are in the messages.
    seq: int


def project_of(topic: str) -> UUID | None:
    """The project that a topic is about; None for another topic.

    Raises:
        ValueError: If it says project and no id.
    """
    name, _, key = topic.partition(":")
    return UUID(key) if name == "project" else None


def may_listen(user: User, topic: str) -> bool:
    """Whether a person may hear of a topic, now."""
    try:
        project_id = project_of(topic)
        if project_id is None:
            return topic == QUEUE
        project_for(user, project_id, Role.VIEWER)
    except (ProjectError, ValueError):
        return False
    return True


def still_allowed(user_id: UUID, topics: tuple[str, ...]) -> set[str] | None:
    """Those topics that a person may hear of now; None if the account is gone or closed."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return None if user is None else {topic for topic in topics if may_listen(user, topic)}


def open_topic(user: User, topic: str, *, since: int | None) -> Opening:
    """A snapshot of a topic, and what a client missed since a number.

    Raises:
        ProjectError: If the person may not hear of it.
    """
    project_id = project_of(topic)
    places = queue_places()
    if project_id is None:
        mine = with_chunks().filter(requested_by=user, status__in=_MOVING).order_by("created_at")
        takes = takes_shape(mine, places)
        snapshot = {"op": "snapshot", "topic": topic, "seq": 0, "takes": takes, "queue": _counts(takes)}
        return Opening(group=queue_group(), messages=[snapshot], seq=0)
    project_for(user, project_id, Role.VIEWER)
    seq = Project.objects.values_list("event_seq", flat=True).get(pk=project_id)
    moving = takes_shape(with_chunks().filter(project_id=project_id, status__in=_MOVING), places)
    messages: list[dict[str, Any]] = []
    if since is not None and since < seq:
        messages = [filled(message, user) for message in events_between(topic, since, seq)]
    snapshot = {"op": "snapshot", "topic": topic, "seq": seq, "takes": moving, "queue": _counts(moving)}
    return Opening(group=group_of(project_id), messages=[*messages, snapshot], seq=seq)


def events_between(topic: str, after: int, until: int) -> list[dict[str, Any]]:
    """A project's events with numbers ``(after, until]`` in order; one reset where not all are there any more."""
    project_id = project_of(topic)
    numbered = Event.objects.filter(project_id=project_id) if project_id else Event.objects.none()
    missed = list(numbered.filter(seq__gt=after, seq__lte=until).order_by("seq"))
    if len(missed) == until - after <= MOST_REPLAYED:
        return [as_message(event) for event in missed]
    return [{"op": "reset", "topic": topic, "reason": "gap"}]


def filled(message: dict[str, Any], user: User | None = None) -> dict[str, Any]:
    """An event with what it tells of, as that is now: the take, or the listener's own usage and line."""
    kind = str(message.get("type", ""))
    if kind in ("take.queued", "take.updated", "take.finished", "take.chunk"):
        take = one_take_shape(str(message["id"]))
        if take is not None:
            return {**message, "v": take["version"], "data": {**message["data"], "take": take}}
    if kind == "quota.changed" and user is not None and str(user.pk) == message.get("id"):
        return {**message, "data": {**message["data"], "usage": usage_of(user)}}
    if kind == "queue.changed" and user is not None:
        mine = Take.objects.filter(requested_by=user, status__in=_MOVING).values_list("status", flat=True)
        return {**message, "data": _counts([{"status": status} for status in mine])}
    return message


def _counts(takes: list[dict[str, Any]]) -> dict[str, int]:
    running = sum(1 for take in takes if take["status"] == TakeStatus.RUNNING)
    return {"running": running, "waiting": len(takes) - running}
