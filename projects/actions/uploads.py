"""Uploads: begun, continued, taken in, forgotten."""

import json
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generation.artifacts import sha256_of_bytes
from generation.errors import GenerationError
from generation.media.images import load_image
from projects import events
from projects.actions.disk_space import require_disk
from projects.actions.take_files import keep_blob, keep_renditions
from projects.actions.usage import stored_bytes
from projects.artifact_store import artifacts
from projects.errors import Conflict, Invalid, NotFound, ProjectError, QuotaSpent
from projects.media.intake import Clean, take_in
from projects.media.parts import append_part, forget_parts, part_path, sole_writer
from projects.media.renditions import MadeRendition, store_clip_pictures, store_posters
from projects.media.take_movie import blob_key
from projects.models import Asset, Node, Upload, User
from projects.models.asset import AssetKind, UploadStatus
from projects.models.project import Role
from projects.permissions import project_for
from projects.shapes.assets import asset_shape, with_cards

logger = logging.getLogger(__name__)

MOST_BYTES = 512 * 2**20
KEPT = timedelta(hours=24)


def begin_upload(user: User, *, size: int, filename: str, project_id: UUID | None, node_id: UUID | None) -> Upload:
    """Announce a file.

    Raises:
        Invalid: If it is empty or too large.
        QuotaSpent: If the person's storage has no room for it.
        Unavailable: If the disk is nearly full.
    """
    if not 0 < size <= MOST_BYTES:
        limit = f"{MOST_BYTES // 2**20} MB"
        raise Invalid(
            f"a file has 1 to {MOST_BYTES} bytes, got {size}",
            code="upload_too_big",
            params={"size": f"{size // 2**20} MB", "limit": limit},
        )
    require_disk()
    if stored_bytes(user) + size > settings.STORAGE_BYTES_PER_PERSON:
        raise QuotaSpent("there is no room left in your storage", code="storage")
    if project_id is not None:
        project_for(user, project_id, Role.EDITOR)
        if node_id is not None and not Node.objects.filter(pk=node_id, project_id=project_id).exists():
            node_id = None
    return Upload.objects.create(
        owner=user,
        project_id=project_id,
        node_id=node_id if project_id else None,
        filename=filename[:255],
        size=size,
        expires_at=timezone.now() + KEPT,
    )


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
    """
    upload = upload_of(user, upload_id)
    with sole_writer(upload.pk):
        # Read again: the offset may have moved since we looked.
        return _append(upload_of(user, upload_id), data, offset=offset)


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


def process_upload(upload_id: UUID | str) -> None:
    """Take a whole upload into the library; safe to repeat."""
    upload = Upload.objects.filter(pk=upload_id, status=UploadStatus.PROCESSING).select_related("owner").first()
    if upload is None:
        return
    try:
        clean = take_in(part_path(upload.pk))
        made = _store(clean)
    except ProjectError as error:
        _fail(upload, error.code)
        return
    except (GenerationError, OSError) as error:
        logger.warning("upload %s cannot be stored: %s", upload.pk, error)
        _fail(upload, "storage_failed")
        return
    with transaction.atomic():
        asset = _keep(upload, clean, made)
        _tell(upload, asset)
    forget_parts(upload.pk)


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
    Upload.objects.filter(pk=upload.pk).update(status=UploadStatus.READY, asset=asset)
    if upload.node_id and upload.project_id:
        Node.objects.filter(pk=upload.node_id, project_id=upload.project_id).update(asset=asset)
    return asset


def _title(filename: str) -> str:
    name = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "".join(sign for sign in name if sign.isprintable())[:200]


def _prompt_of(recipe: str) -> str:
    try:
        return str(json.loads(recipe).get("prompt", "")) if recipe else ""
    except (ValueError, AttributeError):
        return ""


def _fail(upload: Upload, code: str) -> None:
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(status=UploadStatus.FAILED, error_code=code)
        if upload.project_id:
            events.record(
                upload.project_id,
                "upload.failed",
                entity_id=upload.pk,
                data={
                    "upload_id": str(upload.pk),
                    "node_id": str(upload.node_id) if upload.node_id else None,
                    "error": {"code": code, "params": {}, "support_id": str(upload.pk)[-8:]},
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
