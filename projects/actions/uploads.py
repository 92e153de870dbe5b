"""Uploads: begun, continued, taken in, forgotten."""

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generation.artifacts import sha256_of_bytes, sha256_of_file
from generation.errors import GenerationError
from generation.media.images import load_image
from projects import events
from projects.actions.disk_space import require_disk, require_room_to_go_on
from projects.actions.idempotency import note_made
from projects.actions.project_import import SLICE_SECONDS, prepare_project, write_project
from projects.actions.take_files import keep_blob, keep_renditions
from projects.actions.usage import coming_bytes, stored_bytes
from projects.artifact_store import artifacts
from projects.errors import Conflict, Invalid, NotFound, ProjectError, QuotaSpent, Unavailable
from projects.media.intake import Clean, take_in
from projects.media.parts import append_part, forget_parts, notes_path, part_path, sole_writer
from projects.media.renditions import MadeRendition, store_clip_pictures, store_posters
from projects.media.take_movie import blob_key
from projects.models import Asset, Node, Upload, User
from projects.models.asset import AssetKind, UploadKind, UploadStatus
from projects.models.project import Role
from projects.permissions import project_for
from projects.rules.project_file import MOST_BYTES as MOST_PROJECT_BYTES
from projects.shapes.assets import asset_shape, with_cards

logger = logging.getLogger(__name__)

MOST_BYTES = 512 * 2**20
KEPT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class Announced:
    """What is said of a file before it comes."""

    size: int
    filename: str = ""
    kind: UploadKind = UploadKind.MEDIA
    # In hexadecimal digits; empty: it is not said.
    sha256: str = ""
    # Where it goes to, and the image node that waits for it.
    project_id: UUID | None = None
    node_id: UUID | None = None


def begin_upload(user: User, said: Announced) -> Upload:
    """Announce a file.

    Raises:
        Invalid: If it is empty or too large.
        QuotaSpent: If the person's storage has no room for it and what else of theirs is on its way.
        Unavailable: If the disk is nearly full.
    """
    most = MOST_PROJECT_BYTES if said.kind == UploadKind.PROJECT else MOST_BYTES
    if not 0 < said.size <= most:
        raise Invalid(
            f"a file has 1 to {most} bytes, got {said.size}",
            code="upload_too_big",
            params={"size": f"{said.size // 2**20} MB", "limit": f"{most // 2**20} MB"},
        )
    require_disk()
    # A project's file goes nowhere: it becomes a project of its own.
    project_id = said.project_id if said.kind == UploadKind.MEDIA else None
    node_id = said.node_id if project_id else None
    if project_id is not None:
        project_for(user, project_id, Role.EDITOR)
        if node_id is not None and not Node.objects.filter(pk=node_id, project_id=project_id).exists():
            node_id = None
    with transaction.atomic():
        # Of several announcements at once each sees those before it.
        User.objects.select_for_update().get(pk=user.pk)
        if stored_bytes(user) + coming_bytes(user) + said.size > settings.STORAGE_BYTES_PER_PERSON:
            raise QuotaSpent("there is no room left in your storage", code="storage")
        upload = Upload.objects.create(
            owner=user,
            project_id=project_id,
            node_id=node_id,
            kind=said.kind,
            sha256=said.sha256,
            filename=said.filename[:255],
            size=said.size,
            expires_at=timezone.now() + KEPT,
        )
        note_made(upload.pk)
    return upload


def upload_of(user: User, upload_id: UUID) -> Upload:
    """An upload of this person.

    Raises:
        NotFound: If there is none.
    """
    found = Upload.objects.filter(pk=upload_id, owner=user).first()
    if found is None:
        raise NotFound("there is no such upload of yours", code="upload_gone")
    return found


