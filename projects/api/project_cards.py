"""Projects as their cards show them: what is in them is counted for all of a page at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, Max, OuterRef, Q, QuerySet, Sum, UUIDField

from projects.models import Membership, Node, Project, Take, User
from projects.models.node import NodeKind
from projects.models.prepared import Prepared
from projects.models.project import Role
from projects.models.take import TakeStatus
from projects.shapes.documents import project_shape

_MOVING = (TakeStatus.QUEUED, TakeStatus.RUNNING)
_SHOTS = Prepared(
    lambda ids: (
        Node.objects.filter(project__id__in=ids, kind=NodeKind.SHOT, deleted_at=None)
        .order_by()
        .values_list("project_id")
        .annotate(shots=Count("pk"))
    ),
    lists=["ids"],
    ids=UUIDField(),
)
_BY_STATUS = Prepared(
    lambda ids: (
        Take.objects.filter(project__id__in=ids)
        .order_by()
        .values_list("project_id", "status")
        .annotate(number=Count("pk"), total=Sum("duration_s"), last=Max("finished_at", filter=Q(asset__isnull=False)))
    ),
    lists=["ids"],
    ids=UUIDField(),
)
_CLIPS = Prepared(
    lambda ids, moments: (
        Take.objects.filter(project__id__in=ids, asset__isnull=False, finished_at__in=moments)
        .order_by("pk")
        .values_list("project_id", "pk", "asset__poster_frame", "finished_at")
    ),
    lists=["ids", "moments"],
    ids=UUIDField(),
    moments=DateTimeField(),
)


def visible_projects(user: User) -> "QuerySet[Project]":
    """Projects that a person owns or is a member of."""
    return Project.objects.filter(Q(owner=user) | Exists(Membership.objects.filter(project=OuterRef("pk"), user=user)))


def card(user: User, project: Project) -> dict[str, Any]:
    """A project's card."""
    return cards(user, [project])[0]


def cards(user: User, projects: Sequence[Project]) -> list[dict[str, Any]]:
    """Cards of projects that a person may see, in a fixed number of queries.

    Each is short, and none counts for one project at a time: making the SQL of a query with a subquery for each count
    took longer than everything else that an answer needs.
    """
    ids = [project.pk for project in projects]
    others = [project.pk for project in projects if project.owner_id != user.pk]
    found = Membership.objects.filter(user=user, project__in=others).values_list("project_id", "role")
    roles = dict(found) if others else {}
    counts = counts_of(ids)
    return [
        project_shape(
            project, str(Role.OWNER if project.owner_id == user.pk else roles[project.pk]), counts[project.pk]
        )
        for project in projects
    ]


def counts_of(ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """By project: shots, running takes, seconds of film, and the newest clip with the frame that its poster shows."""
    found: dict[UUID, dict[str, Any]] = {pk: {} for pk in ids}
    if not found:
        return found
    for pk, number in _SHOTS(ids=ids):
        found[pk]["shots"] = number
    newest: dict[UUID, datetime] = {}
    for pk, status, number, seconds, last in _BY_STATUS(ids=ids):
        if status in _MOVING:
            found[pk]["running"] = found[pk].get("running", 0) + number
        elif status == TakeStatus.SUCCEEDED:
            found[pk]["seconds"] = seconds
        if last is not None:
            newest[pk] = max(last, newest.get(pk, last))
    clips = _CLIPS(ids=ids, moments=set(newest.values())) if newest else []
    for pk, take, frame, at in clips:
        if at == newest[pk]:
            found[pk] |= {"preview_take": take, "preview_frame": frame}
    return found
