import io
import json

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps
from safetensors.numpy import load_file

from generation.contract.requests import Fit
from generation.errors import MediaError
from generation.media.images import Reading, load_image, probe_image, read_image
from generation.media.limits import ImageLimits
from generation.media.scaling import Scaler
from generation.media.sniffing import MediaKind

FITS = {"fit": Fit.STRETCH, "crop": Fit.CROP, "pad": Fit.PAD}
GOLDEN_CASES = [
    "downscale_fit", "upscale_fit", "same_size", "gray", "rgba", "palette", "jpeg420", "jpeg_exif6", "crop", "pad",
    "crop_default_384x224_small",
]  # fmt: skip
ORIENTATION = 0x0112


@pytest.fixture(scope="module")
def goldens(reference_root):
    folder = reference_root / "vae"
    cases = json.loads((folder / "pre_image.json").read_text())["cases"]
    return (
        folder,
        cases,
        load_file(folder / "pre_image.safetensors"),
        load_file(folder / "pre_image_ffmpeg7.safetensors"),
    )


@pytest.fixture
def picture():
    rows, columns = np.mgrid[0:48, 0:64]
    return np.stack([rows * 5, columns * 3, (rows + columns) * 2], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("name", GOLDEN_CASES)
def test_pixels_equal_the_released_pipeline_with_ffmpeg_4(goldens, name):
    folder, cases, expected, _ = goldens
    case = cases[name]

    pixels = read_image(
        folder / case["file"], case["w"], case["h"], FITS[case["aspect_policy"]], reading=Reading.AS_RELEASED
    )

    np.testing.assert_array_equal(pixels, expected[name][0])


@pytest.mark.parametrize("name", GOLDEN_CASES)
def test_pixels_equal_the_released_pipeline_with_ffmpeg_7(goldens, name):
    folder, cases, _, expected = goldens
    case = cases[name]
    # That version turned pictures upright but still dropped alpha.
    reading = Reading.AS_RELEASED if name == "rgba" else Reading.AS_SHOWN

    pixels = read_image(
        folder / case["file"], case["w"], case["h"], FITS[case["aspect_policy"]], reading=reading,
        scaler=Scaler.BICUBIC,
    )  # fmt: skip

    np.testing.assert_array_equal(pixels, expected[name][0])


@pytest.mark.parametrize("name", sorted(set(GOLDEN_CASES) - {"rgba", "jpeg_exif6"}))
def test_pictures_with_nothing_to_interpret_are_read_alike_both_ways(goldens, name):
    folder, cases, expected, _ = goldens
    case = cases[name]

    pixels = read_image(folder / case["file"], case["w"], case["h"], FITS[case["aspect_policy"]])

    np.testing.assert_array_equal(pixels, expected[name][0])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_camera_orientation_is_applied(encode_image, picture, image_format, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = encode_image(picture, image_format, exif=exif)
    tagged = Image.fromarray(picture)
    tagged.getexif()[ORIENTATION] = orientation
    expected = np.asarray(ImageOps.exif_transpose(tagged))

    pixels = load_image(data)

    assert pixels.shape == expected.shape
    assert np.abs(pixels.astype(int) - expected).mean() < 3
    assert (probe_image(data).width, probe_image(data).height) == expected.shape[1::-1]


def test_transparency_shows_black_for_people_and_the_hidden_colour_as_released(encode_image):
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[..., 0] = 200
    rgba[:8, :, 3] = 128
    data = encode_image(rgba, "PNG")

    shown = read_image(data, 16, 16, Fit.STRETCH)
    released = read_image(data, 16, 16, Fit.STRETCH, reading=Reading.AS_RELEASED)

    assert shown[0, 0].tolist() == [100, 0, 0]
    assert shown[15, 15].tolist() == [0, 0, 0]
    assert released[15, 15].tolist() == [200, 0, 0]
    assert probe_image(data).has_alpha


@pytest.mark.parametrize(
    ("image_format", "kind", "tolerance"),
    [
        ("PNG", MediaKind.PNG, 0), ("BMP", MediaKind.BMP, 0), ("TIFF", MediaKind.TIFF, 0), ("JPEG", MediaKind.JPEG, 4),
        ("WEBP", MediaKind.WEBP, 5), ("AVIF", MediaKind.AVIF, 5), ("GIF", MediaKind.GIF, 16),
    ],
)  # fmt: skip
def test_every_listed_format_is_read(encode_image, picture, image_format, kind, tolerance):
    data = encode_image(picture, image_format)

    pixels = load_image(data)

    assert probe_image(data).kind is kind
    assert np.abs(pixels.astype(int) - picture).mean() <= tolerance


def test_an_animation_gives_its_first_frame(encode_image):
    reds = Image.new("RGB", (16, 16), (250, 0, 0))
    blues = Image.new("RGB", (16, 16), (0, 0, 250))

    for image_format in ("GIF", "WEBP", "PNG", "AVIF"):
        data = encode_image(reds, image_format, save_all=True, append_images=[blues])

        assert load_image(data)[8, 8].tolist() == pytest.approx([250, 0, 0], abs=6)


def test_sixteen_bit_grey_keeps_its_brightness(encode_image):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)

    for image_format in ("PNG", "TIFF"):
        pixels = load_image(encode_image(ramp, image_format))

        assert np.abs(pixels[..., 0].reshape(-1).astype(int) - np.arange(256)).max() <= 1


def test_one_bit_and_grey_alpha_and_clear_palettes_are_read(encode_image):
    one_bit = encode_image(Image.new("1", (8, 8), 1), "PNG")
    grey_alpha = encode_image(Image.new("LA", (8, 8), (90, 255)), "PNG")
    palette = Image.new("P", (8, 8), 0)
    palette.putpalette([10, 20, 30])
    clear_palette = encode_image(palette, "PNG", transparency=0)

    assert load_image(one_bit).min() == 255
    assert load_image(grey_alpha)[0, 0].tolist() == [90, 90, 90]
    assert load_image(clear_palette).max() == 0
    assert read_image(clear_palette, 8, 8, Fit.STRETCH, reading=Reading.AS_RELEASED)[0, 0].tolist() == [10, 20, 30]


def test_printing_colours_are_converted(encode_image):
    cyan = encode_image(Image.new("CMYK", (32, 32), (255, 0, 0, 0)), "JPEG")

    red, green, blue = load_image(cyan)[16, 16].tolist()

    assert red < 60
    assert min(green, blue) > 150


def swapped_primaries():
    """A profile in which red and green have changed places, under a name that is not sRGB's."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")


def test_a_colour_profile_is_honoured_for_people_only(encode_image):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    brown = Image.new("RGB", (16, 16), (120, 60, 30))

    for image_format, tolerance in (("PNG", 1), ("JPEG", 4)):
        plain = load_image(encode_image(brown, image_format, icc_profile=srgb))
        swapped = encode_image(brown, image_format, icc_profile=swapped_primaries())
        shown = load_image(swapped)
        released = read_image(swapped, 16, 16, Fit.STRETCH, reading=Reading.AS_RELEASED)

        assert plain[0, 0].tolist() == pytest.approx([120, 60, 30], abs=tolerance)
        assert shown[0, 0].tolist() == pytest.approx([60, 120, 30], abs=tolerance)
        assert released[0, 0].tolist() == pytest.approx([120, 60, 30], abs=tolerance)


def test_profiles_that_are_rubbish_or_of_another_space_are_ignored(encode_image):
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()

    for profile in (b"rubbish", xyz):
        pixels = load_image(encode_image(Image.new("RGB", (8, 8), (120, 60, 30)), "PNG", icc_profile=profile))

        assert pixels[0, 0].tolist() == [120, 60, 30]


def test_cropping_fills_and_padding_keeps_everything(encode_image):
    bright = np.full((20, 80, 3), 255, np.uint8)
    data = encode_image(bright, "PNG")

    cropped = read_image(data, 40, 40, Fit.CROP)
    padded = read_image(data, 40, 40, Fit.PAD)

    assert cropped.min() == 255
    assert padded[:15].max() == 0
    assert padded[15:25].min() == 255
    assert padded[25:].max() == 0


def test_floating_point_pixels_are_refused_in_words(encode_image):
    data = encode_image(Image.new("F", (8, 8), 0.5), "TIFF")

    with pytest.raises(MediaError, match="floating-point"):
        load_image(data)


def test_a_picture_above_the_limit_is_refused(encode_image, picture):
    with pytest.raises(MediaError, match="megapixels, got 64x48"):
        read_image(encode_image(picture, "PNG"), 16, 16, Fit.STRETCH, limits=ImageLimits(max_pixels=3000))


def test_a_picture_whose_pixels_are_damaged_is_never_read_as_black(encode_image, picture):
    data = encode_image(picture, "PNG").replace(b"IDAT", b"IDAT\1", 1)

    with pytest.raises(MediaError, match="damaged"):
        load_image(data)


def test_a_palette_picture_without_its_palette_is_refused():
    pixels = Image.new("P", (4, 4))
    file = io.BytesIO()
    pixels.save(file, "PNG")
    data = file.getvalue().replace(b"PLTE", b"pLTE", 1)

    with pytest.raises(MediaError, match="damaged"):
        probe_image(data)


def test_a_clip_is_no_picture(encode_clip):
    with pytest.raises(MediaError, match="use it as a video"):
        load_image(encode_clip(frames=2))


def test_a_needle_cannot_fill_a_screen_but_can_be_padded(encode_image):
    needle = encode_image(np.full((60000, 1, 3), 255, np.uint8), "PNG")

    with pytest.raises(MediaError, match="too narrow"):
        read_image(needle, 720, 720, Fit.CROP)
    assert read_image(needle, 720, 720, Fit.PAD).any(axis=(0, 2)).sum() == 1
