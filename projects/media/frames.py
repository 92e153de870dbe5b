"""Frames of clips, exactly, never holding more than a second of them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from generation.contract.requests import Fit
from generation.errors import MediaError
from generation.media.scaling import Scaler
from generation.media.video import ClipOptions, probe_clip, read_seconds


def seconds_of(movie: bytes) -> Iterator[NDArray[np.uint8]]:
    """A movie's frames at their own size, a second ``(T, H, W, 3)`` at a time.

    Raises:
        MediaError: If the movie cannot be read.
    """
    facts = probe_clip(movie)
    exact = ClipOptions(scaler=Scaler.FAITHFUL)
    return (np.asarray(second) for second in read_seconds(movie, facts.width, facts.height, Fit.STRETCH, options=exact))


def frame_of(movie: bytes, number: int) -> NDArray[np.uint8]:
    """A frame ``(H, W, 3)`` of a movie, counted from 0.

    Raises:
        MediaError: If the movie cannot be read, or is shorter.
    """
    begins = 0
    if number >= 0:
        for second in seconds_of(movie):
            if number < begins + len(second):
                return np.asarray(second[number - begins])
            begins += len(second)
    raise MediaError(f"a frame's number must be 0 or more and below the clip's length, got {number}")
