"""The seam ratio on clips whose jumps are known."""

import pytest
import torch

from generation.errors import ConfigError
from generation.vae.seams import frame_jumps, seam_ratio


def clip_with_steps(steps):
    """A grey clip whose frame-to-frame differences are given."""
    levels = torch.tensor([0, *steps]).cumsum(0).to(torch.uint8)
    return levels[:, None, None, None].expand(-1, 4, 4, 3)


def test_jumps_are_mean_absolute_differences():
    assert frame_jumps(clip_with_steps([1, 2, 5])).tolist() == [1.0, 2.0, 5.0]


def test_even_motion_has_no_visible_seams():
    assert seam_ratio(clip_with_steps([2] * 11), period=4) == pytest.approx(1.0)


def test_seams_are_counted_where_a_period_ends():
    assert seam_ratio(clip_with_steps([1, 1, 1, 3, 1, 1, 1, 3, 1]), period=4) == pytest.approx(3.0)


def test_a_still_clip_has_no_seams():
    assert seam_ratio(clip_with_steps([0] * 5), period=3) == 1.0


def test_a_slide_show_is_all_seams():
    assert seam_ratio(clip_with_steps([0, 0, 9, 0, 0]), period=3) == float("inf")


@pytest.mark.parametrize(("frames", "period"), [(4, 4), (10, 1)])
def test_clips_without_seams_are_refused(frames, period):
    with pytest.raises(ConfigError, match="period"):
        seam_ratio(clip_with_steps([1] * (frames - 1)), period=period)
