"""Exports of films: asked for, rendered under a lease, stopped, finished."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from generation.artifacts import sha256_of_bytes
from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import GenerationError
from projects import events
from projects.actions.clock import database_now
from projects.actions.disk_space import require_disk
from projects.actions.downloads import identity, ingredient_of
from projects.actions.film_changes import film_for
from projects.actions.idempotency import note_made
from projects.actions.take_files import keep_blob, keep_renditions
from projects.artifact_store import artifacts
from projects.errors import Invalid, NotFound
from projects.media import sidecars
from projects.media.credentials import Origin, Statement, seal, sealed
from projects.media.film_render import FilmOrder, Source, render_film
from projects.media.frames import frame_of
from projects.media.provenance import provenance_tags
from projects.media.renditions import store_clip_pictures
from projects.media.take_movie import StoredMovie, blob_key
from projects.models import Asset, Chunk, Export, Film, FilmItem, User
from projects.models.asset import AssetKind
from projects.models.film import ExportStatus
from projects.models.project import Role
from projects.permissions import project_for
from projects.rules.film_plan import Clip, plan_film
from projects.shapes.documents import film_shape
from projects.shapes.exports import export_shape

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MOST_DEATHS = 3
# The longer side of the picture; 0 keeps the clips' own size.
PRESETS = {"web_1080p": 1920, "small_720p": 1280, "master": 0, "contact_sheet": 0, "archive": 0}
_BYTES_PER_PIXEL_SECOND = 1.6
# Larger films are not decoded whole for a sheet of frames.
_SECONDS_PER_MEGAPIXEL_SECOND = 0.6


def request_export(user: User, film_id: UUID, *, preset: str, options: dict[str, Any]) -> Export:
    """Ask for a film's file.

    Raises:
        Invalid: If the film has no clip that could be shown.
        Unavailable: If the disk is nearly full.
    """
    film = film_for(user, film_id, Role.VIEWER)
    if not clips_of(film):
        raise Invalid("the film has no finished clip", code="film_empty")
    require_disk()
    with transaction.atomic():
        export = Export.objects.create(
            film=film,
            requested_by=user,
            preset=preset,
            options={**options, "items": film_shape(film)["items"]},
        )
        note_made(export.pk)
        _tell(export, "export.progress")
    return export


def export_of(user: User, export_id: UUID) -> Export:
    """An export of a project that this person may see.

    Raises:
        NotFound: If there is none for them.
    """
    export = Export.objects.select_related("film").filter(pk=export_id).first()
    if export is None:
        raise NotFound("there is no such export for you")
    project_for(user, export.film.project_id, Role.VIEWER)
    return export


def cancel_export(user: User, export_id: UUID) -> Export:
    """Stop an export; one that has ended stays as it is."""
    export = export_of(user, export_id)
    with transaction.atomic():
        Export.objects.filter(pk=export.pk, status__in=(ExportStatus.QUEUED, ExportStatus.RUNNING)).update(
            status=ExportStatus.CANCELLED, finished_at=timezone.now(), lease_until=None
        )
        export.refresh_from_db()
        _tell(export, "export.finished")
    return export


def estimate(user: User, film_id: UUID, preset: str) -> dict[str, Any]:
    """How large the file will be and how long it takes, roughly."""
    clips = clips_of(film_for(user, film_id, Role.VIEWER))
    width, height = size_of(clips, preset)
    pieces = plan_film(clips, width=width, height=height)
    frames = sum(piece.frames for piece in pieces)
    encoded = sum(piece.frames for piece in pieces if piece.second < 0)
    pixels = width * height
    return {
        "frames": frames,
        "bytes": round(frames / FRAMES_PER_SECOND * pixels * _BYTES_PER_PIXEL_SECOND),
        "seconds": round(1 + encoded / FRAMES_PER_SECOND * pixels / 1e6 * _SECONDS_PER_MEGAPIXEL_SECOND, 1),
    }


def clips_of(film: Film) -> list[Clip]:
    """The film's clips that have pictures, trimmed to what they have."""
    clips = []
    for item in film.items.all():
        source = item.take.asset if item.take else item.asset
        if source is None or not source.frames:
            continue
        stop = source.frames if item.stop_frame is None else min(item.stop_frame, source.frames)
        if item.start_frame < stop:
            clips.append(
                Clip(
                    source=str(item.pk), width=source.width, height=source.height, frames=source.frames,
                    start=item.start_frame, stop=stop, dissolve=item.transition_frames,
                )
            )  # fmt: skip
    return clips


