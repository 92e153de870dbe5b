"""Exports of films: asked for, rendered under a lease, stopped, finished."""

import logging
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import GenerationError
from projects.actions import own_data
from projects.actions.disk_space import require_disk
from projects.actions.downloads import identity, ingredient_of
from projects.actions.export_life import begin_export, end_export, is_ours, keep_sidecar, tell_export, tell_progress
from projects.actions.film_changes import film_for
from projects.actions.idempotency import note_made
from projects.actions.project_export import write_project_file
from projects.actions.take_files import keep_blob, keep_renditions
from projects.artifact_store import artifacts
from projects.errors import Invalid, NotFound, ProjectError
from projects.media import sidecars
from projects.media.credentials import Origin, Statement, seal, sealed
from projects.media.film_render import FilmOrder, Source, render_film
from projects.media.frames import frame_of
from projects.media.provenance import provenance_tags
from projects.media.renditions import store_clip_pictures
from projects.media.sheet_pdf import contact_sheet_pdf
from projects.media.take_movie import StoredMovie
from projects.models import Asset, Chunk, Export, Film, FilmItem, User
from projects.models.asset import AssetKind
from projects.models.film import ExportStatus
from projects.models.project import Role
from projects.permissions import project_for
from projects.rules.film_plan import Clip, plan_film
from projects.shapes.documents import film_shape

logger = logging.getLogger(__name__)

# The longer side of the picture; 0 keeps the clips' own size.
PRESETS = {
    "web_1080p": 1920, "small_720p": 1280, "master": 0, "contact_sheet": 0, "contact_sheet_pdf": 0, "archive": 0,
}  # fmt: skip
_SHEETS = ("contact_sheet", "contact_sheet_pdf")
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
        tell_export(export, "export.progress")
    return export


def export_of(user: User, export_id: UUID) -> Export:
    """An export of a project that this person may see, or of their own data.

    Raises:
        NotFound: If there is none for them.
    """
    export = Export.objects.select_related("film", "project").filter(pk=export_id).first()
    if export is None:
        raise NotFound("there is no such export for you")
    if export.project_key is None:
        # Somebody's own data is theirs alone.
        if export.requested_by_id != user.pk:
            raise NotFound("there is no such export for you")
        return export
    # What is in a project's file carries neither label nor signature, so it is for who works on it.
    least = Role.VIEWER if export.film is not None else Role.EDITOR
    project_for(user, export.project_key, least)
    return export


def cancel_export(user: User, export_id: UUID) -> Export:
    """Stop an export; one that has ended stays as it is."""
    export = export_of(user, export_id)
    with transaction.atomic():
        Export.objects.filter(pk=export.pk, status__in=(ExportStatus.QUEUED, ExportStatus.RUNNING)).update(
            status=ExportStatus.CANCELLED, finished_at=timezone.now(), lease_until=None
        )
        export.refresh_from_db()
        tell_export(export, "export.finished")
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


def render_export(export_id: UUID | str) -> None:
    """Make an export's files; one that was stopped or is somebody else's is left alone."""
    if not begin_export(export_id):
        return
    export = Export.objects.select_related("film__project", "project", "requested_by").get(pk=export_id)
    token = export.token
    try:
        if export.preset == own_data.PRESET:
            own_data.write_own_data(export, token)
        elif export.film_id is None:
            write_project_file(export, token)
        else:
            _render(export, film_for(export.requested_by, export.film_id, Role.VIEWER), token)
    except GenerationError as error:
        logger.warning("export %s failed: %s", export.pk, error)
        code = "export_disk" if error.code == "storage_failed" else error.code
        end_export(export, ExportStatus.FAILED, error_code=code)
    except ProjectError as error:
        end_export(export, ExportStatus.FAILED, error_code=error.code, error_params=error.params)


def _render(export: Export, film: Film, token: int) -> None:
    clips, store = clips_of(film), artifacts()
    width, height = size_of(clips, export.preset)
    said = _statement(export, film)
    made = _sidecars(export, film, replace(said, labelled=False))
    if export.preset in _SHEETS:
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
    movie = render_film(
        store,
        order,
        on_progress=lambda share: tell_progress(export, token, share),
        should_stop=lambda: not is_ours(export, token),
    )
    if movie is not None:
        _finish(export, _keep_movie(export, film, movie, (width, height)), made)


def _sidecars(export: Export, film: Film, said: Statement) -> dict[str, dict[str, str]]:
    """The files beside the movie, or instead of it."""
    made: dict[str, dict[str, str]] = {}
    wanted = export.preset
    shown = _shown(film, with_pictures=wanted in (*_SHEETS, "archive"))
    tags = provenance_tags(content_id=str(export.pk))
    if export.options.get("srt") or wanted == "archive":
        made["prompts.srt"] = keep_sidecar(sidecars.subtitles(shown), "application/x-subrip")
    if export.options.get("project_json") or wanted == "archive":
        made["project.json"] = keep_sidecar(sidecars.project_json({"film": film_shape(film)}), "application/json")
    if wanted in ("contact_sheet", "archive"):
        sheet = sidecars.contact_sheet(film.title, shown, tags=tags)
        made["contact_sheet.png"] = _keep_sealed(sheet, "image/png", said)
    if wanted == "contact_sheet_pdf":
        document = contact_sheet_pdf(film.title, shown, tags=tags, made_at=export.created_at)
        made["contact_sheet.pdf"] = _keep_sealed(document, "application/pdf", said)
    return made


def _keep_sealed(data: bytes, mime_type: str, said: Statement) -> dict[str, str]:
    return keep_sidecar(sealed(data, mime_type=mime_type, statement=said, identity=identity()), mime_type)


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
    end_export(export, ExportStatus.SUCCEEDED, asset=asset, sidecars=made, progress=1.0)
