"""Closing one's account for good, in a studio with accounts.

Projects that somebody owns alone go with them. One that others work in must be passed on first. What they did in the
projects of others stays there and says no name: takes and edits keep a row of theirs that nobody can sign in with, and
files that are used there become the project's owner's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from projects.actions.own_data import forget_archives, own_exports
from projects.actions.sweep import raise_cancel_flags
from projects.actions.take_changes import FINAL
from projects.actions.take_wishes import cancel
from projects.errors import Conflict, FieldProblem, Invalid
from projects.media.parts import forget_parts
from projects.models import (
    ApiToken,
    Asset,
    Collection,
    Export,
    FilmItem,
    IdempotencyKey,
    Invitation,
    Membership,
    Node,
    Project,
    QuotaEntry,
    Take,
    Upload,
    User,
)

_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Deletion:
    """What the end of an account would take with it, and why it cannot be now."""

    # A code; empty: nothing stands against it.
    refused: str
    params: dict[str, Any]
    # Projects that would be deleted; those that must be passed on first, with how many others are in each.
    projects: int
    shared: tuple[tuple[Project, int], ...]
    # Projects of others that they would leave, and takes that would be stopped.
    memberships: int
    takes: int


def planned_deletion(user: User) -> Deletion:
    """What would happen."""
    shared = tuple((project, int(project.others)) for project in _shared(user))  # type: ignore[attr-defined] # counted
    refused, params = _refusal(user, [project for project, _ in shared])
    return Deletion(
        refused=refused,
        params=params,
        projects=Project.objects.filter(owner=user).count() - len(shared),
        shared=shared,
        memberships=Membership.objects.filter(user=user).count(),
        takes=len(_moving(user)),
    )


def delete_account(user: User, *, password: str) -> None:
    """Close an account: stop what runs, delete what is theirs alone, and forget who they were.

    Raises:
        Conflict: In a studio without accounts (``local_account``), for the only one who keeps it (``last_admin``), or
            while others work in projects of theirs (``projects_shared``, with their titles).
        Invalid: If the password is wrong (``password_wrong``).
    """
    _require_possible(user)
    if not user.check_password(password):
        problem = FieldProblem(path="password", code="password_wrong")
        raise Invalid("the password is wrong", code="password_wrong", fields=(problem,))
    for take_id in _moving(user):
        cancel(user, take_id, keep_ready=False)
    # Now, because the rows that say so may be gone when the dispatcher looks.
    raise_cancel_flags()
    uploads = list(Upload.objects.filter(owner=user).values_list("pk", flat=True))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        # Again, and with their projects held: somebody may have been let in meanwhile.
        list(Project.objects.select_for_update().filter(owner=person))
        _require_possible(person)
        Project.objects.filter(owner=person).delete()
        _pass_files_on(person)
        _forget_rows(person)
        _forget_name(person)
    forget_archives(own_exports(user))
    for upload_id in uploads:
        forget_parts(upload_id)


def _require_possible(user: User) -> None:
    refused, params = _refusal(user, list(_shared(user)))
    if refused == "local_account":
        raise Conflict("a studio without accounts has none to delete", code="local_account")
    if refused == "last_admin":
        raise Conflict("nobody else could keep this studio; make somebody staff first", code="last_admin")
    if refused:
        raise Conflict(
            "others work in projects of yours; pass these on or take the others out first",
            code="projects_shared",
            params=params,
        )


def _refusal(user: User, shared: list[Project]) -> tuple[str, dict[str, Any]]:
    if not settings.TEAM_MODE:
        return "local_account", {}
    if user.is_staff and not User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk).exists():
        return "last_admin", {}
    if shared:
        named = [{"id": str(project.pk), "title": project.title} for project in shared]
        titles = ", ".join(project.title for project in shared[:_MOST_NAMED])
        return "projects_shared", {"projects": named, "titles": titles, "count": len(shared)}
    return "", {}


def _shared(user: User) -> "QuerySet[Project]":
    """Projects of theirs in which others are, with how many; what is in the bin nobody else sees."""
    mine = Project.objects.filter(owner=user, deleted_at=None).annotate(others=Count("memberships"))
    return mine.filter(others__gt=0).order_by("title", "pk")


def _moving(user: User) -> list[UUID]:
    """Takes that are theirs, or in projects that go with them, and not at their end."""
    moving = Take.objects.exclude(status__in=FINAL)
    found = moving.filter(requested_by=user) | moving.filter(project__owner=user)
    return list(found.values_list("pk", flat=True).distinct())


def _pass_files_on(person: User) -> None:
    """Files that projects of others use become their owners'; the rest goes, its bytes when they are collected."""
    mine = Asset.objects.filter(owner=person)
    owners: dict[UUID, UUID] = {}
    for used in (
        Node.objects.filter(asset__in=mine).values_list("asset_id", "project__owner_id"),
        FilmItem.objects.filter(asset__in=mine).values_list("asset_id", "film__project__owner_id"),
        Take.objects.filter(asset__in=mine).values_list("asset_id", "project__owner_id"),
        Take.objects.filter(source_asset__in=mine).values_list("source_asset_id", "project__owner_id"),
        Export.objects.filter(asset__in=mine, film__isnull=False).values_list("asset_id", "film__project__owner_id"),
        Project.objects.filter(poster_asset__in=mine).values_list("poster_asset_id", "owner_id"),
    ):
        _note_first(owners, used)
    for owner in set(owners.values()):
        Asset.objects.filter(pk__in=[pk for pk, its in owners.items() if its == owner]).update(owner_id=owner)
    mine.delete()


def _note_first(owners: dict[UUID, UUID], used: Iterable[tuple[Any, Any]]) -> None:
    for asset_id, owner_id in used:
        owners.setdefault(asset_id, owner_id)


def _forget_rows(person: User) -> None:
    for model, field in (
        (Membership, "user"), (ApiToken, "user"), (IdempotencyKey, "user"), (Collection, "owner"), (Upload, "owner"),
        (Invitation, "invited_by"), (Invitation, "accepted_by"),
    ):  # fmt: skip
        model.objects.filter(**{field: person}).delete()
    # What takes in others' projects cost stays with these takes.
    QuotaEntry.objects.filter(user=person, take=None).delete()
    # The admin wrote down whom it changed, by name.
    about = LogEntry.objects.filter(content_type__app_label="projects", content_type__model="user")
    about.filter(object_id=str(person.pk)).delete()
    person.groups.clear()
    person.user_permissions.clear()


def _forget_name(person: User) -> None:
    """What stays says only that somebody was there; its password fits nothing, so no session of theirs is valid."""
    User.objects.filter(pk=person.pk).update(
        username=f"deleted-{person.pk.hex[-12:]}",
        first_name="",
        last_name="",
        email="",
        language="",
        settings={},
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
        last_login=None,
        deleted_at=timezone.now(),
    )
