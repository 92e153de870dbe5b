"""Smaller pictures of what is in the library: posters in three widths, and a sheet of frames to scrub over."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.artifacts import ArtifactStore
from generation.media.posters import poster_webp, strip_webp

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
    step = max(_SPRITE_STEP, -(-len(frames) // _MOST_SPRITES))
    shown = frames[::step]
    key = f"{folder}/sprite.webp"
    store.put(key, strip_webp(shown, SPRITE_WIDTH, columns=SPRITE_COLUMNS))
    height, width = frames.shape[1:3]
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
