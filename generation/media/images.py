"""Read a picture of any common format as RGB of the clip's size.

Pillow opens and checks every file. JPEG pixels are then decoded by libav and scaled straight from YCbCr, because that
is what makes them equal the released pipeline's bit for bit; the other formats hold RGB and need no second decoder.
"""

import io
import re
import struct
import warnings
import zlib
from dataclasses import dataclass
from enum import StrEnum

import av
from av.codec import CodecContext
from PIL import Image

from generation.contract.requests import Fit
from generation.errors import MediaError, MediaTooLarge
from generation.media.colours import as_frame, foreign_profile, in_srgb, palette_frame, with_plain_channels
from generation.media.limits import ImageLimits
from generation.media.scaling import PictureFitter, RgbImage, Scaler
from generation.media.sniffing import IMAGE_KINDS, MediaKind
from generation.media.sources import MediaSource, open_source
from generation.media.upright import over_black, turn_of_exif, turned

_PILLOW_FORMATS = {
    MediaKind.JPEG: "JPEG",
    MediaKind.PNG: "PNG",
    MediaKind.GIF: "GIF",
    MediaKind.WEBP: "WEBP",
    MediaKind.BMP: "BMP",
    MediaKind.TIFF: "TIFF",
    MediaKind.AVIF: "AVIF",
}

# What Pillow raises on damaged or hostile files, besides its own errors (all of which are OSError or ValueError).
_DECODER_ERRORS = (
    OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError, AttributeError, OverflowError,
    RuntimeError, MemoryError, NotImplementedError, struct.error, zlib.error,
    # Doubts about a file, where warnings are made errors.
    Warning,
)  # fmt: skip

_EXIF_ORIENTATION = 0x0112


class Reading(StrEnum):
    """What of a picture counts."""

    # As a browser shows it: upright, transparency over black, colours brought to sRGB.
    AS_SHOWN = "as_shown"
    # As the released code read it with ffmpeg 4: stored orientation, alpha dropped, profiles ignored.
    AS_RELEASED = "as_released"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageInfo:
    """What a picture's header says."""

    kind: MediaKind
    # As shown, that is, after turning it upright.
    width: int
    height: int
    has_alpha: bool


def probe_image(source: MediaSource, *, limits: ImageLimits = ImageLimits()) -> ImageInfo:  # noqa: B008 - frozen
    """Tell a picture's kind and size from its header alone.

    Raises:
        MediaError: If it is no picture, is damaged, or exceeds ``limits``.
    """
    image, kind, _ = _open_image(source, limits)
    width, height = image.size
    if turn_of_exif(_orientation(image)).swaps_sides:
        width, height = height, width
    try:
        has_alpha = image.has_transparency_data
    except (*_DECODER_ERRORS, AssertionError) as error:
        # A palette picture without its palette.
        raise MediaError(f"the {kind} picture is damaged: {error}; save it again") from error
    return ImageInfo(kind=kind, width=width, height=height, has_alpha=has_alpha)


def read_image(
    source: MediaSource,
    width: int,
    height: int,
    fit: Fit,
    *,
    reading: Reading = Reading.AS_SHOWN,
    scaler: Scaler = Scaler.BILINEAR,
    limits: ImageLimits = ImageLimits(),  # noqa: B008 - frozen
) -> RgbImage:
    """Read a picture at a clip's size; of an animation, its first frame.

    Args:
        source: A path or the file's bytes; its kind is told by content, never by name.
        width: Of the result, in pixels.
        height: Of the result, in pixels.
        fit: How another shape is brought to this one.
        reading: As people see it (default), or as the released code read it.
        scaler: Bilinear equals the released pipeline with ffmpeg 4, bicubic with ffmpeg 7.
        limits: What is refused.

    Returns:
        ``(height, width, 3)`` uint8.

    Raises:
        MediaError: If it is no picture, is damaged or truncated, or exceeds ``limits``.
    """
    return PictureFitter(width, height, fit, scaler=scaler)(_decode(source, reading, limits))