def size_of(clips: list[Clip], preset: str) -> tuple[int, int]:
    """The film's size: the first clip's shape, as large as the preset says."""
    width, height = (clips[0].width, clips[0].height) if clips else (16, 9)
    longest = PRESETS.get(preset, 0)
    scale = longest / max(width, height) if longest else 1.0
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def lease_exports() -> list[str]:
    """Exports that nobody renders now; each is leased to whoever gets its id."""
    now = database_now()
    idle = Q(lease_until=None) | Q(lease_until__lt=now)
    found = []
    for export in Export.objects.filter(idle, status__in=(ExportStatus.QUEUED, ExportStatus.RUNNING))[:4]:
        died = export.lease_until is not None
        if export.deaths + died >= MOST_DEATHS:
            _end(export, ExportStatus.FAILED, error_code="worker_failed")
            continue
        taken = Export.objects.filter(pk=export.pk, token=export.token).update(
            token=F("token") + 1,
            lease_until=now + LEASE,
            status=ExportStatus.RUNNING,
            deaths=export.deaths + died,
        )
        if taken:
            found.append(str(export.pk))
    return found


def render_export(export_id: UUID | str) -> None:
    """Make an export's files; one that was stopped or is somebody else's is left alone."""
    export = Export.objects.select_related("film__project", "requested_by").filter(pk=export_id).first()
    if export is None or export.status != ExportStatus.RUNNING:
        return
    token = export.token
    film = Film.objects.filter(pk=export.film_id).first()
    if film is None:
        return
    try:
        _render(export, film_for(export.requested_by, film.pk, Role.VIEWER), token)
    except GenerationError as error:
        logger.warning("export %s failed: %s", export.pk, error)
        code = "export_disk" if error.code == "storage_failed" else error.code
        _end(export, ExportStatus.FAILED, error_code=code)


def _render(export: Export, film: Film, token: int) -> None:
    clips, store = clips_of(film), artifacts()
    width, height = size_of(clips, export.preset)
    made: dict[str, dict[str, str]] = {}
    said = _statement(export, film)
    shown = _shown(film, with_pictures=export.preset in ("contact_sheet", "archive"))
    if export.options.get("srt") or export.preset == "archive":
        made["prompts.srt"] = _store(sidecars.subtitles(shown), "application/x-subrip")
    if export.options.get("project_json") or export.preset == "archive":
        made["project.json"] = _store(sidecars.project_json({"film": film_shape(film)}), "application/json")
    if export.preset in ("contact_sheet", "archive"):
        tags = provenance_tags(content_id=str(export.pk))
        sheet = sidecars.contact_sheet(film.title, shown, tags=tags)
        made["contact_sheet.png"] = _store(
            sealed(sheet, mime_type="image/png", statement=replace(said, labelled=False), identity=identity()),
            "image/png",
        )

    def on_progress(share: float) -> None:
        Export.objects.filter(pk=export.pk, token=token, status=ExportStatus.RUNNING).update(
            progress=share, lease_until=database_now() + LEASE
        )
        events.tell(film.project_id, "export.progress", entity_id=export.pk, data={"progress": round(share, 3)})

    def should_stop() -> bool:
        return not Export.objects.filter(pk=export.pk, token=token, status=ExportStatus.RUNNING).exists()

    if export.preset == "contact_sheet":
        _finish(export, None, made)
        return
    order = FilmOrder(
        pieces=tuple(plan_film(clips, width=width, height=height)),
        sources={str(item.pk): _source(item) for item in film.items.all() if item.take or item.asset},
        width=width,
        height=height,
        tags={"title": film.title, **provenance_tags(content_id=str(export.pk))},
        labelled=settings.VISIBLE_LABEL,
        seal=lambda source, target: seal(source, target, mime_type="video/mp4", statement=said, identity=identity()),
    )
    movie = render_film(store, order, on_progress=on_progress, should_stop=should_stop)
    if movie is not None:
        _finish(export, _keep_movie(export, film, movie, (width, height)), made)