def continue_upload(user: User, upload_id: UUID, data: bytes, *, offset: int) -> Upload:
    """Take the next part in.

    Raises:
        Conflict: If it does not begin where the last one ended, or another part is being written.
        Invalid: If it was the last, and the whole is not the file that was announced; the upload has failed then.
        Unavailable: If the disk is full, or nearly so; it can be continued later.
    """
    require_room_to_go_on()
    upload = upload_of(user, upload_id)
    with sole_writer(upload.pk):
        # Read again: the offset may have moved since we looked.
        upload = _append(upload_of(user, upload_id), data, offset=offset)
        if upload.status == UploadStatus.PROCESSING:
            try:
                _compare(upload)
            except Invalid as error:
                _fail(upload, error)
                raise
    return upload


def _compare(upload: Upload) -> None:
    """Hash what came, and refuse what is not what was announced."""
    found = sha256_of_file(part_path(upload.pk))
    if upload.sha256 and upload.sha256 != found:
        raise Invalid("this is not the file that was announced; send it again", code="upload_changed")
    upload.sha256 = found
    Upload.objects.filter(pk=upload.pk).update(sha256=found)


def _append(upload: Upload, data: bytes, *, offset: int) -> Upload:
    if upload.status != UploadStatus.RECEIVING:
        raise Conflict("this upload is whole already", code="upload_offset")
    if offset != upload.offset or offset + len(data) > upload.size:
        raise Conflict(
            f"the next part begins at {upload.offset}", code="upload_offset", params={"offset": upload.offset}
        )
    after = append_part(upload.pk, data, offset=offset)
    status = UploadStatus.PROCESSING if after == upload.size else UploadStatus.RECEIVING
    # Only the sole writer comes here; the guard holds even so, should the row change by another hand.
    if not Upload.objects.filter(pk=upload.pk, offset=offset).update(offset=after, status=status):
        raise Conflict("this part arrived already", code="upload_offset")
    upload.refresh_from_db()
    return upload


def forget_upload(user: User, upload_id: UUID) -> None:
    """Give an upload up."""
    upload = upload_of(user, upload_id)
    forget_parts(upload.pk)
    Upload.objects.filter(pk=upload.pk).delete()


def process_upload(upload_id: UUID | str, *, seconds: float = SLICE_SECONDS) -> bool:
    """Take a whole upload in; safe to repeat, and by many at once.

    Args:
        upload_id: Which.
        seconds: How long, roughly, before others shall get their turn.

    Returns:
        Whether that is over; if not, do it again.
    """
    upload = Upload.objects.filter(pk=upload_id, status=UploadStatus.PROCESSING).select_related("owner").first()
    if upload is None:
        return True
    try:
        # Two at once would look at the same files; the second one has nothing to do.
        with sole_writer(upload.pk):
            is_project = upload.kind == UploadKind.PROJECT
            is_over = _take_project_in(upload, seconds) if is_project else _take_media_in(upload)
    except Conflict:
        return True
    except ProjectError as error:
        _fail(upload, error)
        return True
    except (GenerationError, OSError) as error:
        logger.warning("upload %s cannot be stored: %s", upload.pk, error)
        _fail(upload, Unavailable("it cannot be stored", code="storage_failed"))
        return True
    if is_over:
        forget_parts(upload.pk)
    return is_over


def _take_media_in(upload: Upload) -> bool:
    # Whoever took the last part in may have died before it could compare.
    _compare(upload)
    known = _known(upload)
    if known is not None:
        with transaction.atomic():
            _finish(upload, known)
        return True
    clean = take_in(part_path(upload.pk))
    made = _store(clean)
    with transaction.atomic():
        # The same file may be coming a second time just now: whoever is second finds the card of the first.
        User.objects.select_for_update().get(pk=upload.owner_id)
        _finish(upload, _keep(upload, clean, made))
    return True


def _known(upload: Upload) -> Asset | None:
    """What the very same file became when this person brought it before."""
    if not upload.sha256:
        return None
    before = Upload.objects.filter(
        owner=upload.owner, sha256=upload.sha256, kind=UploadKind.MEDIA, status=UploadStatus.READY
    ).filter(asset__deleted_at=None, asset__owner=upload.owner, asset__isnull=False)
    found = before.select_related("asset__blob").order_by("-created_at").first()
    is_there = found is not None and found.asset is not None and artifacts().exists(found.asset.blob.key)
    return found.asset if found is not None and is_there else None


