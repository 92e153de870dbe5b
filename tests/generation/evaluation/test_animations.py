"""Animations are what they were made of."""

import numpy as np
import pytest
from PIL import Image

from generation.errors import RequestError
from generation.evaluation.animations import write_animation


def test_every_second_frame_is_kept_at_the_same_pace(tmp_path):
    levels = np.arange(24, dtype=np.uint8)[:, None, None, None] * 10
    write_animation(tmp_path / "a.webp", np.broadcast_to(levels, (24, 32, 48, 3)).copy())

    with Image.open(tmp_path / "a.webp") as animation:
        assert (animation.size, animation.n_frames) == ((48, 32), 12)
        animation.seek(5)
        assert abs(np.asarray(animation.convert("RGB")).mean() - 100) < 4
        assert animation.info["duration"] == 83


def test_no_frames_make_no_animation(tmp_path):
    with pytest.raises(RequestError, match="needs frames"):
        write_animation(tmp_path / "a.webp", np.zeros((0, 8, 8, 3), np.uint8))
