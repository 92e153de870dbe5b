"""Letters on pictures: one font for both languages of the studio, carried by a package so that every machine has it."""

from noto_cjk_sans_otc import FONT_PATH
from PIL import ImageFont

# The collection holds one face per region; signs that regions draw differently are drawn as in mainland China.
_SIMPLIFIED_CHINESE = 2
_CUT = "…"
# From here on signs are words of their own, or may stand alone.
_IDEOGRAPHS = 0x2E80
_NEVER_FIRST = "，。、；：！？）」』》】”’…"


def lettering(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels, from 1: Latin, Greek, Cyrillic, Chinese, Japanese and Korean."""
    return ImageFont.truetype(str(FONT_PATH), size, index=_SIMPLIFIED_CHINESE)


def shortened(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """As much of a text as fits into so many pixels on one line, and a sign that more follows."""
    line = " ".join(text.split())
    if font.getlength(line) <= width:
        return line
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(line[:middle] + _CUT) <= width:
            low = middle
        else:
            high = middle - 1
    return line[:low].rstrip() + _CUT


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int, *, most: int) -> list[str]:
    """A text in at most so many lines of so many pixels; the last one says if more follows.

    Lines are broken between words, and in scripts without spaces between any two signs.
    """
    rest = " ".join(text.split())
    lines: list[str] = []
    while rest and len(lines) < most:
        if len(lines) == most - 1 or font.getlength(rest) <= width:
            lines.append(shortened(rest, font, width))
            break
        fits = len(shortened(rest, font, width)) - 1
        lines.append(rest[: _break_before(rest, max(1, fits))].rstrip())
        rest = rest[_break_before(rest, max(1, fits)) :].lstrip()
    return lines


def _break_before(text: str, fits: int) -> int:
    """Where a line ends that has room for so many signs: at a space or beside a sign of its own, else in a word."""
    for at in range(min(fits, len(text) - 1), 0, -1):
        if text[at] in _NEVER_FIRST:
            continue
        if text[at] == " " or ord(text[at]) >= _IDEOGRAPHS or ord(text[at - 1]) >= _IDEOGRAPHS:
            return at
    return fits
