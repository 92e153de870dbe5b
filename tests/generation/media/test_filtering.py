"""A chain of filters runs in its order; no filters, no work."""

import av
import numpy as np

from generation.media.filtering import filtered

PIXELS = np.random.default_rng(0).integers(0, 255, (6, 10, 3), dtype=np.uint8)


def frame() -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(PIXELS, format="rgb24")


def test_no_filters_give_the_frame_itself():
    plain = frame()

    assert filtered(plain, ()) is plain


def test_filters_run_in_their_order():
    quarter_then_mirror = filtered(frame(), ("transpose=dir=clock", "hflip")).to_ndarray()
    mirror_then_quarter = filtered(frame(), ("hflip", "transpose=dir=clock")).to_ndarray()

    np.testing.assert_array_equal(quarter_then_mirror, np.rot90(PIXELS, -1)[:, ::-1])
    np.testing.assert_array_equal(mirror_then_quarter, np.rot90(PIXELS[:, ::-1], -1))
