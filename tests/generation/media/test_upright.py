import av
import numpy as np
import pytest

from generation.media.upright import Turn, has_alpha, over_black, turn_of_exif, turned

EXPECTED = {
    Turn.NONE: lambda p: p,
    Turn.MIRROR: lambda p: p[:, ::-1],
    Turn.FLIP: lambda p: p[::-1],
    Turn.HALF: lambda p: p[::-1, ::-1],
    Turn.TRANSPOSE: lambda p: p.swapaxes(0, 1),
    Turn.RIGHT: lambda p: np.rot90(p, -1),
    Turn.TRANSVERSE: lambda p: p.swapaxes(0, 1)[::-1, ::-1],
    Turn.LEFT: np.rot90,
}


@pytest.mark.parametrize("turn", list(Turn))
def test_each_turn_moves_pixels_as_its_name_says(turn):
    pixels = np.random.default_rng(0).integers(0, 255, (6, 10, 3), dtype=np.uint8)

    result = turned(av.VideoFrame.from_ndarray(pixels, format="rgb24"), turn).to_ndarray()

    np.testing.assert_array_equal(result, EXPECTED[turn](pixels))
    assert turn.swaps_sides == (result.shape[:2] != pixels.shape[:2])


def test_unknown_orientation_tags_count_as_none():
    assert [turn_of_exif(tag) for tag in (None, 0, 9, "6", 1)] == [Turn.NONE] * 5
    assert turn_of_exif(6) is Turn.RIGHT


def test_clear_pixels_become_black_and_half_clear_ones_half_as_bright():
    rgba = np.array([[[255, 100, 7, 255], [255, 100, 7, 128], [255, 100, 7, 0]]], np.uint8)
    frame = av.VideoFrame.from_ndarray(rgba, format="rgba")

    result = over_black(frame).to_ndarray()

    assert has_alpha(frame)
    assert result.tolist() == [[[255, 100, 7], [128, 50, 4], [0, 0, 0]]]


def test_opaque_frames_pass_unchanged():
    frame = av.VideoFrame(16, 16, "yuv420p")

    assert over_black(frame) is frame
