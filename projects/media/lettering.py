"""Letters on pictures: one font for both languages of the studio, carried by a package so that every machine has it."""

from noto_cjk_sans_otc import FONT_PATH
from PIL import ImageFont

# The collection holds one face per region; signs that regions draw differently are drawn as in mainland China.
_SIMPLIFIED_CHINESE = 2
_CUT = "…"


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
