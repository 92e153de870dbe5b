"""Links for people without an account: made, shown, revoked; and exactly what each of them opens."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from projects.actions.accounts import hash_of
from projects.actions.film_changes import films_with_items
from projects.errors import Invalid, NotFound
from projects.models import Asset, Film, Node, ShareLink, Take, User
from projects.models.node import NodeKind
from projects.models.project import Role, ShareScope
from projects.permissions import project_for
from projects.shapes.documents import film_shape, node_shape
from projects.shapes.takes import take_shape, with_chunks

_HINT = 6


def share(
    user: User,
    project_id: UUID,
    *,
    scope: str,
    film_id: UUID | None,
    allow_copy: bool,
    expires_at: datetime | None,
) -> tuple[ShareLink, str]:
    """A link, and its secret, which is shown this once.

    Raises:
        Invalid: If a film is needed and missing, or the end lies in the past.
    """
    project = project_for(user, project_id, Role.OWNER)
    film = Film.objects.filter(project=project, pk=film_id).first() if film_id else None
    if film is None and scope != ShareScope.TREE:
        film = Film.objects.filter(project=project).order_by("created_at").first()
        if film is None or film_id:
            raise Invalid("there is no such film to share")
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid("a link must end in the future")
    secret = secrets.token_urlsafe(24)
    link = ShareLink.objects.create(
        project=project,
        film=film,
        scope=scope,
        allow_copy=allow_copy,
        secret_sha256=hash_of(secret),
        hint=secret[:_HINT],
        created_by=user,
        expires_at=expires_at,
    )
    return link, secret


def shares_of(user: User, project_id: UUID) -> list[ShareLink]:
    """Links of a project that still open something."""
    project = project_for(user, project_id, Role.OWNER)
    return list(ShareLink.objects.filter(project=project, revoked_at=None).order_by("-created_at"))


def revoke(user: User, share_id: UUID) -> None:
    """Close a link, at once and for ever.

    Raises:
        NotFound: If it is none of theirs.
    """
    link = ShareLink.objects.filter(pk=share_id).first()
    if link is None:
        raise NotFound("there is no such link of yours")
    project_for(user, link.project_id, Role.OWNER)
    ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def open_share(secret: str) -> ShareLink:
    """The link of a secret.

    Raises:
        NotFound: If it was revoked, has ended, or never was.
    """
    link = (
        ShareLink.objects.select_related("project", "film")
        .filter(secret_sha256=hash_of(secret), revoked_at=None, project__deleted_at=None)
        .first()
    )
    if link is None or (link.expires_at is not None and link.expires_at <= timezone.now()):
        raise NotFound("this link was revoked or has expired", code="share_gone")
    return link


def shared_take_ids(link: ShareLink) -> set[UUID]:
    """Takes that a link shows: those in its film, or all finished ones of the tree."""
    if link.scope == ShareScope.TREE:
        live = Take.objects.filter(
            project_id=link.project_id, status="succeeded", shot__deleted_at=None, rejected=False
        )
        return set(live.values_list("pk", flat=True))
    if link.film is None:
        return set()
    return {take_id for take_id in link.film.items.values_list("take_id", flat=True) if take_id}


def shared_take(secret: str, take_id: UUID) -> Take:
    """A take that a link shows.

    Raises:
        NotFound: If it shows no such take.
    """
    link = open_share(secret)
    if take_id not in shared_take_ids(link):
        raise NotFound("there is nothing here")
    return Take.objects.select_related("asset__blob").get(pk=take_id)


def shared_pictures(link: ShareLink) -> "QuerySet[Asset]":
    """Pictures that a link shows: those on the canvas, where the whole tree is shared."""
    if link.scope != ShareScope.TREE:
        return Asset.objects.none()
    shown = Node.objects.filter(project_id=link.project_id, kind=NodeKind.IMAGE, deleted_at=None)
    return Asset.objects.filter(pk__in=shown.values("asset_id"), deleted_at=None).order_by("pk")


def shared_picture(secret: str, asset_id: UUID) -> Asset:
    """A picture that a link shows.

    Raises:
        NotFound: If it shows no such picture.
    """
    picture = shared_pictures(open_share(secret)).filter(pk=asset_id).first()
    if picture is None:
        raise NotFound("there is nothing here")
    return picture


def shared_view(secret: str) -> dict[str, Any]:
    """Everything that a link shows, and nothing else."""
    link = open_share(secret)
    words = link.scope != ShareScope.FILM
    film = films_with_items().filter(pk=link.film_id).first() if link.film_id else None
    takes = with_chunks().filter(pk__in=shared_take_ids(link))
    nodes = Node.objects.filter(project_id=link.project_id, deleted_at=None) if link.scope == ShareScope.TREE else ()
    return {
        "title": film.title if film else link.project.title,
        "scope": link.scope,
        "allow_copy": link.allow_copy,
        "film": film_shape(film) if film else None,
        "takes": [_shared_take_shape(take, secret, words=words) for take in takes],
        "nodes": [node_shape(node) for node in nodes],
        "pictures": [_shared_picture_shape(picture, secret) for picture in shared_pictures(link)],
    }


def _shared_picture_shape(picture: Asset, secret: str) -> dict[str, Any]:
    return {
        "id": str(picture.pk),
        "title": picture.title,
        "width": picture.width,
        "height": picture.height,
        "poster_url": f"/api/v1/public/s/{secret}/pictures/{picture.pk}/poster",
    }


def _shared_take_shape(take: Take, secret: str, *, words: bool) -> dict[str, Any]:
    shown = take_shape(take)
    base = f"/api/v1/public/s/{secret}/takes/{take.pk}"
    stamp = f"?v={take.asset.poster_frame}" if take.asset is not None and take.asset.poster_frame else ""
    return {
        "id": shown["id"],
        "shot_id": shown["shot_id"],
        "duration_s": shown["duration_s"],
        "width": shown["width"],
        "height": shown["height"],
        "parent_take_id": shown["parent_take_id"],
        "prompt": shown["prompt"] if words else "",
        "enhanced_prompt": shown["enhanced_prompt"] if words else "",
        "media_url": f"{base}/media" if take.asset_id else None,
        "poster_url": f"{base}/poster{stamp}",
    }
