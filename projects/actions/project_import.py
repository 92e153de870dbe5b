"""A project's file becomes a project: everything is checked and stored first, and then written in one transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from projects.actions.disk_space import require_disk
from projects.actions.document_fields import checked_field
from projects.actions.quota import note_brought
from projects.actions.take_files import keep_blob, keep_renditions
from projects.actions.usage import stored_bytes
from projects.artifact_store import artifacts
from projects.errors import Invalid, QuotaSpent
from projects.media.parts import notes_path, part_path
from projects.media.project_archive import opened_archive
from projects.media.project_files import FoundFiles, Intake
from projects.media.renditions import MadeRendition
from projects.media.take_movie import blob_key
from projects.models import Asset, Chunk, Film, FilmItem, Node, Project, Take, Upload, User
from projects.models.asset import AssetKind
from projects.models.identity import new_id
from projects.models.take import TakePhase, TakeStatus
from projects.rules.project_file import UNREADABLE, AssetEntry, NodeEntry, ProjectFile, TakeEntry, read_project_file
from projects.shapes.documents import NODE_FIELDS

# Then others get their turn: whoever does this does everything else, too.
SLICE_SECONDS = 2.0
# Columns that name other rows; all else of a card is taken over as it is.
_REFERENCES = ("asset_id", "parent_node_id", "parent_take_id", "chosen_take_id")
Ids = dict[UUID, UUID]


def prepare_project(upload: Upload, *, seconds: float = SLICE_SECONDS) -> tuple[ProjectFile, FoundFiles] | None:
    """Check a project's file and store what is in it, for a while.

    Returns:
        What it says and what its files are, once all of them are stored; None: there is more to do.

    Raises:
        Invalid: If it is not what a studio writes.
        QuotaSpent: If the person has no room for what is in it.
        StorageError: If something cannot be stored.
    """
    notes = notes_path(upload.pk)
    with opened_archive(part_path(upload.pk)) as archive:
        said = read_project_file(archive.manifest())
        archive.require(said.files.values())
        _check_cards(said)
        require_disk()
        _require_room(upload.owner, said)
        found = FoundFiles.read(notes)
        is_done = Intake(archive, said, found, artifacts()).go_on(seconds=seconds)
        found.write(notes)
    _check_kinds(said, found)
    return (said, found) if is_done else None


@transaction.atomic
def write_project(user: User, said: ProjectFile, found: FoundFiles) -> Project:
    """The rows of a project whose files are stored.

    Raises:
        QuotaSpent: If the person has no room for them.
        StorageError: If a file was collected meanwhile; do it again.
    """
    _require_room(user, said)
    project = Project.objects.create(owner=user, title=said.title or "Untitled", settings=dict(said.settings))
    assets = _write_assets(user, project, said, found)
    films: Ids = {}
    for film in said.films:
        films[film.id] = Film.objects.create(project=project, title=film.title).pk
    nodes: Ids = {node.id: new_id() for node in said.nodes}
    takes: Ids = {take.id: new_id() for take in said.takes}
    # The cards first, hanging from nothing: takes name their cards, and cards their takes.
    Node.objects.bulk_create(
        _card(node, project, pk=nodes[node.id], film=_new(films, node.film)) for node in said.nodes
    )
    note_brought(_write_take(user, project, take, (nodes, takes, assets), found) for take in said.takes)
    for node in said.nodes:
        Node.objects.filter(pk=nodes[node.id]).update(
            asset_id=_new(assets, node.asset),
            parent_node_id=_new(nodes, node.parent_node),
            parent_take_id=_new(takes, node.parent_take),
            chosen_take_id=_new(takes, node.chosen_take),
        )
    FilmItem.objects.bulk_create(
        FilmItem(
            film_id=films[film.id], take_id=_new(takes, item.take), asset_id=_new(assets, item.asset), **item.columns
        )
        for film in said.films
        for item in film.items
    )
    Project.objects.filter(pk=project.pk).update(poster_asset_id=_new(assets, said.poster))
    return project


def _new(ids: Ids, old: UUID | None) -> UUID | None:
    return None if old is None else ids[old]


def _card(node: NodeEntry, project: Project, *, pk: UUID | None, film: UUID | None) -> Node:
    return Node(pk=pk, project=project, kind=node.kind, film_id=film, **_columns(node, project))


def _columns(node: NodeEntry, project: Project) -> dict[str, Any]:
    plain = node.fields
    return {
        column: checked_field(project, name, plain[name])
        for name, column in NODE_FIELDS.items()
        if name in plain and name not in _REFERENCES
    }


def _check_cards(said: ProjectFile) -> None:
    """Every field of every card, before a file is unpacked."""
    for number, node in enumerate(said.nodes):
        try:
            _columns(node, Project())
        except Invalid as error:
            raise Invalid(error.detail, code=UNREADABLE, params={"place": f"nodes.{number}"}) from error


def _check_kinds(said: ProjectFile, found: FoundFiles) -> None:
    """Pictures are pictures, clips are clips, and a take's file is one of these."""
    of_takes = {take.asset for take in said.takes}
    for asset in said.assets:
        seen = found.assets.get(asset.file)
        is_picture = asset.kind == AssetKind.IMAGE
        if seen and (is_picture != (seen["kind"] == "image") or (is_picture and asset.id in of_takes)):
            raise Invalid("a file is of another kind", code="project_file_media", params={"name": asset.file[:12]})


