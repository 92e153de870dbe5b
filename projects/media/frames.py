"""Single frames of clips, exactly."""

import numpy as np
from numpy.typing import NDArray

from generation.errors import MediaError
from generation.media.video import read_all


def frame_of(movie: bytes, number: int) -> NDArray[np.uint8]:
    """A frame ``(H, W, 3)`` of a short movie, counted from 0.

    Raises:
        MediaError: If the movie cannot be read, or is shorter.
    """
    frames = read_all(movie)
    if not 0 <= number < len(frames):
        raise MediaError(f"a frame must be 0..{len(frames) - 1}, got {number}")
    return np.asarray(frames[number])
