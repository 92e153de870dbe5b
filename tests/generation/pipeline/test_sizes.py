"""Asked sizes and model sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.errors import RequestError
from generation.pipeline.clip_warnings import SizeWarning
from generation.pipeline.sizes import FrameSize, size_for_picture

SIDES = st.integers(min_value=16, max_value=4096)


@given(width=SIDES, height=SIDES)
def test_model_size_is_the_smallest_whole_one_that_covers_the_frames(width, height):
    size = FrameSize.of(width, height, multiple=16)

    for frame, model in ((size.width, size.model_width), (size.height, size.model_height)):
        assert model % 16 == 0
        assert frame <= model < frame + 16


@given(width=SIDES, height=SIDES)
def test_frames_have_even_sides_at_most_a_pixel_smaller_than_asked(width, height):
    size = FrameSize.of(width, height, multiple=16)

    assert (size.width, size.height) == (width // 2 * 2, height // 2 * 2)


@given(width=SIDES, height=SIDES)
def test_crop_keeps_the_middle(width, height):
    size = FrameSize.of(width, height, multiple=16)

    for kept, model, frame in zip(
        size.crop, (size.model_height, size.model_width), (size.height, size.width), strict=True
    ):
        assert kept.stop - kept.start == frame
        assert abs(kept.start - (model - kept.stop)) <= 1


def test_odd_size_is_told():
    size = FrameSize.of(251, 173, multiple=16)

    warnings = size.warnings(asked_width=251, asked_height=173)

    assert warnings == (SizeWarning(asked_width=251, asked_height=173, width=250, height=172),)
    assert "251x173 is made 250x172" in warnings[0].message


def test_even_size_is_not_worth_a_word():
    assert FrameSize.of(250, 172, multiple=16).warnings(asked_width=250, asked_height=172) == ()


@pytest.mark.parametrize(("width", "height"), [(15, 64), (64, 15), (0, 64), (-64, 64)])
def test_side_under_one_token_is_refused(width, height):
    with pytest.raises(RequestError, match="at least 16 px"):
        FrameSize.of(width, height, multiple=16)


@given(width=st.integers(1, 10_000), height=st.integers(1, 10_000))
def test_size_for_a_picture_is_whole_tokens(width, height):
    sides = size_for_picture(width, height, pixels=64 * 64, multiple=16)

    assert all(side >= 16 and side % 16 == 0 for side in sides)


def test_size_for_a_picture_has_its_shape_and_about_the_pixels():
    assert size_for_picture(1920, 1080, pixels=1280 * 720, multiple=16) == (1280, 720)
    assert size_for_picture(1080, 1920, pixels=1280 * 720, multiple=16) == (720, 1280)
    assert size_for_picture(500, 500, pixels=64 * 64, multiple=16) == (64, 64)
