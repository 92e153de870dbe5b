"""Smaller pictures of what is in the library: posters in three widths, and a sheet of frames to scrub over."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.artifacts import ArtifactStore
from generation.contract.requests import Fit
from generation.media.posters import poster_webp, strip_webp
from generation.media.video import probe_clip, read_seconds
from projects.media.frames import frame_of

POSTER_WIDTHS = (160, 320, 640)
SPRITE_WIDTH = 160
SPRITE_COLUMNS = 10
# Frames between two pictures of a sprite: ten a second would be finer than a hand moves; five are enough to 10 s.
_SPRITE_STEP = 5
_MOST_SPRITES = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeRendition:
    """A smaller picture that is stored, and has no row yet."""

    name: str
    key: str
    width: int
    height: int
    mime_type: str = "image/webp"


def store_posters(store: ArtifactStore, frame: NDArray[np.uint8], *, folder: str) -> list[MadeRendition]:
    """Store a picture ``(H, W, 3)`` in three widths, never enlarged."""
    height, width = frame.shape[:2]
    made = []
    for wanted in POSTER_WIDTHS:
        key = f"{folder}/poster-{wanted}.webp"
        store.put(key, poster_webp(frame, wanted))
        shown = min(wanted, width)
        made.append(
            MadeRendition(name=f"poster-{wanted}", key=key, width=shown, height=max(1, round(height * shown / width)))
        )
    return made


def store_sprite(store: ArtifactStore, frames: NDArray[np.uint8], *, folder: str) -> MadeRendition:
    """Store every few frames ``(T, H, W, 3)`` on one sheet, row by row; its size says how many fit."""
    return _store_sheet(store, frames[:: sprite_step(len(frames))], folder)


def store_clip_pictures(store: ArtifactStore, data: bytes, *, frames: int, folder: str) -> list[MadeRendition]:
    """Store posters and sprite of a clip with so many frames, holding no more than a second of it at its own size."""
    facts = probe_clip(data)
    first = frame_of(data, 0)
    posters = store_posters(store, first, folder=folder)
    width = min(SPRITE_WIDTH, facts.width)
    height = max(1, round(facts.height * width / facts.width))
    step = sprite_step(frames)
    shown: list[NDArray[np.uint8]] = []
    begins = 0
    for second in read_seconds(data, width, height, Fit.STRETCH):
        shown.extend(np.asarray(second)[-begins % step :: step])
        begins += len(second)
    return [*posters, _store_sheet(store, np.stack(shown), folder)]


def _store_sheet(store: ArtifactStore, shown: NDArray[np.uint8], folder: str) -> MadeRendition:
    key = f"{folder}/sprite.webp"
    store.put(key, strip_webp(shown, SPRITE_WIDTH, columns=SPRITE_COLUMNS))
    height, width = shown.shape[1:3]
    cell = min(SPRITE_WIDTH, width)
    columns = min(SPRITE_COLUMNS, len(shown))
    return MadeRendition(
        name="sprite",
        key=key,
        width=cell * columns,
        height=max(1, round(height * cell / width)) * -(-len(shown) // columns),
    )


def sprite_step(frames: int) -> int:
    """Frames between two pictures of the sprite of a clip this long."""
    return max(_SPRITE_STEP, -(-frames // _MOST_SPRITES))
