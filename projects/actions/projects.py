"""Projects: made, renamed, put away, copied."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from projects import events
from projects.actions.idempotency import note_made
from projects.actions.quota import note_brought
from projects.errors import FieldProblem, Invalid, NotFound
from projects.models import Asset, Film, FilmItem, Node, Project, Take, User
from projects.models.identity import new_id
from projects.models.project import Role
from projects.permissions import project_for, role_in
from projects.shapes.documents import project_shape

UNTITLED = "Untitled"


def create_project(user: User, *, title: str = "", asset_id: UUID | None = None) -> Project:
    """A project with its film; with an asset, that stands on the canvas and an empty shot beside it.

    Raises:
        NotFound: If the asset is not theirs.
    """
    asset = None
    if asset_id is not None:
        asset = Asset.objects.filter(pk=asset_id, owner=user, deleted_at=None).first()
        if asset is None:
            raise NotFound(f"there is no asset {asset_id} in your library")
    with transaction.atomic():
        project = Project.objects.create(
            owner=user, title=title or (asset.title if asset else "") or UNTITLED, poster_asset=asset
        )
        Film.objects.create(project=project, title=project.title)
        if asset is not None:
            _begin_with(project, asset)
        note_made(project.pk)
    return project


def _begin_with(project: Project, asset: Asset) -> None:
    """The picture, or the clip as a picture of its last frame would be: what the first shot starts from."""
    image = Node.objects.create(project=project, kind="image", asset=asset, title=asset.title, width=220, height=165)
    Node.objects.create(project=project, kind="shot", parent_node=image, x=316)


def change_project(user: User, project_id: UUID, values: Mapping[str, Any]) -> Project:
    """Rename, archive, restore, or set defaults.

    Raises:
        Invalid: If a value is wrong.
    """
    project = project_for(user, project_id, Role.EDITOR, in_bin=True)
    changes: dict[str, Any] = {}
    if "title" in values:
        title = values["title"]
        if not isinstance(title, str) or not 0 < len(title.strip()) <= 200:
            raise Invalid("a title has 1 to 200 characters", fields=(FieldProblem(path="title", code="invalid"),))
        changes["title"] = title.strip()
    if "settings" in values:
        changes["settings"] = values["settings"]
    if "archived" in values:
        changes["archived_at"] = timezone.now() if values["archived"] else None
    if values.get("deleted") is False:
        changes["deleted_at"] = None
    with transaction.atomic():
        Project.objects.filter(pk=project.pk).update(version=F("version") + 1, **changes)
        project.refresh_from_db()
        events.record(
            project.pk,
            "project.updated",
            entity_id=project.pk,
            entity_version=project.version,
            data={"project": project_shape(project, str(role_in(user, project)))},
        )
    return project


def put_in_bin(user: User, project_id: UUID) -> None:
    """Put a project into the bin; it can be taken out for 30 days."""
    project = project_for(user, project_id, Role.OWNER)
    Project.objects.filter(pk=project.pk).update(deleted_at=timezone.now(), version=F("version") + 1)


def duplicate_project(user: User, project_id: UUID) -> Project:
    """A copy with the same cards and the same takes' files; what is still being made is not copied."""
    source = project_for(user, project_id, Role.VIEWER)
    with transaction.atomic():
        copy = Project.objects.create(
            owner=user, title=f"{source.title} 2"[:200], settings=source.settings, poster_asset=source.poster_asset
        )
        nodes = list(Node.objects.filter(project=source, deleted_at=None))
        ids = {node.pk: new_id() for node in nodes}
        Node.objects.bulk_create(_copied(node, copy, ids) for node in nodes)
        takes = _copy_takes(user, source, copy, ids)
        for node in nodes:
            Node.objects.filter(pk=ids[node.pk]).update(
                parent_node_id=ids.get(node.parent_node_id) if node.parent_node_id else None,
                parent_take_id=takes.get(node.parent_take_id),
                chosen_take_id=takes.get(node.chosen_take_id),
            )
        note_made(copy.pk)
        film = Film.objects.create(project=copy, title=copy.title)
        old = Film.objects.filter(project=source).order_by("created_at").first()
        for item in FilmItem.objects.filter(film=old) if old else ():
            if item.asset_id or takes.get(item.take_id):
                item.pk, item.film, item.take_id = new_id(), film, takes.get(item.take_id)
                item.save(force_insert=True)
    return copy


def _copied(node: Node, project: Project, ids: Mapping[UUID, UUID]) -> Node:
    names = [
        field.attname
        for field in Node._meta.concrete_fields  # noqa: SLF001 - the documented way to a table's columns
        if field.attname not in ("id", "project_id", "version")
    ]
    values = {name: getattr(node, name) for name in names}
    values |= {"parent_node_id": None, "parent_take_id": None, "chosen_take_id": None, "film_id": None}
    return Node(pk=ids[node.pk], project=project, **values)


def _copy_takes(user: User, source: Project, copy: Project, ids: Mapping[UUID, UUID]) -> dict[UUID | None, UUID]:
    """Finished takes as takes of the copy: the same chunks, and a card of the library of their own."""
    takes: dict[UUID | None, UUID] = {}
    for take in Take.objects.filter(project=source, status="succeeded", shot_id__in=ids).order_by("created_at"):
        chunks, asset, old_id = list(take.chunks.all()), take.asset, take.pk
        renditions = list(asset.renditions.all()) if asset else []
        if asset is not None:
            asset.pk, asset.owner, asset.project, asset.derived_from_id = new_id(), user, copy, take.asset_id
            asset.save(force_insert=True)
            for rendition in renditions:
                rendition.pk, rendition.asset = None, asset
                rendition.save(force_insert=True)
        parent = takes.get(take.parent_take_id)
        take.pk, take.project, take.requested_by, take.asset = new_id(), copy, user, asset
        take.shot_id = ids[take.shot_id] if take.shot_id else None
        take.parent_take_id, take.redo_of_id = parent, None
        take.save(force_insert=True)
        note_brought([take])
        for chunk in chunks:
            chunk.pk, chunk.take = None, take
            chunk.save(force_insert=True)
        takes[old_id] = take.pk
    return takes
