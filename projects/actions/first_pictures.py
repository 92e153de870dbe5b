"""What a shot begins with, as a small picture: for whoever is asked to describe it."""

import logging
from uuid import UUID

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import GenerationError
from generation.media.posters import poster_webp
from projects.actions.library import asset_of
from projects.artifact_store import artifacts
from projects.errors import NotFound
from projects.media.frames import frame_of
from projects.models import Asset, Chunk, Take, User
from projects.models.project import Role
from projects.permissions import project_for

logger = logging.getLogger(__name__)

# Pixels; enough to see what is there.
WIDTH = 640


def first_picture(asset: Asset | None, take: Take | None, frames: int | None = None) -> bytes | None:
    """The picture that a shot begins with, in WebP.

    Args:
        asset: What it begins with, if it is a picture or clip of the library.
        take: Which take it continues, if it does.
        frames: After how many frames; none: after all.

    Returns:
        None if it begins with nothing, or that cannot be read: better words are worth no failure.
    """
    try:
        if take is not None:
            return _frame(take, (frames or take.duration_s * FRAMES_PER_SECOND) - 1)
        return _poster(asset) if asset is not None else None
    except GenerationError as error:
        logger.info("a shot's first picture cannot be read: %s", error)
        return None


def shown_picture(user: User, *, take_id: UUID | None, asset_id: UUID | None) -> bytes | None:
    """The same, for somebody who names a take or an asset.

    Raises:
        NotFound: If there is no such thing for them.
    """
    take = asset = None
    if take_id is not None:
        take = Take.objects.filter(pk=take_id).first()
        if take is None:
            raise NotFound("there is no such take for you")
        project_for(user, take.project_id, Role.VIEWER)
    elif asset_id is not None:
        asset = asset_of(user, asset_id)
    return first_picture(asset, take)


def _frame(take: Take, number: int) -> bytes | None:
    chunk = Chunk.objects.filter(take=take, index=number // FRAMES_PER_SECOND).exclude(fragment_key="").first()
    if chunk is None:
        return None
    store = artifacts()
    frame = frame_of(store.get(chunk.init_key) + store.get(chunk.fragment_key), number % FRAMES_PER_SECOND)
    return poster_webp(frame, min(WIDTH, frame.shape[1]))


def _poster(asset: Asset) -> bytes | None:
    found = asset.renditions.filter(name__startswith="poster-", width__lte=WIDTH).order_by("-width").first()
    return artifacts().get(found.key) if found is not None else None
