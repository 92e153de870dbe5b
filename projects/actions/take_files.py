"""A take whose seconds are all there becomes a file in the library."""

import json
import logging
from uuid import UUID

from django.db import transaction

from generation import __name__ as generation_name
from generation.errors import GenerationError, StorageError
from projects.actions.take_changes import locked_take
from projects.actions.take_endings import end_failed, end_succeeded
from projects.artifact_store import artifacts
from projects.media.provenance import provenance_tags
from projects.media.renditions import MadeRendition, store_clip_pictures
from projects.media.take_movie import StoredMovie, store_movie
from projects.models import Asset, Blob, Chunk, Rendition, Take
from projects.models.asset import AssetKind
from projects.models.take import TakePhase, TakeStatus

logger = logging.getLogger(__name__)

MOVIE = "video/mp4"
SOFTWARE = "Sceneloom"


def finish_take(take_id: UUID | str) -> bool:
    """Join a take's seconds into its file, make its pictures, and end it; safe to repeat.

    Returns:
        Whether this call ended the take.
    """
    take = Take.objects.select_related("project").filter(pk=take_id).first()
    if take is None or take.status != TakeStatus.RUNNING or take.phase != TakePhase.MUXING:
        return False
    try:
        movie, renditions = _make_files(take)
    except GenerationError as error:
        logger.warning("take %s cannot be finished: %s", take.pk, error)
        return _give_up(take.pk, error)
    with transaction.atomic():
        blob = keep_blob(movie.sha256, movie.key, MOVIE, movie.size)
        ended = end_succeeded(take.pk, _asset(take, blob, movie))
        if ended:
            asset_id = Take.objects.values_list("asset_id", flat=True).get(pk=take.pk)
            keep_renditions(asset_id, renditions)
    return ended


def _make_files(take: Take) -> tuple[StoredMovie, list[MadeRendition]]:
    chunks = list(Chunk.objects.filter(take=take).order_by("index"))[: take.duration_s]
    store = artifacts()
    movie = store_movie(
        store,
        init_key=chunks[0].init_key,
        fragment_keys=[chunk.fragment_key for chunk in chunks],
        tags={
            "comment": json.dumps(recipe_of(take), ensure_ascii=False, sort_keys=True),
            "title": title_of(take),
            **provenance_tags(content_id=str(take.pk)),
        },
    )
    folder = f"takes/{take.pk}/pictures"
    return movie, store_clip_pictures(store, store.get(movie.key), frames=movie.facts.frames, folder=folder)


def _give_up(take_id: UUID, error: GenerationError) -> bool:
    """Storage may have space again later; what cannot be joined never can."""
    if error.code == "storage_failed":
        return False
    with transaction.atomic():
        take = locked_take(take_id)
        if take is None or take.status != TakeStatus.RUNNING:
            return False
        end_failed(take, error.code, detail=str(error))
    return True


def recipe_of(take: Take) -> dict[str, object]:
    """How a take was made, as its file carries it: enough to rebuild the shot."""
    return {
        "software": SOFTWARE,
        "made_by": generation_name,
        "take": str(take.pk),
        "prompt": take.prompt,
        "enhanced_prompt": take.enhanced_prompt,
        "seed": take.seed,
        "duration_s": take.duration_s,
        "settings": take.settings,
        "spec": take.spec,
    }


def title_of(take: Take) -> str:
    """What the file and the library call it."""
    shot = take.shot.title if take.shot is not None else ""
    return (shot or take.prompt or take.project.title)[:200]


def keep_blob(sha256: str, key: str, mime_type: str, size: int) -> Blob:
    """The row of stored bytes; one per content.

    Raises:
        StorageError: If an old file of this content was collected just before it got its row; do it again.
    """
    blob, made = Blob.objects.get_or_create(sha256=sha256, defaults={"key": key, "mime_type": mime_type, "size": size})
    if made and not artifacts().exists(key):
        raise StorageError(f"{key} was collected before it had a row")
    return blob


def keep_renditions(asset_id: UUID, made: list[MadeRendition]) -> None:
    """The rows of stored smaller pictures."""
    for it in made:
        Rendition.objects.update_or_create(
            asset_id=asset_id,
            name=it.name,
            defaults={"key": it.key, "mime_type": it.mime_type, "width": it.width, "height": it.height},
        )


def _asset(take: Take, blob: Blob, movie: StoredMovie) -> Asset:
    return Asset(
        owner_id=take.requested_by_id,
        project_id=take.project_id,
        kind=AssetKind.CLIP,
        blob=blob,
        title=title_of(take),
        width=take.width - take.width % 2,
        height=take.height - take.height % 2,
        frames=movie.facts.frames,
        duration_ms=round(movie.facts.seconds * 1000),
        starred=take.starred,
        rejected=take.rejected,
        tags=take.tags,
        search_text="\n".join([title_of(take), take.prompt, take.enhanced_prompt, take.project.title]),
    )