def _require_room(user: User, said: ProjectFile) -> None:
    """Refuse more bytes than the person has room for; what they have already costs nothing."""
    mine = set(Asset.objects.filter(owner=user).values_list("blob_id", flat=True))
    more = sum(said.files[name].size for name in {asset.file for asset in said.assets} - mine)
    if stored_bytes(user) + more > settings.STORAGE_BYTES_PER_PERSON:
        raise QuotaSpent("there is no room left in your storage", code="storage")


def _write_assets(user: User, project: Project, said: ProjectFile, found: FoundFiles) -> Ids:
    """Cards of the library; what the person has already stays one, unless it is a take's own."""
    of_takes = {take.asset for take in said.takes}
    words = {take.asset: [str(take.columns["prompt"]), str(take.columns["enhanced_prompt"])] for take in said.takes}
    ids: Ids = {}
    for entry in said.assets:
        known = None
        if entry.id not in of_takes:
            known = Asset.objects.filter(owner=user, blob=entry.file, take=None, deleted_at=None).first()
        asset = known or _write_asset(user, project, entry, found.assets[entry.file], words.get(entry.id, []))
        ids[entry.id] = asset.pk
    for entry in said.assets:
        if entry.derived_from is not None:
            Asset.objects.filter(pk=ids[entry.id], derived_from=None, project=project).exclude(
                pk=ids[entry.derived_from]
            ).update(derived_from_id=ids[entry.derived_from])
    return ids


def _write_asset(user: User, project: Project, entry: AssetEntry, seen: Mapping[str, Any], words: list[str]) -> Asset:
    key = blob_key(entry.file)
    blob = keep_blob(entry.file, key, seen["mime_type"], artifacts().size_of(key))
    is_picture = entry.kind == AssetKind.IMAGE
    asset = Asset.objects.create(
        owner=user, project=project, kind=entry.kind, blob=blob, title=entry.title, width=seen["width"],
        height=seen["height"], frames=0 if is_picture else seen["frames"], duration_ms=seen["duration_ms"],
        starred=entry.starred, rejected=entry.rejected, tags=list(entry.tags),
        search_text="\n".join([entry.title, *words, project.title]),
    )  # fmt: skip
    keep_renditions(asset.pk, [MadeRendition(**it) for it in seen["renditions"]])
    return asset


def _write_take(user: User, project: Project, entry: TakeEntry, ids: tuple[Ids, Ids, Ids], found: FoundFiles) -> Take:
    nodes, takes, assets = ids
    take = Take.objects.create(
        pk=takes[entry.id], project=project, requested_by=user, shot_id=nodes[entry.shot], asset_id=assets[entry.asset],
        parent_take_id=_new(takes, entry.parent_take), redo_of_id=_new(takes, entry.redo_of),
        source_asset_id=_new(assets, entry.source_asset), status=TakeStatus.SUCCEEDED, phase=TakePhase.NONE,
        # Whoever makes posters finds out whether there is such a frame.
        poster_due=bool(entry.columns["poster_frame"]), **entry.columns,
    )  # fmt: skip
    seen = found.takes.get(str(entry.id), {})
    Take.objects.filter(pk=take.pk).update(finished_at=take.created_at, started_at=take.created_at)
    Chunk.objects.bulk_create(
        Chunk(
            take=take, index=index, latents_key=blob_key(second.latents), latents_sha256=second.latents,
            init_key=blob_key(entry.init), fragment_key=blob_key(second.fragment), fragment_sha256=second.fragment,
            fragment_bytes=artifacts().size_of(blob_key(second.fragment)), decoded_at=take.created_at, announced=True,
            **seen,
        )
        for index, second in enumerate(entry.seconds)
    )  # fmt: skip
    return take