def _take_project_in(upload: Upload, seconds: float) -> bool:
    if not notes_path(upload.pk).exists():
        _compare(upload)
    prepared = prepare_project(upload, seconds=seconds)
    if prepared is None:
        return False
    with transaction.atomic():
        if Upload.objects.filter(pk=upload.pk, status=UploadStatus.PROCESSING).update(status=UploadStatus.READY):
            project = write_project(upload.owner, *prepared)
            Upload.objects.filter(pk=upload.pk).update(project=project)
    return True


def sweep_uploads() -> list[str]:
    """Forget uploads that nobody finished; ids of whole ones that wait to be taken in."""
    for upload in Upload.objects.filter(status=UploadStatus.RECEIVING, expires_at__lt=timezone.now()):
        forget_parts(upload.pk)
        Upload.objects.filter(pk=upload.pk).delete()
    waiting = Upload.objects.filter(status=UploadStatus.PROCESSING).values_list("pk", flat=True)
    return [str(pk) for pk in waiting]


class _Made:
    """What was stored of a clean file."""

    def __init__(self, key: str, sha256: str, renditions: list[MadeRendition]) -> None:
        self.key = key
        self.sha256 = sha256
        self.renditions = renditions


def _store(clean: Clean) -> _Made:
    store = artifacts()
    digest = sha256_of_bytes(clean.data)
    key = blob_key(digest)
    if not store.exists(key):
        store.put(key, clean.data)
    folder = f"pictures/{digest[:2]}/{digest}"
    if clean.kind == AssetKind.IMAGE:
        return _Made(key, digest, store_posters(store, load_image(clean.data), folder=folder))
    return _Made(key, digest, store_clip_pictures(store, clean.data, frames=clean.frames, folder=folder))


def _keep(upload: Upload, clean: Clean, made: _Made) -> Asset:
    blob = keep_blob(made.sha256, made.key, clean.mime_type, len(clean.data))
    known = Asset.objects.filter(owner=upload.owner, blob=blob, deleted_at=None).first()
    asset = known or Asset.objects.create(
        owner=upload.owner,
        project_id=upload.project_id,
        kind=clean.kind,
        blob=blob,
        title=_title(upload.filename),
        width=clean.width,
        height=clean.height,
        frames=clean.frames if clean.kind == AssetKind.CLIP else 0,
        duration_ms=clean.duration_ms,
        search_text="\n".join([_title(upload.filename), _prompt_of(clean.recipe)]),
    )
    keep_renditions(asset.pk, made.renditions)
    return asset


def _finish(upload: Upload, asset: Asset) -> None:
    Upload.objects.filter(pk=upload.pk).update(status=UploadStatus.READY, asset=asset)
    if upload.node_id and upload.project_id:
        Node.objects.filter(pk=upload.node_id, project_id=upload.project_id).update(asset=asset)
    _tell(upload, asset)


def _title(filename: str) -> str:
    name = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "".join(sign for sign in name if sign.isprintable())[:200]


def _prompt_of(recipe: str) -> str:
    try:
        return str(json.loads(recipe).get("prompt", "")) if recipe else ""
    except (ValueError, AttributeError):
        return ""


def _fail(upload: Upload, error: ProjectError) -> None:
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(
            status=UploadStatus.FAILED, error_code=error.code, error_params=error.params
        )
        if upload.project_id:
            events.record(
                upload.project_id,
                "upload.failed",
                entity_id=upload.pk,
                data={
                    "upload_id": str(upload.pk),
                    "node_id": str(upload.node_id) if upload.node_id else None,
                    "error": {"code": error.code, "params": error.params, "support_id": str(upload.pk)[-8:]},
                },
            )
    forget_parts(upload.pk)


def _tell(upload: Upload, asset: Asset) -> None:
    if not upload.project_id:
        return
    data: dict[str, Any] = {
        "upload_id": str(upload.pk),
        "node_id": str(upload.node_id) if upload.node_id else None,
        "asset": asset_shape(with_cards().get(pk=asset.pk)),
    }
    events.record(upload.project_id, "asset.ready", entity_id=asset.pk, entity_version=asset.version, data=data)
