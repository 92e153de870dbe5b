"""An export from the wish to the file, whatever is made: leased, kept alive, ended, and told of."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from generation.artifacts import sha256_of_bytes
from projects import events
from projects.actions.clock import database_now
from projects.artifact_store import artifacts
from projects.media.take_movie import blob_key
from projects.models import Export
from projects.models.film import FILES_KEPT, ExportStatus
from projects.shapes.exports import export_shape

LEASE = timedelta(seconds=30)
MOST_DEATHS = 3
MOVING = (ExportStatus.QUEUED, ExportStatus.RUNNING)


def lease_exports() -> list[str]:
    """Exports that nobody renders now; each is leased to whoever gets its id and begins first.

    One that waited behind others until its lease ran out is handed out again, and nobody died of it.
    """
    now = database_now()
    idle = Q(lease_until=None) | Q(lease_until__lt=now)
    found = []
    for export in Export.objects.filter(idle, status__in=MOVING)[:4]:
        died = export.begun
        if export.deaths + died >= MOST_DEATHS:
            end_export(export, ExportStatus.FAILED, error_code="worker_failed")
            continue
        taken = Export.objects.filter(pk=export.pk, token=export.token).update(
            token=F("token") + 1,
            lease_until=now + LEASE,
            status=ExportStatus.RUNNING,
            begun=False,
            deaths=export.deaths + died,
        )
        if taken:
            found.append(str(export.pk))
    return found


def begin_export(export_id: UUID | str) -> bool:
    """Be the one who renders an export that was handed out; False if another has begun, or it is over."""
    waiting = Export.objects.filter(pk=export_id, status=ExportStatus.RUNNING, begun=False)
    return bool(waiting.update(begun=True, lease_until=database_now() + LEASE))


def is_ours(export: Export, token: int) -> bool:
    """Whether an export was neither stopped nor given to somebody else."""
    return Export.objects.filter(pk=export.pk, token=token, status=ExportStatus.RUNNING).exists()


def tell_progress(export: Export, token: int, share: float) -> None:
    """Say how far it is, in [0, 1], and keep its lease."""
    Export.objects.filter(pk=export.pk, token=token, status=ExportStatus.RUNNING).update(
        progress=share, lease_until=database_now() + LEASE
    )
    if export.project_key is not None:
        events.tell(export.project_key, "export.progress", entity_id=export.pk, data={"progress": round(share, 3)})


def end_export(export: Export, status: ExportStatus, **values: Any) -> None:  # noqa: ANN401 - fields of the table
    """End an export that has not ended, with the other fields that change."""
    with transaction.atomic():
        Export.objects.filter(pk=export.pk, status__in=MOVING).update(
            status=status, finished_at=timezone.now(), lease_until=None, **values
        )
        export.refresh_from_db()
        tell_export(export, "export.finished")


def tell_export(export: Export, event_type: str) -> None:
    """Write an event of an export; call it in the transaction of what it tells of."""
    if export.project_key is None:
        return
    events.record(
        export.project_key,
        event_type,
        entity_id=export.pk,
        data={"export": export_shape(export), "progress": export.progress},
    )


def keep_sidecar(data: bytes, mime_type: str) -> dict[str, str]:
    """Store a small file that belongs to an export; what its row says of it."""
    digest = sha256_of_bytes(data)
    # Written again even if it is there: its row comes when the film is done, and an old file might be collected.
    artifacts().put(blob_key(digest), data)
    return {"key": blob_key(digest), "mime_type": mime_type, "sha256": digest}


def forget_project_files() -> int:
    """Give up files of projects and of people's own data that were made long ago; how many."""
    old = Export.objects.filter(film=None, finished_at__lt=database_now() - FILES_KEPT)
    forgotten, _ = old.delete()
    return forgotten
