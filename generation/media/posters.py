"""Small still pictures of a clip: posters for the canvas and strips for scrubbing."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.errors import MediaError

_QUALITY = 80

# Libwebp takes no longer side.
_MAX_STRIP_SIDE = 16_383


def poster_webp(frame: NDArray[np.uint8], width: int) -> bytes:
    """A frame ``(H, W, 3)`` as a WebP of at most ``width`` pixels across, never enlarged.

    Raises:
        MediaError: If the frame is of another kind or the width is not positive.
    """
    return _encoded(_shrunk(frame, width))


def strip_webp(frames: NDArray[np.uint8], width: int, *, columns: int) -> bytes:
    """Frames ``(T, H, W, 3)`` as one WebP sheet, row by row, each at most ``width`` pixels across.

    Raises:
        MediaError: If the frames are of another kind, a number is not positive, or the sheet would be too large.
    """
    if frames.ndim != 4 or len(frames) < 1 or columns < 1:
        raise MediaError(f"a strip needs (T, H, W, 3) frames and columns, got {frames.shape} and {columns}")
    first = _shrunk(frames[0], width)
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    size = (columns * first.width, rows * first.height)
    if max(size) > _MAX_STRIP_SIDE:
        raise MediaError(f"a strip may have up to {_MAX_STRIP_SIDE} pixels a side, got {size[0]}x{size[1]}")
    sheet = Image.new("RGB", size)
    for number, frame in enumerate(frames):
        row, column = divmod(number, columns)
        sheet.paste(_shrunk(frame, width), (column * first.width, row * first.height))
    return _encoded(sheet)


def _shrunk(frame: NDArray[np.uint8], width: int) -> Image.Image:
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or not frame.size:
        raise MediaError(f"a frame must be (H, W, 3) uint8 and not empty, got {frame.shape} {frame.dtype}")
    if width < 1:
        raise MediaError(f"a poster must be at least 1 pixel wide, got {width}")
    image = Image.fromarray(frame)
    if width >= image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()
