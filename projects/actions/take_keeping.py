"""Keeping the seconds that a take has: it becomes a shorter take with a file, whether it moves or was given up."""

from uuid import UUID

from django.db import transaction

from projects import events
from projects.actions import quota
from projects.actions.take_changes import GIVEN_UP, change, locked_take
from projects.actions.take_endings import close_after, seconds_ready
from projects.actions.take_wishes import cancel, take_for
from projects.errors import Conflict
from projects.models import Take, User
from projects.models.project import Role


def keep(user: User, take_id: UUID) -> Take:
    """Keep what can be watched of a take, and stop it if it moves; twice changes nothing.

    Raises:
        Conflict: If it was given up before its first second.
        QuotaSpent: If there are not seconds enough left today for what is to be kept.
    """
    if take_for(user, take_id, Role.EDITOR).status in GIVEN_UP:
        return keep_ready_seconds(user, take_id)
    return cancel(user, take_id, keep_ready=True)


@transaction.atomic
def keep_ready_seconds(user: User, take_id: UUID) -> Take:
    """Keep what can be watched of a take that failed or was cancelled; any other is left as it is.

    Its end gave everything back, so that what is kept is booked again.

    Raises:
        Conflict: If none of its seconds can be watched.
        QuotaSpent: If there are not enough left today.
    """
    take = locked_take(take_id)
    if take is None or take.status not in GIVEN_UP:
        return take_for(user, take_id, Role.EDITOR)
    ready = seconds_ready(take)
    if not ready:
        raise Conflict("there is no second of this take to keep", code="take_without_seconds")
    person = User.objects.select_for_update().get(pk=take.requested_by_id)
    made = max(0, ready - take.shared_seconds)
    quota.require_seconds(person, made)
    quota.release(take, delivered=made)
    change(take, keep_ready=True, finished_at=None, error_code="", error_detail="", error_params={})
    close_after(take, ready)
    events.record(take.project_id, "quota.changed", entity_id=person.pk, data={})
    return take
