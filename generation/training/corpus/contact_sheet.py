"""Contact sheets: a PNG with one row per clip, to look at what a corpus or a model makes."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from torch import Tensor

from generation.artifacts import atomic_write
from generation.errors import RequestError

_TEXT_PIXELS = 13


def contact_sheet(clips: Sequence[Tensor], captions: Sequence[str] = (), *, columns: int = 6, side: int = 0) -> bytes:
    """Draw clips as rows of evenly spaced frames, the first and last included.

    Args:
        clips: uint8 ``(T, H, W, 3)`` each, all of one picture size.
        captions: One line of text under each row, or none at all.
        columns: Frames per clip, at least 1.
        side: Enlarge frames by whole factors to at least this height in pixels; 0 leaves them.

    Returns:
        A PNG file's bytes.

    Raises:
        RequestError: If there is no clip, sizes differ or captions do not match.
    """
    sizes = {tuple(clip.shape[1:]) for clip in clips}
    if len(sizes) != 1 or columns < 1:
        raise RequestError(
            f"a contact sheet needs clips of one size and at least 1 column, got {sorted(sizes)}, {columns}"
        )
    if captions and len(captions) != len(clips):
        raise RequestError(f"captions must be one per clip or none, got {len(captions)} for {len(clips)} clips")
    factor = max(1, -(-side // clips[0].shape[1]))
    rows = [_row(clip.cpu().numpy(), columns, factor) for clip in clips]
    line = _TEXT_PIXELS if captions else 0
    height, width = rows[0].shape[:2]
    sheet = Image.new("RGB", (width, (height + line) * len(rows)))
    pen = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        top = number * (height + line)
        sheet.paste(Image.fromarray(row), (0, top))
        if captions:
            pen.text((2, top + height), captions[number], fill=(255, 255, 255))
    buffer = BytesIO()
    sheet.save(buffer, format="PNG")
    return buffer.getvalue()


def write_contact_sheet(
    path: Path, clips: Sequence[Tensor], captions: Sequence[str] = (), *, columns: int = 6, side: int = 0
) -> None:
    """Write :func:`contact_sheet` to a file.

    Raises:
        RequestError: As :func:`contact_sheet`.
        StorageError: If the file cannot be written.
    """
    atomic_write(path, contact_sheet(clips, captions, columns=columns, side=side))


def _row(clip: np.ndarray, columns: int, factor: int) -> np.ndarray:
    chosen = np.linspace(0, len(clip) - 1, columns).round().astype(np.int64)
    frames = clip[chosen].repeat(factor, axis=1).repeat(factor, axis=2)
    row: np.ndarray = np.concatenate(list(frames), axis=1)
    return row