def _statement(export: Export, film: Film) -> Statement:
    """What is said of the film and its sheet: everything that is in it, once."""
    used = {asset.pk: asset for item in film.items.all() if (asset := item.take.asset if item.take else item.asset)}
    return Statement(
        content_id=f"urn:uuid:{export.pk}",
        title=film.title,
        origin=Origin.JOINED,
        ingredients=tuple(ingredient_of(asset) for asset in used.values()),
        labelled=settings.VISIBLE_LABEL,
    )


def _source(item: FilmItem) -> Source:
    if item.take is not None:
        chunks = list(Chunk.objects.filter(take=item.take).exclude(fragment_key="").order_by("index"))
        if chunks:
            return Source(init_key=chunks[0].init_key, fragment_keys=tuple(chunk.fragment_key for chunk in chunks))
    asset = item.take.asset if item.take else item.asset
    return Source(init_key=asset.blob.key if asset else "")


def _shown(film: Film, *, with_pictures: bool) -> list[sidecars.Shown]:
    found, at = [], 0.0
    for item in film.items.all():
        asset = item.take.asset if item.take else item.asset
        if asset is None or not asset.frames:
            continue
        stop = asset.frames if item.stop_frame is None else min(item.stop_frame, asset.frames)
        seconds = max(0, stop - item.start_frame) / FRAMES_PER_SECOND
        picture = frame_of(artifacts().get(asset.blob.key), item.start_frame) if with_pictures else None
        found.append(
            sidecars.Shown(
                title=asset.title, words=item.take.prompt if item.take else "", start=at, stop=at + seconds,
                picture=picture,
            )
        )  # fmt: skip
        at += seconds
    return found


def _store(data: bytes, mime_type: str) -> dict[str, str]:
    digest = sha256_of_bytes(data)
    # Written again even if it is there: its row comes when the film is done, and an old file might be collected.
    artifacts().put(blob_key(digest), data)
    return {"key": blob_key(digest), "mime_type": mime_type, "sha256": digest}


def _keep_movie(export: Export, film: Film, movie: StoredMovie, size: tuple[int, int]) -> Asset:
    store = artifacts()
    data = store.get(movie.key)
    folder = f"pictures/{movie.sha256[:2]}/{movie.sha256}"
    renditions = store_clip_pictures(store, data, frames=movie.facts.frames, folder=folder)
    with transaction.atomic():
        asset = Asset.objects.create(
            owner=export.requested_by,
            project=film.project,
            kind=AssetKind.FILM,
            blob=keep_blob(movie.sha256, movie.key, "video/mp4", movie.size),
            title=film.title,
            width=size[0],
            height=size[1],
            frames=movie.facts.frames,
            duration_ms=round(movie.facts.seconds * 1000),
            search_text=film.title,
        )
        keep_renditions(asset.pk, renditions)
    return asset


def _finish(export: Export, asset: Asset | None, made: dict[str, dict[str, str]]) -> None:
    _end(export, ExportStatus.SUCCEEDED, asset=asset, sidecars=made, progress=1.0)


def _end(export: Export, status: ExportStatus, **values: Any) -> None:  # noqa: ANN401 - fields of the table
    with transaction.atomic():
        Export.objects.filter(pk=export.pk, status__in=(ExportStatus.QUEUED, ExportStatus.RUNNING)).update(
            status=status, finished_at=timezone.now(), lease_until=None, **values
        )
        export.refresh_from_db()
        _tell(export, "export.finished")


def _tell(export: Export, event_type: str) -> None:
    events.record(
        export.film.project_id,
        event_type,
        entity_id=export.pk,
        data={"export": export_shape(export), "progress": export.progress},
    )
