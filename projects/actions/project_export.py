"""A whole project as one file: everything that is on its canvas, and every byte that it is made of."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from generation.artifacts import sha256_of_bytes
from projects.actions.disk_space import require_disk
from projects.actions.export_life import end_export, is_ours, tell_export, tell_progress
from projects.actions.film_changes import films_as_shown
from projects.actions.idempotency import note_made
from projects.artifact_store import artifacts
from projects.errors import Invalid
from projects.media.project_archive import write_archive
from projects.media.sidecars import project_json
from projects.media.take_movie import blob_key
from projects.models import Asset, Chunk, Export, Film, Node, Project, Take, User
from projects.models.film import ExportStatus
from projects.models.project import Role
from projects.models.take import TakeStatus
from projects.permissions import project_for
from projects.rules.project_file import FORMAT, MOST_BYTES, SPEC_FIELDS, VERSION, FileEntry, file_name
from projects.shapes.documents import node_shape

PRESET = "project"
FILE_NAME = "project.zip"
_MIME_TYPE = "application/zip"
_PIECE = 1 << 20
_TAKES_OF_NODE = ("parent_take_id", "chosen_take_id")
_ITEM_FIELDS = ("order", "start_frame", "stop_frame", "transition", "transition_frames")
_TAKE_FIELDS = (
    "ordinal", "prompt", "enhanced_prompt", "settings", "duration_s", "seed", "parent_frames", "shared_seconds",
    "truncated", "width", "height", "starred", "rejected", "tags",
    "poster_frame",
)  # fmt: skip


def request_project_file(user: User, project_id: UUID) -> Export:
    """Ask for a project's file.

    Raises:
        NotAllowed: If this person may only look: what is in it carries no label.
        Unavailable: If the disk is nearly full.
    """
    project = project_for(user, project_id, Role.EDITOR)
    require_disk()
    with transaction.atomic():
        export = Export.objects.create(project=project, requested_by=user, preset=PRESET)
        note_made(export.pk)
        tell_export(export, "export.progress")
    return export


def write_project_file(export: Export, token: int) -> None:
    """Make a project's file; one that was stopped is left alone.

    Raises:
        Invalid: If it would be too big.
        StorageError: If something cannot be read or written.
    """
    if export.project is None:
        return
    with tempfile.TemporaryFile() as file:
        pack_project(export.project, file, on_progress=lambda share: tell_progress(export, token, share))
        if not is_ours(export, token):
            return
        digest = hashlib.sha256()
        for piece in pieces_of(file):
            digest.update(piece)
        key = blob_key(digest.hexdigest())
        # Written again even if it is there: its row comes after it, and an old file might be collected.
        artifacts().put(key, pieces_of(file))
    made = {FILE_NAME: {"key": key, "mime_type": _MIME_TYPE, "sha256": digest.hexdigest()}}
    end_export(export, ExportStatus.SUCCEEDED, sidecars=made, progress=1.0)


def pack_project(project: Project, target: BinaryIO, *, on_progress: Callable[[float], None]) -> None:
    """Write a project's file.

    Args:
        project: Which.
        target: An empty file.
        on_progress: Told every few megabytes how far it is, in [0, 1]; what it raises ends the writing.

    Raises:
        Invalid: If it would be too big.
        StorageError: If something cannot be read.
    """
    contents = _Contents(project)
    manifest = project_json(contents.manifest())
    size = sum(entry.size for entry in contents.files.values())
    if size > MOST_BYTES:
        limit = f"{MOST_BYTES // 10**9} GB"
        raise Invalid("the project is too big for one file", code="project_file_too_big", params={"limit": limit})
    write_archive(target, manifest, _told(contents.pieces(), size, on_progress))


def _told(
    files: Iterable[tuple[FileEntry, Iterable[bytes]]], size: int, on_progress: Callable[[float], None]
) -> Iterator[tuple[FileEntry, Iterable[bytes]]]:
    """The files, while somebody is told every few megabytes."""
    done, told = 0, 0
    for entry, pieces in files:
        yield entry, pieces
        done += entry.size
        if done - told >= 16 * _PIECE:
            told = done
            on_progress(done / size)


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """A file from its beginning, a piece at a time."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


