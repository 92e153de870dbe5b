"""Posters of the frame that somebody chose: made by a worker, shown once they are there."""

import logging
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import GenerationError, StorageError
from projects.actions.take_changes import change, locked_take, tell_take
from projects.actions.take_files import keep_renditions
from projects.artifact_store import artifacts
from projects.media.frames import frame_of
from projects.media.renditions import store_posters
from projects.models import Asset, Chunk, Take
from projects.models.identity import new_id

logger = logging.getLogger(__name__)


def due_posters() -> dict[str, str]:
    """Takes whose posters show another frame than the one that was chosen, by a name for take and frame."""
    due = Take.objects.filter(poster_due=True).values_list("pk", "poster_frame")
    return {f"{pk} at {frame}": str(pk) for pk, frame in due}


def make_posters(take_id: UUID | str) -> bool:
    """Make a take's posters of the chosen frame, in three widths; safe to repeat, and by many at once.

    Returns:
        Whether there is nothing more to do; if not, the store is at fault and it is to be tried again.
    """
    take = Take.objects.select_related("asset__blob").filter(pk=take_id, poster_due=True).first()
    if take is None or take.asset is None:
        return True
    number = take.poster_frame or 0
    # Never a key that was used before: the old files may be collected at any time.
    folder = f"pictures/posters/{new_id()}"
    try:
        made = store_posters(artifacts(), _frame(take, number), folder=folder)
    except StorageError as error:
        logger.warning("posters of take %s wait: %s", take.pk, error)
        return False
    except GenerationError as error:
        logger.warning("frame %d of take %s cannot be shown: %s", number, take.pk, error)
        _give_up(take.pk, number)
        return True
    with transaction.atomic():
        held = locked_take(take.pk)
        if held is None or held.asset_id != take.asset_id or (held.poster_frame or 0) != number:
            # Another frame was chosen meanwhile; these files are collected.
            return True
        keep_renditions(take.asset.pk, made)
        Asset.objects.filter(pk=take.asset.pk).update(poster_frame=number)
        change(held, poster_due=False)
        tell_take(held)
    return True


def _frame(take: Take, number: int) -> NDArray[np.uint8]:
    store = artifacts()
    chunk = Chunk.objects.filter(take=take, index=number // FRAMES_PER_SECOND).exclude(fragment_key="").first()
    if chunk is not None and store.exists(chunk.fragment_key):
        return frame_of(store.get(chunk.init_key) + store.get(chunk.fragment_key), number % FRAMES_PER_SECOND)
    if take.asset is None or not store.exists(take.asset.blob.key):
        raise GenerationError("the file is gone")
    return frame_of(store.get(take.asset.blob.key), number)


@transaction.atomic
def _give_up(take_id: UUID, number: int) -> None:
    """Show what is shown: a frame that cannot be had is chosen no more."""
    take = locked_take(take_id)
    if take is None or take.asset is None or (take.poster_frame or 0) != number:
        return
    change(take, poster_frame=take.asset.poster_frame or None, poster_due=False)
    tell_take(take)
