import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.contract.requests import Fit
from generation.errors import MediaError
from generation.media.scaling import PictureFitter, Scaler, scaled_size

sides = st.integers(1, 4096)


def frame_of(pixels):
    return av.VideoFrame.from_ndarray(pixels, format="rgb24")


@settings(deadline=None)
@given(st.tuples(sides, sides), st.tuples(sides, sides))
def test_stretching_hits_the_size_padding_stays_inside_and_cropping_covers(source, target):
    assert scaled_size(source, target, Fit.STRETCH) == target
    inside = scaled_size(source, target, Fit.PAD)
    assert 1 <= inside[0] <= target[0]
    assert 1 <= inside[1] <= target[1]
    assert inside[0] == target[0] or inside[1] == target[1]
    try:
        covering = scaled_size(source, target, Fit.CROP)
    except MediaError:
        return
    assert covering[0] >= target[0]
    assert covering[1] >= target[1]
    assert covering[0] == target[0] or covering[1] == target[1]


def test_a_picture_of_the_same_shape_is_never_cut_or_padded():
    for fit in Fit:
        assert scaled_size((1280, 720), (640, 360), fit) == (640, 360)


@pytest.mark.parametrize("fit", list(Fit))
@pytest.mark.parametrize("source", [(1, 1), (2, 3), (5, 4), (333, 7), (640, 480)])
def test_any_size_comes_out_at_the_asked_size(fit, source):
    pixels = np.full((source[1], source[0], 3), 200, np.uint8)

    result = PictureFitter(48, 32, fit)(frame_of(pixels))

    assert result.shape == (32, 48, 3)
    assert result.max() == 200
    assert result.flags.c_contiguous


def test_non_square_pixels_count_when_the_shape_is_kept():
    tall_pixels = frame_of(np.full((40, 40, 3), 255, np.uint8))

    padded = PictureFitter(40, 40, Fit.PAD)(tall_pixels, displayed=(80, 40))

    assert padded[:10].max() == 0
    assert padded[10:30].min() == 255


def test_the_two_scalers_differ_on_edges_and_agree_on_flat_colour():
    edges = np.zeros((16, 16, 3), np.uint8)
    edges[:, ::3] = 255
    flat = np.full((16, 16, 3), 77, np.uint8)

    def both(pixels):
        return [
            PictureFitter(24, 24, Fit.STRETCH, scaler=scaler)(frame_of(pixels)).astype(int)
            for scaler in (Scaler.BILINEAR, Scaler.BICUBIC)
        ]

    assert np.abs(np.subtract(*both(edges))).max() > 5
    assert np.abs(np.subtract(*both(flat))).max() == 0


def test_sizes_below_one_are_refused():
    with pytest.raises(MediaError, match="at least 1x1, got 0x16"):
        PictureFitter(0, 16, Fit.STRETCH)
