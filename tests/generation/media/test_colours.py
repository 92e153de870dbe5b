"""Every pixel kind that a file may hold becomes one that is scaled, or is refused in words."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from generation.errors import MediaError
from generation.media.colours import as_frame, foreign_profile, in_srgb, palette_frame, with_plain_channels

RGB = np.random.default_rng(0).integers(0, 255, (4, 6, 3), dtype=np.uint8)


def with_profile(data: bytes) -> Image.Image:
    image = Image.fromarray(RGB)
    image.info["icc_profile"] = data
    return image


def profile_bytes(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


@pytest.mark.parametrize(("mode", "plain"), [("1", "L"), ("L", "L"), ("P", "RGB"), ("HSV", "RGB"), ("RGBA", "RGBA")])
def test_rare_kinds_become_plain_channels(mode, plain):
    assert with_plain_channels(Image.fromarray(RGB).convert(mode)).mode == plain


def test_transparent_palette_keeps_its_transparency():
    image = Image.fromarray(RGB).convert("P")
    image.info["transparency"] = 0

    assert with_plain_channels(image).mode == "RGBA"


def test_floating_point_pixels_are_refused():
    with pytest.raises(MediaError, match="no fixed white"):
        with_plain_channels(Image.new("F", (2, 2)))


@pytest.mark.parametrize("data", [b"", b"not a profile"])
def test_no_profile_and_a_broken_one_change_nothing(data):
    assert foreign_profile(with_profile(data)) is None


def test_profile_that_is_srgb_already_is_not_foreign():
    assert foreign_profile(with_profile(profile_bytes("sRGB"))) is None


def test_profile_that_does_not_fit_its_picture_is_ignored():
    lab = ImageCms.ImageCmsProfile(io.BytesIO(profile_bytes("LAB")))
    image = Image.fromarray(RGB)

    assert in_srgb(image, lab) is image


def test_frame_holds_the_pixels_of_the_picture():
    np.testing.assert_array_equal(as_frame(Image.fromarray(RGB)).to_ndarray(), RGB)


def test_palette_is_looked_up_as_it_stands():
    indexed = Image.fromarray(RGB).quantize(8)

    frame = palette_frame(indexed).reformat(format="rgb24")

    np.testing.assert_array_equal(frame.to_ndarray(), np.asarray(indexed.convert("RGB")))


def test_deep_grey_keeps_its_16_bits():
    grey = np.array([[0, 300], [65535, 1]], dtype=np.uint16)

    np.testing.assert_array_equal(as_frame(Image.fromarray(grey)).to_ndarray(), grey)


@pytest.mark.parametrize("value", [-1, 65536])
def test_grey_beyond_16_bits_is_refused(value):
    with pytest.raises(MediaError, match="up to 16 bits"):
        as_frame(Image.fromarray(np.array([[value]], dtype=np.int32)))
