"""A take as clients see it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Prefetch, Q, QuerySet, UUIDField

from generation.contract.requests import FRAMES_PER_SECOND
from projects.models import Asset, Chunk, Take
from projects.models.prepared import Prepared
from projects.models.take import TakeStatus

API = "/api/v1"
POSTER_WIDTHS = (160, 320, 640)
MOVING = (TakeStatus.QUEUED, TakeStatus.RUNNING)
# Columns that :func:`take_shape` reads.
SHOWN_COLUMNS = (
    "shot_id", "project_id", "ordinal", "version", "status", "phase", "prompt", "enhanced_prompt", "duration_s", "seed",
    "parent_take_id", "parent_frames", "redo_of_id", "shared_seconds", "truncated", "paused", "recovered", "error_code",
    "error_params", "cancel_requested_at", "keep_ready", "starred", "rejected", "tags", "width", "height", "settings",
    "created_at", "started_at", "finished_at", "poster_frame", "asset__width", "asset__height", "asset__frames",
    "asset__poster_frame",
)  # fmt: skip
_CHUNKS = Prepared(
    lambda takes: (
        Chunk.objects.filter(take__id__in=takes)
        .only("take_id", "index", "fragment_key", "mime_type")
        .order_by("take_id", "index")
    ),
    lists=["takes"],
    takes=UUIDField(),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePlace:
    """Where a take is in line, in seconds."""

    position: int
    starts_in_s: float
    eta_s: float

    def to_json(self) -> dict[str, Any]:
        """As clients see it; the range widens with the distance."""
        spread = max(1.0, 0.15 * self.eta_s)
        return {
            "position": self.position,
            "ahead_s": round(self.starts_in_s, 1),
            "starts_in_s": round(self.starts_in_s, 1),
            "eta_s": round(self.eta_s, 1),
            "eta_range_s": [round(max(0.0, self.eta_s - spread), 1), round(self.eta_s + spread, 1)],
        }


def with_chunks() -> "QuerySet[Take]":
    """Takes with all that their shape needs, in a fixed number of queries."""
    # No seconds of finished ones, whose file has them all.
    chunks = Chunk.objects.filter(take__asset=None).only("take_id", "index", "fragment_key", "mime_type")
    return plain_takes().prefetch_related(Prefetch("chunks", queryset=chunks.order_by("index")))


def plain_takes() -> "QuerySet[Take]":
    """Takes as their shape wants them, but for their seconds; what no client sees is left in the table."""
    return (
        Take.objects.select_related("asset")
        .only(*SHOWN_COLUMNS)
        .annotate(
            sheet=FilteredRelation("asset__renditions", condition=Q(asset__renditions__name="sprite")),
            sprite_width=F("sheet__width"),
        )
    )


def attach_chunks(takes: Sequence[Take]) -> None:
    """Read the seconds of takes that have no file; finished ones have none to ask for.

    Args:
        takes: As :func:`plain_takes` reads them.
    """
    moving = [take.pk for take in takes if take.asset_id is None]
    chunks: dict[UUID, list[Chunk]] = defaultdict(list)
    for chunk in _CHUNKS(takes=moving) if moving else ():
        chunks[chunk.take_id].append(chunk)
    for take in takes:
        # So that nobody asks the database for them.
        take._prefetched_objects_cache = {"chunks": chunks[take.pk]}  # type: ignore[attr-defined]  # noqa: SLF001


def take_shape(take: Take, place: QueuePlace | None = None) -> dict[str, Any]:
    """A take; read it through :func:`with_chunks`. One with a file is made of nothing but its row."""
    chunks = [] if take.asset_id else list(take.chunks.all())
    ready = take.duration_s if take.asset_id else _ready(chunks)
    moving = take.status in MOVING
    base = f"{API}/takes/{take.pk}"
    return {
        "id": str(take.pk),
        "shot_id": _text(take.shot_id),
        "project_id": str(take.project_id),
        "ordinal": take.ordinal,
        "version": take.version,
        "status": take.status,
        "phase": take.phase,
        "prompt": take.prompt,
        "enhanced_prompt": take.enhanced_prompt,
        "duration_s": take.duration_s,
        "seed": take.seed,
        "parent_take_id": _text(take.parent_take_id),
        "parent_frames": take.parent_frames,
        "redo_of_id": _text(take.redo_of_id),
        "shared_seconds": take.shared_seconds,
        "seconds_ready": ready,
        "cells": _cells(take, chunks, ready),
        "truncated": take.truncated,
        "paused": take.paused,
        "recovered": take.recovered,
        "error": _error(take),
        "cancel_requested": take.cancel_requested_at is not None,
        "keep_ready": take.keep_ready,
        "starred": take.starred,
        "rejected": take.rejected,
        "tags": take.tags,
        "width": take.width,
        "height": take.height,
        "queue": place.to_json() if place and moving else None,
        "poster_urls": _posters(base, take, ready),
        "poster_at_s": poster_at_s(take),
        "sprite": _sprite(base, take),
        "live": _live(base, chunks, ready) if ready and take.asset_id is None else None,
        "media_url": f"{base}/media" if take.asset_id else None,
        "asset_id": _text(take.asset_id),
        "settings": take.settings,
        "created_at": take.created_at.isoformat(),
        "started_at": take.started_at.isoformat() if take.started_at else None,
        "finished_at": take.finished_at.isoformat() if take.finished_at else None,
    }


def takes_shape(takes: Iterable[Take], places: Mapping[UUID, QueuePlace] | None = None) -> list[dict[str, Any]]:
    """Several takes."""
    known = places or {}
    return [take_shape(take, known.get(take.pk)) for take in takes]


def one_take_shape(take_id: UUID | str, place: QueuePlace | None = None) -> dict[str, Any] | None:
    """A take by its id; None if it is gone."""
    take = with_chunks().filter(pk=take_id).first()
    return take_shape(take, place) if take is not None else None


def _ready(chunks: list[Chunk]) -> int:
    return sum(1 for number, chunk in enumerate(chunks) if chunk.index == number and chunk.fragment_key)


def _cells(take: Take, chunks: list[Chunk], ready: int) -> list[float]:
    """What is known without live progress: seconds made but not decoded are nearly there."""
    if take.asset_id:
        return [1.0] * take.duration_s
    made = {chunk.index for chunk in chunks}
    return [1.0 if second < ready else (0.95 if second in made else 0.0) for second in range(take.duration_s)]


def _error(take: Take) -> dict[str, Any] | None:
    if not take.error_code:
        return None
    return {"code": take.error_code, "params": take.error_params, "support_id": str(take.pk)[-8:]}


def _posters(base: str, take: Take, ready: int) -> dict[str, str] | None:
    if not ready:
        return None
    # The picture changes while seconds arrive, and when another frame is chosen; so its address does.
    stamp = str(take.asset_id or ready)
    if take.asset is not None and take.asset.poster_frame:
        stamp = f"{take.asset_id}-{take.asset.poster_frame}"
    return {str(width): f"{base}/poster?w={width}&v={stamp}" for width in POSTER_WIDTHS}


def poster_at_s(take: Take) -> float | None:
    """The moment that was chosen for its poster, in seconds; None: nobody chose, and it is the first frame."""
    return None if take.poster_frame is None else take.poster_frame / FRAMES_PER_SECOND


def _sprite(base: str, take: Take) -> dict[str, Any] | None:
    asset = take.asset
    if asset is None:
        return None
    width = vars(take)["sprite_width"]
    return sprite_shape(f"{base}/sprite", width, asset) if width else None


def sprite_shape(url: str, width: int, asset: Asset) -> dict[str, Any]:
    """A sheet of frames: how many, in how many columns, and how large one is."""
    cell_width = min(160, asset.width or 160)
    cell_height = max(1, round((asset.height or 90) * cell_width / (asset.width or 160)))
    columns = max(1, width // cell_width)
    step = max(5, -(-(asset.frames or 1) // 100))
    count = -(-(asset.frames or 1) // step)
    return {"url": url, "columns": columns, "count": count, "width": cell_width, "height": cell_height}


def _live(base: str, chunks: list[Chunk], ready: int) -> dict[str, Any]:
    return {
        "init_url": f"{base}/live/init.mp4",
        "playlist_url": f"{base}/live/playlist.m3u8",
        "mime_type": chunks[0].mime_type,
        "chunk_urls": [f"{base}/live/{second}.m4s" for second in range(1, ready + 1)],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