def load_image(source: MediaSource, *, limits: ImageLimits = ImageLimits()) -> RgbImage:  # noqa: B008 - frozen
    """Read a picture at its own size, as shown: ``(H, W, 3)`` uint8, free of metadata.

    Raises:
        MediaError: If it is no picture, is damaged or truncated, or exceeds ``limits``.
    """
    frame = _decode(source, Reading.AS_SHOWN, limits)
    return PictureFitter(frame.width, frame.height, Fit.STRETCH)(frame)


def _decode(source: MediaSource, reading: Reading, limits: ImageLimits) -> av.VideoFrame:
    image, kind, data = _open_image(source, limits)
    try:
        if kind is not MediaKind.JPEG:
            # First of all: asking a PNG for its orientation reads its pixels, too, and a failure there is forgiven.
            image.load()
        profile = foreign_profile(image) if reading is Reading.AS_SHOWN else None
        turn = turn_of_exif(_orientation(image) if reading is Reading.AS_SHOWN else 1)
        if kind is MediaKind.JPEG and image.mode in ("L", "RGB") and profile is None:
            _check_whole_jpeg(image)
            return turned(_decode_jpeg(data, limits), turn)
        image.load()  # A JPEG with a profile or four inks.
        opaque = reading is Reading.AS_RELEASED or not image.has_transparency_data
        if kind is MediaKind.PNG and image.mode == "P" and profile is None and opaque:
            return turned(palette_frame(image), turn)
        image = with_plain_channels(image)
        if profile is not None:
            image = in_srgb(image, profile)
        frame = as_frame(image)
        return turned(frame, turn) if reading is Reading.AS_RELEASED else turned(over_black(frame), turn)
    except av.FFmpegError as error:
        raise MediaError(f"the {kind} picture is damaged: {error}") from error
    except _DECODER_ERRORS as error:
        raise MediaError(f"the {kind} picture is damaged or cut off: {error}; save it again") from error


def _open_image(source: MediaSource, limits: ImageLimits) -> tuple[Image.Image, MediaKind, bytes]:
    file, kind = open_source(source, max_bytes=limits.max_bytes)
    with file:
        if kind not in IMAGE_KINDS:
            raise MediaError(f"a picture is needed, got a clip ({kind}); use it as a video instead")
        data = file.read()
    try:
        with warnings.catch_warnings():
            # The limit is ours, and said below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=[_PILLOW_FORMATS[kind]])
    except Image.DecompressionBombError as error:
        raise _too_large(limits, _claimed(error)) from error
    except _DECODER_ERRORS as error:
        raise MediaError(f"the {kind} picture is damaged: {error}; save it again") from error
    if image.width * image.height > limits.max_pixels:
        raise _too_large(limits, f"{image.width}x{image.height}")
    return image, kind, data


def _too_large(limits: ImageLimits, got: str) -> MediaTooLarge:
    return MediaTooLarge(
        f"a picture must have at most {limits.max_pixels / 1e6:g} megapixels, got {got}; make it smaller"
    )


def _claimed(error: Image.DecompressionBombError) -> str:
    """How many pixels Pillow counted in a picture that it does not open."""
    found = re.search(r"\d+", str(error))
    return f"{int(found[0]) / 1e6:.0f}" if found else "far more"


def _orientation(image: Image.Image) -> object:
    try:
        return image.getexif().get(_EXIF_ORIENTATION)
    except _DECODER_ERRORS:
        # A damaged camera note is no reason to refuse the picture.
        return None


def _check_whole_jpeg(image: Image.Image) -> None:
    # libav fills what is missing with grey and says nothing. Pillow reads the entropy-coded data to its end and
    # objects; asked for an eighth of the size in grey it skips nearly all other work.
    image.draft("L", (1, 1))
    image.load()


def _decode_jpeg(data: bytes, limits: ImageLimits) -> av.VideoFrame:
    decoder = CodecContext.create("mjpeg", "r")
    decoder.options = {"max_pixels": str(limits.max_pixels)}
    frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    if not frames:
        raise MediaError("the JPEG picture holds no pixels; save it again")
    return frames[0]
