import io

import numpy as np
import pytest
from PIL import Image

from generation.errors import MediaError
from generation.media.posters import poster_webp, strip_webp


def opened(data):
    return Image.open(io.BytesIO(data))


def test_posters_keep_the_shape_and_the_colour(moving_frames):
    frame = moving_frames(1, height=72, width=128)[0]

    poster = opened(poster_webp(frame, 64))

    assert (poster.format, poster.size) == ("WEBP", (64, 36))
    assert np.abs(np.asarray(poster).mean(axis=(0, 1)) - frame.mean(axis=(0, 1))).max() < 3


def test_posters_are_never_enlarged(moving_frames):
    assert opened(poster_webp(moving_frames(1)[0], 10_000)).size == (64, 48)


def test_a_strip_lays_frames_out_row_by_row():
    frames = np.stack([np.full((16, 32, 3), level, np.uint8) for level in (0, 100, 200)])

    strip = np.asarray(opened(strip_webp(frames, 16, columns=2)))

    assert strip.shape == (16, 32, 3)
    assert [int(strip[4, 4, 0]), int(strip[4, 20, 0]), int(strip[12, 4, 0])] == pytest.approx([0, 100, 200], abs=6)


def test_unfit_frames_and_sizes_are_refused(moving_frames):
    frames = moving_frames(2)

    for wrong in (
        lambda: poster_webp(frames, 64),
        lambda: poster_webp(frames[0].astype(float), 64),
        lambda: poster_webp(frames[0], 0),
        lambda: strip_webp(frames[0], 64, columns=2),
        lambda: strip_webp(frames, 64, columns=0),
        lambda: strip_webp(np.zeros((300, 16, 64, 3), np.uint8), 64, columns=300),
    ):
        with pytest.raises(MediaError):
            wrong()
