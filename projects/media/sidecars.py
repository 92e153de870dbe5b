"""Files beside a film: prompts as subtitles, the tree as JSON, a sheet of first pictures."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from projects.media.lettering import lettering, shortened

_SHEET_COLUMNS, _CELL, _GAP, _CAPTION = 4, (320, 180), 16, 44
_PAPER, _INK, _SOFT = (255, 255, 255), (20, 23, 28), (90, 98, 110)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A clip as it stands in the film."""

    title: str
    words: str
    # In seconds of the film.
    start: float
    stop: float
    picture: NDArray[np.uint8] | None = None


def subtitles(clips: Sequence[Shown]) -> bytes:
    """The prompts in SRT."""
    blocks = [
        f"{number}\n{_time(clip.start)} --> {_time(clip.stop)}\n{clip.words.strip() or clip.title}\n"
        for number, clip in enumerate(clips, 1)
    ]
    return "\n".join(blocks).encode()


def project_json(data: dict[str, Any]) -> bytes:
    """The film and its tree, readable."""
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True).encode()


def contact_sheet(title: str, clips: Sequence[Shown], *, tags: Mapping[str, str]) -> bytes:
    """First pictures, numbers, lengths and words on one sheet, as PNG; ``tags`` are what it says of itself."""
    rows = -(-len(clips) // _SHEET_COLUMNS) or 1
    width = _GAP + _SHEET_COLUMNS * (_CELL[0] + _GAP)
    height = 56 + rows * (_CELL[1] + _CAPTION + _GAP)
    sheet = Image.new("RGB", (width, height), _PAPER)
    pen, font, large = ImageDraw.Draw(sheet), lettering(14), lettering(20)
    pen.text((_GAP, 14), shortened(title, large, width - 2 * _GAP), fill=_INK, font=large)
    for number, clip in enumerate(clips):
        row, column = divmod(number, _SHEET_COLUMNS)
        left, top = _GAP + column * (_CELL[0] + _GAP), 56 + row * (_CELL[1] + _CAPTION + _GAP)
        if clip.picture is not None:
            picture = Image.fromarray(clip.picture)
            picture.thumbnail(_CELL)
            sheet.paste(picture, (left + (_CELL[0] - picture.width) // 2, top + (_CELL[1] - picture.height) // 2))
        caption = f"{number + 1}  {clip.stop - clip.start:.1f} s  {clip.title}"
        pen.text((left, top + _CELL[1] + 2), shortened(caption, font, _CELL[0]), fill=_INK, font=font)
        pen.text((left, top + _CELL[1] + 20), shortened(clip.words, font, _CELL[0]), fill=_SOFT, font=font)
    said = PngInfo()
    for key, value in tags.items():
        said.add_itxt(key, value)
    file = io.BytesIO()
    sheet.save(file, "PNG", pnginfo=said)
    return file.getvalue()


def _time(seconds: float) -> str:
    whole = round(seconds * 1000)
    minutes, rest = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d},{rest % 1000:03d}"