class _Contents:
    """What is in a project's file: gathered as the manifest is made."""

    def __init__(self, project: Project) -> None:
        self.project = project
        # By hash, and where each lies in the store.
        self.files: dict[str, FileEntry] = {}
        self._keys: dict[str, str] = {}
        self._hashes: dict[str, str] = {}
        self._nodes: set[str] = set()

    def manifest(self) -> dict[str, Any]:
        """The whole as plain values."""
        nodes = list(Node.objects.filter(project=self.project, deleted_at=None).order_by("created_at", "pk"))
        shots = {node.pk for node in nodes}
        self._nodes = {str(key) for key in shots}
        found = Take.objects.filter(
            project=self.project, status=TakeStatus.SUCCEEDED, shot_id__in=shots, asset__isnull=False
        )
        takes = list(found.select_related("asset__blob").order_by("created_at", "pk"))
        known_takes = {str(take.pk) for take in takes}
        films = [(film, self._items(film, known_takes)) for film in _films_of(self.project)]
        shown = {UUID(it["asset_id"]) for _, items in films for it in items if it["asset_id"]}
        assets = self._assets_of(takes, shown)
        known = {str(asset.pk) for asset in assets}
        return {
            "format": FORMAT,
            "version": VERSION,
            "project": {
                "title": self.project.title,
                "settings": self.project.settings,
                "poster": _if_known(self.project.poster_asset_id, known),
            },
            "nodes": [self._node(node, known, known_takes) for node in nodes],
            "takes": [self._take(take, known, known_takes) for take in takes],
            "films": [{"id": str(film.pk), "title": film.title, "items": items} for film, items in films],
            "assets": [self._asset(asset, known) for asset in assets],
            "files": [
                {"sha256": entry.sha256, "size": entry.size, "name": entry.name}
                for _, entry in sorted(self.files.items())
            ],
        }  # fmt: skip

    def pieces(self) -> Iterator[tuple[FileEntry, Iterable[bytes]]]:
        """Every file and its bytes, in the order of their hashes."""
        store = artifacts()
        for sha256, entry in sorted(self.files.items()):
            yield entry, store.pieces(self._keys[sha256], 0, entry.size)

    def _items(self, film: Film, takes: set[str]) -> list[dict[str, Any]]:
        """The clips of a film; of a take that is not in the file, because its shot is gone, the clip itself."""
        found = []
        for item in film.items.all():
            take = _if_known(item.take_id, takes)
            asset = item.asset_id or (item.take.asset_id if item.take is not None and take is None else None)
            if take is not None or asset is not None:
                named = {"take_id": take, "asset_id": str(asset) if take is None else None}
                found.append({**named, **{name: getattr(item, name) for name in _ITEM_FIELDS}})
        return found

    def _assets_of(self, takes: list[Take], shown: set[UUID]) -> list[Asset]:
        of_takes = {take.asset_id for take in takes} | {take.source_asset_id for take in takes}
        on_canvas = Q(nodes__project=self.project, nodes__deleted_at=None)
        found = Asset.objects.filter(
            Q(pk__in=(of_takes | shown) - {None}) | on_canvas | Q(pk=self.project.poster_asset_id)
        )
        return list(found.select_related("blob").distinct().order_by("created_at", "pk"))

    def _node(self, node: Node, assets: set[str], takes: set[str]) -> dict[str, Any]:
        plain = {name: value for name, value in node_shape(node).items() if name not in ("version", "deleted")}
        for name, known in (
            ("asset_id", assets),
            ("parent_node_id", self._nodes),
            *((it, takes) for it in _TAKES_OF_NODE),
        ):
            plain[name] = _if_known(plain[name], known)
        if plain["parent_take_id"] is None:
            plain["parent_frames"] = None
        return plain

    def _take(self, take: Take, assets: set[str], takes: set[str]) -> dict[str, Any]:
        chunks = list(Chunk.objects.filter(take=take).exclude(fragment_key="").order_by("index")[: take.duration_s])
        if [chunk.index for chunk in chunks] != list(range(take.duration_s)):
            chunks = []
        return {
            "id": str(take.pk),
            "shot_id": str(take.shot_id),
            "asset_id": str(take.asset_id),
            "parent_take_id": _if_known(take.parent_take_id, takes),
            "source_asset_id": _if_known(take.source_asset_id, assets),
            "redo_of_id": _if_known(take.redo_of_id, takes),
            **{name: getattr(take, name) for name in _TAKE_FIELDS},
            "spec": {name: take.spec[name] for name in SPEC_FIELDS if name in take.spec},
            "init": self._file(chunks[0].init_key) if chunks else "",
            "seconds": [
                {
                    "latents": self._file(chunk.latents_key, chunk.latents_sha256),
                    "fragment": self._file(chunk.fragment_key, chunk.fragment_sha256),
                }
                for chunk in chunks
            ],
        }

    def _asset(self, asset: Asset, known: set[str]) -> dict[str, Any]:
        return {
            "id": str(asset.pk),
            "kind": asset.kind,
            "file": self._file(asset.blob.key, asset.blob_id, asset.blob.mime_type),
            "title": asset.title,
            "tags": asset.tags,
            "starred": asset.starred,
            "rejected": asset.rejected,
            "derived_from_id": _if_known(asset.derived_from_id, known),
        }

    def _file(self, key: str, sha256: str = "", mime_type: str = "") -> str:
        """Put a file in; its hash."""
        store = artifacts()
        digest = sha256 or self._hashes.get(key) or sha256_of_bytes(store.get(key))
        self._hashes[key] = digest
        if digest not in self.files:
            self._keys[digest] = key
            self.files[digest] = FileEntry(sha256=digest, size=store.size_of(key), name=file_name(digest, mime_type))
        return digest


def _if_known(key: object, known: set[str]) -> str | None:
    return str(key) if key is not None and str(key) in known else None


def _films_of(project: Project) -> QuerySet[Film]:
    return films_as_shown().filter(project=project).order_by("created_at", "pk")
