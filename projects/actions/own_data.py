"""Everything that is a person's as one archive: asked for by them alone, made by a worker, kept for a week.

It holds what the database knows of them, each project that they own as a file that any studio takes in, and each
picture and clip of their library as it leaves the studio. What cannot be had is named in it and holds up nothing else.
"""

import hashlib
import logging
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from generation.errors import StorageError
from projects.actions.disk_space import has_room_to_go_on, require_disk
from projects.actions.downloads import download_of
from projects.actions.export_life import MOVING, end_export, is_ours, tell_progress
from projects.actions.idempotency import note_made
from projects.actions.own_records import as_json, edits_of, library_of, profile_of, takes_of
from projects.actions.project_export import pack_project, pieces_of
from projects.artifact_store import artifacts
from projects.errors import ProjectError
from projects.media.own_archive import Packed, archive_pieces, name_from
from projects.models import Asset, Export, Project, User
from projects.models.film import ExportStatus

logger = logging.getLogger(__name__)

PRESET = "own_data"
FILE_NAME = "own-data.zip"
# Where such archives lie: each is one person's, so none is shared by its content.
FOLDER = "blobs/own-data"
_MIME_TYPE = "application/zip"
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "video/mp4": ".mp4"}
_TELL_EVERY = 16 * 2**20


def request_own_data(user: User) -> Export:
    """Ask for all of one's own; while one archive is being made, asking again names that.

    Raises:
        Unavailable: If the disk is nearly full.
    """
    require_disk()
    with transaction.atomic():
        # The person's row is the lock: two who ask at once get one archive.
        person = User.objects.select_for_update().get(pk=user.pk)
        export = own_exports(person).filter(status__in=MOVING).first()
        if export is None:
            export = Export.objects.create(requested_by=person, preset=PRESET)
        note_made(export.pk)
    return export


def own_exports(user: User) -> "QuerySet[Export]":
    """A person's archives, newest first."""
    return Export.objects.filter(requested_by=user, preset=PRESET).order_by("-created_at")


def write_own_data(export: Export, token: int) -> None:
    """Make a person's archive; one that was stopped is left alone, and one that was begun before is made anew.

    Raises:
        StorageError: If something cannot be written, or the disk runs full.
    """
    # Not by content: a worker that lost its lease may still write, and shall not write the same file.
    key = f"{FOLDER}/{export.pk}-{token}.zip"
    digest = hashlib.sha256()
    try:
        contents = _Contents(export, token)
        artifacts().put(key, _hashed(archive_pieces(contents.files(), written=export.created_at), digest))
    except _Stopped:
        return
    made = {FILE_NAME: {"key": key, "mime_type": _MIME_TYPE, "sha256": digest.hexdigest()}}
    if is_ours(export, token):
        end_export(export, ExportStatus.SUCCEEDED, sidecars=made, progress=1.0)
    if export.sidecars != made:
        artifacts().delete(key)
        return
    forget_archives(own_exports(export.requested_by).exclude(pk=export.pk).exclude(status__in=MOVING))


def forget_archives(exports: "QuerySet[Export]") -> None:
    """Delete archives with their files, at once: they are large, and they are somebody's."""
    for export in list(exports):
        Export.objects.filter(pk=export.pk).delete()
        for side in export.sidecars.values():
            try:
                artifacts().delete(side["key"])
            except StorageError as error:
                # Without a row it is collected later.
                logger.warning("%s stays for a day: %s", side["key"], error)


def _hashed(pieces: Iterable[bytes], digest: Any) -> Iterator[bytes]:  # noqa: ANN401 - a hash has no public type
    for piece in pieces:
        digest.update(piece)
        yield piece


class _Stopped(Exception):  # noqa: N818 - an outcome
    """Somebody cancelled it, or it is another worker's by now."""


class _Contents:
    """The files of one archive, each made when its turn comes."""

    def __init__(self, export: Export, token: int) -> None:
        self._export = export
        self._user = export.requested_by
        self._token = token
        self._projects = list(Project.objects.filter(owner=self._user).order_by("created_at", "pk"))
        self._assets = list(Asset.objects.filter(owner=self._user).select_related("blob").order_by("created_at", "pk"))
        self._done = 0
        self._since_told = 0
        # Names in the archive by the asset's id; and what could not be had, with the reason's code.
        self._names: dict[str, str] = {}
        self._left_out: list[dict[str, str]] = []

    def files(self) -> Iterator[Packed]:
        """Everything, what says what is missing at the end."""
        yield _record("profile.json", as_json(profile_of(self._user)))
        for project in self._projects:
            yield from self._project(project)
            self._one_done()
        for asset in self._assets:
            yield from self._asset(asset)
            self._one_done()
        yield _record("library.json", as_json(library_of(self._user, self._names)))
        yield _record("takes.json", as_json(takes_of(self._user)))
        yield _record("edits.jsonl", *edits_of(self._user))
        yield _record("left_out.json", as_json(self._left_out))

    def _project(self, project: Project) -> Iterator[Packed]:
        name = f"projects/{name_from(project.title)}-{project.pk}.zip"
        with tempfile.TemporaryFile() as file:
            try:
                pack_project(project, file, on_progress=lambda _share: self._tell())
            except (ProjectError, StorageError) as error:
                self._leave_out(name, error)
                return
            yield Packed(name=name, size=file.seek(0, 2), pieces=self._told(pieces_of(file)))

    def _asset(self, asset: Asset) -> Iterator[Packed]:
        ending = _ENDINGS.get(asset.blob.mime_type, "")
        name = f"media/{name_from(asset.title)}-{asset.pk}{ending}"
        try:
            key = download_of(asset)
            size = artifacts().size_of(key)
        except (ProjectError, StorageError) as error:
            self._leave_out(name, error)
            return
        self._names[str(asset.pk)] = name
        yield Packed(name=name, size=size, pieces=self._told(artifacts().pieces(key, 0, size)))

    def _leave_out(self, name: str, error: ProjectError | StorageError) -> None:
        logger.warning("%s is left out of %s: %s", name, self._export.pk, error)
        self._left_out.append({"file": name, "code": error.code})

    def _told(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            self._since_told += len(piece)
            if self._since_told >= _TELL_EVERY:
                self._tell()

    def _one_done(self) -> None:
        self._done += 1
        self._tell()

    def _tell(self) -> None:
        """Keep the lease, or find that it is lost."""
        self._since_told = 0
        if not is_ours(self._export, self._token):
            raise _Stopped
        if not has_room_to_go_on():
            raise StorageError("the disk runs full; free some space")
        tell_progress(self._export, self._token, self._done / (len(self._projects) + len(self._assets)))


def _record(name: str, *pieces: bytes) -> Packed:
    return Packed(name=name, size=sum(map(len, pieces)), pieces=pieces, is_text=True)
