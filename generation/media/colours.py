"""From the many pixel kinds that files hold to the few that are scaled: grey, 16-bit grey, RGB and RGBA, in sRGB."""

import io
import logging

import av
import numpy as np
from PIL import Image, ImageCms

from generation.errors import MediaError

logger = logging.getLogger(__name__)

_FRAME_FORMATS = {"L": "gray", "RGB": "rgb24", "RGBA": "rgba"}
_DEEP_GREYS = ("I;16", "I;16B", "I;16L", "I;16N", "I")


def foreign_profile(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """The colour profile that a picture's numbers are in, unless they are sRGB already or it is unreadable."""
    data = image.info.get("icc_profile")
    if not data:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        return None if "srgb" in ImageCms.getProfileDescription(profile).lower() else profile
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        logger.warning("a colour profile is unreadable and ignored: %s", error)
        return None


def with_plain_channels(image: Image.Image) -> Image.Image:
    """The loaded picture as L, RGB, RGBA, CMYK or deep grey: palettes looked up, one-bit and rarer spaces converted.

    Raises:
        MediaError: For floating-point pixels, whose white point nobody can know.
    """
    if image.mode == "F":
        raise MediaError("a picture with floating-point pixels has no fixed white; save it with 8 or 16 bits")
    if image.mode in ("L", "RGB", "CMYK", *_DEEP_GREYS) and not image.has_transparency_data:
        return image
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def in_srgb(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    """The picture with its numbers brought from ``profile`` to sRGB; unchanged if the two do not fit each other."""
    try:
        converted = ImageCms.profileToProfile(
            image, profile, ImageCms.createProfile("sRGB"), outputMode="RGBA" if image.mode == "RGBA" else "RGB"
        )
    except (ImageCms.PyCMSError, ValueError) as error:
        logger.warning("a colour profile does not fit its picture and is ignored: %s", error)
        return image
    return image if converted is None else converted


def palette_frame(image: Image.Image) -> av.VideoFrame:
    """An indexed picture with its palette, opaque: libswscale then looks colours up as in the released pipeline."""
    colours = np.frombuffer(image.im.getpalette("RGB", "RGB"), np.uint8).reshape(-1, 3)
    palette = np.full((256, 4), 255, np.uint8)
    palette[: len(colours), 1:] = colours[:256]
    indexed = (np.asarray(image), palette)
    return av.VideoFrame.from_ndarray(indexed, format="pal8")  # type: ignore[arg-type] # the stub forgets pairs


def as_frame(image: Image.Image) -> av.VideoFrame:
    """The picture as a frame that libswscale takes.

    Raises:
        MediaError: For 32-bit grey beyond 16 bits.
    """
    if image.mode in _DEEP_GREYS:
        grey = np.asarray(image)
        if grey.dtype.itemsize > 2 and (grey.min() < 0 or grey.max() > 0xFFFF):
            raise MediaError("a grey picture may have up to 16 bits, got more; save it with 8 or 16 bits")
        return av.VideoFrame.from_ndarray(grey.astype(np.uint16), format="gray16le")
    if image.mode not in _FRAME_FORMATS:
        image = image.convert("RGB")
    return av.VideoFrame.from_ndarray(np.asarray(image), format=_FRAME_FORMATS[image.mode])
