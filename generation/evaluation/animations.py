"""Small animations of what a model makes, for documents."""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.artifacts import atomic_write
from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import RequestError

_QUALITY = 55


def write_animation(path: Path, frames: NDArray[np.uint8], *, every: int = 2) -> None:
    """Write an endless WebP.

    Args:
        path: Of the file.
        frames: ``(T, H, W, 3)`` uint8 at 24 frames per second.
        every: Keep one of so many frames; the pace stays.

    Raises:
        RequestError: If there is no frame.
        StorageError: If it cannot be written.
    """
    if not len(frames) or every < 1:
        raise RequestError(f"an animation needs frames and a step of at least 1, got {len(frames)} and {every}")
    pictures = [Image.fromarray(frame) for frame in frames[::every]]
    stored = BytesIO()
    pictures[0].save(
        stored,
        format="WEBP",
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 * every / FRAMES_PER_SECOND),
        loop=0,
        quality=_QUALITY,
        method=4,
    )
    atomic_write(path, stored.getvalue())
