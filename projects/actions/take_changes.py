"""What all changes of a take share: the version grows, and everybody who watches is told."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from projects import events
from projects.models import Take
from projects.models.take import TakeStatus

FINAL = (TakeStatus.SUCCEEDED, TakeStatus.FAILED, TakeStatus.CANCELLED, TakeStatus.BLOCKED)
# Ended without a file, though seconds of them may be there.
GIVEN_UP = (TakeStatus.FAILED, TakeStatus.CANCELLED)


def locked_take(take_id: UUID | str) -> Take | None:
    """A take that nobody else changes until the transaction ends; None if there is none."""
    return Take.objects.select_for_update().filter(pk=take_id).first()


def change(take: Take, **values: Any) -> None:  # noqa: ANN401 - fields of the table
    """Write fields of a take that this transaction holds, and let its version grow."""
    Take.objects.filter(pk=take.pk).update(version=F("version") + 1, **values)
    take.refresh_from_db()


def tell_take(take: Take, event_type: str = "take.updated", **data: Any) -> None:  # noqa: ANN401 - plain JSON
    """Tell watchers of a take's change. The event names it; what it is now, clients are shown or ask for."""
    events.record(
        take.project_id,
        event_type,
        entity_id=take.pk,
        entity_version=take.version,
        data={
            "status": take.status,
            "phase": take.phase,
            "shot_id": str(take.shot_id) if take.shot_id else None,
            **data,
        },
    )


def finish(take: Take, status: TakeStatus, **values: Any) -> None:  # noqa: ANN401 - fields of the table
    """Bring a take to its end, and tell."""
    change(take, status=status, phase="", lease_until=None, finished_at=timezone.now(), **values)
    tell_take(take, "take.finished")
