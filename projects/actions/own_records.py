"""What the database knows of a person, as plain values: what they are given when they ask for all that is theirs."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet

from projects.models import (
    ApiToken,
    Asset,
    Collection,
    Invitation,
    Membership,
    Operation,
    Project,
    QuotaEntry,
    Take,
    Upload,
    User,
)

_PROFILE = ("username", "first_name", "last_name", "email", "language", "settings", "date_joined", "last_login")
_TOKEN = ("name", "hint", "created_at", "last_used_at", "revoked_at")
_PROJECT = ("id", "title", "created_at", "edited_at", "archived_at", "deleted_at")
_ASSET = (
    "id", "kind", "title", "width", "height", "duration_ms", "frames", "starred", "rejected", "tags", "project_id",
    "derived_from_id", "created_at", "deleted_at",
)  # fmt: skip
_UPLOAD = ("id", "kind", "filename", "size", "sha256", "status", "asset_id", "created_at")
_TAKE = (
    "id", "project_id", "shot_id", "ordinal", "prompt", "enhanced_prompt", "settings", "duration_s", "seed", "status",
    "starred", "rejected", "tags", "asset_id", "created_at", "finished_at",
)  # fmt: skip
_EDIT = ("project_id", "seq", "type", "body", "created_at")
_MANY = 500


def profile_of(user: User) -> dict[str, Any]:
    """The account: who they are, what they set, what acts for them, what they are part of, what they used."""
    return {
        **_plain(user, _PROFILE),
        "tokens": _all(ApiToken.objects.filter(user=user).order_by("created_at"), _TOKEN),
        "projects": _all(Project.objects.filter(owner=user).order_by("created_at"), _PROJECT),
        "member_of": [
            {"project_id": str(it.project_id), "title": it.project.title, "role": it.role, "since": it.created_at}
            for it in Membership.objects.filter(user=user).select_related("project").order_by("created_at")
        ],
        "invitations_sent": _all(
            Invitation.objects.filter(invited_by=user).order_by("created_at"),
            ("email", "created_at", "expires_at", "accepted_at"),
        ),
        "seconds_booked": _all(
            QuotaEntry.objects.filter(user=user).order_by("created_at"), ("kind", "seconds", "take_id", "created_at")
        ),
    }


def library_of(user: User, files: dict[str, str]) -> dict[str, Any]:
    """The library: files, where each lies in the archive, collections of them, and what was brought.

    Args:
        user: Whose.
        files: Names in the archive by the asset's id.
    """
    assets = Asset.objects.filter(owner=user).order_by("created_at", "pk")
    collections = Collection.objects.filter(owner=user).prefetch_related("assets").order_by("created_at")
    return {
        "assets": [{**_plain(it, _ASSET), "file": files.get(str(it.pk))} for it in assets],
        "collections": [
            {"title": it.title, "created_at": it.created_at, "assets": [str(asset.pk) for asset in it.assets.all()]}
            for it in collections
        ],
        "uploads": _all(Upload.objects.filter(owner=user).order_by("created_at"), _UPLOAD),
    }


def takes_of(user: User) -> list[dict[str, Any]]:
    """Every take that they asked for, in others' projects, too: their words, and what became of them."""
    return _all(Take.objects.filter(requested_by=user).order_by("created_at", "pk"), _TAKE)


def edits_of(user: User) -> Iterator[bytes]:
    """Their edits of canvases, a line of JSON for each."""
    for edit in Operation.objects.filter(user=user).order_by("created_at", "pk").iterator(_MANY):
        yield as_json(_plain(edit, _EDIT), indent=None) + b"\n"


def as_json(plain: object, *, indent: int | None = 2) -> bytes:
    """Plain values, times and ids among them, as text."""
    return json.dumps(plain, ensure_ascii=False, indent=indent, default=_text).encode("utf-8", "replace")


def _text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _all(rows: "QuerySet[Any]", names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [_plain(row, names) for row in rows.iterator(_MANY)]


def _plain(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
