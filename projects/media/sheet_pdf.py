"""A contact sheet to print: six shots on a page, each with its first picture and all its words, in any script."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

from PIL import Image, ImageDraw, PdfParser

from projects.media.lettering import lettering, shortened, wrapped
from projects.media.sidecars import Shown

# A4 lying on its side, in pixels.
_RESOLUTION = 150
_PAGE = (1754, 1240)
_COLUMNS, _ROWS = 3, 2
_EDGE, _HEAD, _GAP = 60, 110, 40
_CELL = ((_PAGE[0] - 2 * _EDGE - (_COLUMNS - 1) * _GAP) // _COLUMNS, (_PAGE[1] - _HEAD - _EDGE) // _ROWS)
_PICTURE = (_CELL[0], _CELL[0] * 9 // 16)
_MOST_LINES = 5
_PAPER, _INK, _SOFT = (255, 255, 255), (20, 23, 28), (90, 98, 110)
_JPEG_QUALITY = 92


def contact_sheet_pdf(title: str, clips: Sequence[Shown], *, tags: Mapping[str, str], made_at: datetime) -> bytes:
    """First pictures, numbers, lengths and words, page by page, as PDF.

    Args:
        title: Of the film; stands on every page.
        clips: In their order; none gives one empty page.
        tags: What the file says of itself.
        made_at: When; equal arguments give equal bytes.
    """
    file = io.BytesIO()
    each = _COLUMNS * _ROWS
    pages = max(1, -(-len(clips) // each))
    when = made_at.utctimetuple()
    for number in range(pages):
        shown = list(enumerate(islice(clips, number * each, (number + 1) * each), number * each + 1))
        # Written as soon as it is drawn, so that no more than one is in memory.
        _page(title, shown, f"{number + 1} / {pages}").save(
            file, "PDF", append=number > 0, resolution=_RESOLUTION, quality=_JPEG_QUALITY, title=title,
            producer="Sceneloom", creationDate=when, modDate=when,
        )  # fmt: skip
    with PdfParser.PdfParser(f=file, mode="r+b") as document:
        document.start_writing()
        for name, value in tags.items():
            # Plain bytes where they do, so that whoever looks for the field by its text finds it.
            document.info[name.encode()] = value.encode() if value.isascii() else value
        document.write_xref_and_trailer()
    return file.getvalue()


def _page(title: str, clips: Sequence[tuple[int, Shown]], count: str) -> Image.Image:
    page = Image.new("RGB", _PAGE, _PAPER)
    pen, large, small = ImageDraw.Draw(page), lettering(34), lettering(22)
    pen.text((_EDGE, 40), shortened(title, large, _PAGE[0] - 3 * _EDGE - 100), fill=_INK, font=large)
    pen.text((_PAGE[0] - _EDGE, 48), count, fill=_SOFT, font=small, anchor="ra")
    for place, (number, clip) in enumerate(clips):
        row, column = divmod(place, _COLUMNS)
        _draw(page, pen, number, clip, (_EDGE + column * (_CELL[0] + _GAP), _HEAD + row * _CELL[1]))
    return page


def _draw(page: Image.Image, pen: ImageDraw.ImageDraw, number: int, clip: Shown, corner: tuple[int, int]) -> None:
    left, top = corner
    if clip.picture is not None:
        picture = Image.fromarray(clip.picture)
        scale = min(_PICTURE[0] / picture.width, _PICTURE[1] / picture.height)
        picture = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
        page.paste(picture, (left, top + _PICTURE[1] - picture.height))
    font, words = lettering(22), lettering(20)
    title = clip.title if clip.title != clip.words else ""
    caption = " · ".join(filter(None, (str(number), f"{clip.stop - clip.start:.1f} s", title)))
    below = top + _PICTURE[1] + 8
    pen.text((left, below), shortened(caption, font, _CELL[0]), fill=_INK, font=font)
    for line, text in enumerate(wrapped(clip.words, words, _CELL[0], most=_MOST_LINES)):
        pen.text((left, below + 34 + line * 27), text, fill=_SOFT, font=words)
