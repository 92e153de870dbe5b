"""Contact sheets to print: pages, pictures and words in both scripts."""

import io
import re
from datetime import UTC, datetime

import numpy as np
from PIL import Image, PdfParser

from projects.media.sheet_pdf import contact_sheet_pdf
from projects.media.sidecars import Shown

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def clip(words: str, shade: int = 0) -> Shown:
    return Shown(title="", words=words, start=0, stop=2, picture=np.full((90, 160, 3), shade, np.uint8))


def sheet(*clips: Shown, title="海 and sea") -> bytes:
    return contact_sheet_pdf(title, clips, tags={"AIGC": "{}"}, made_at=WHEN)


def pages(document: bytes) -> list[np.ndarray]:
    """What each page shows: a page is one JPEG."""
    found = re.findall(rb"/Filter /DCTDecode.*?stream\n(.*?)\nendstream", document, re.DOTALL)
    return [np.asarray(Image.open(io.BytesIO(data))) for data in found]


def test_six_shots_stand_on_a_page():
    for count, expected in ((0, 1), (1, 1), (6, 1), (7, 2), (13, 3)):
        document = sheet(*[clip("x")] * count)
        with PdfParser.PdfParser(f=io.BytesIO(document), mode="r+b") as read:
            assert len(read.pages) == expected
            assert read.info[b"AIGC"] == b"{}"
        assert len(pages(document)) == expected


def test_equal_sheets_are_equal_files_and_say_when_they_were_made():
    assert sheet(clip("a")) == sheet(clip("a"))
    assert b"20260102030405" in sheet(clip("a"))


def test_pictures_are_shown_where_they_belong():
    (page,) = pages(sheet(clip("", shade=200), clip("", shade=90)))

    left, right = page[300, 300], page[300, 300 + 518 + 40]
    assert np.abs(left.astype(int) - 200).max() < 6
    assert np.abs(right.astype(int) - 90).max() < 6


def test_words_of_both_scripts_leave_ink_and_differ():
    """A font without the signs would draw the same box for each of them."""
    shown = [pages(sheet(clip(words)))[0][430:600, 60:600] for words in ("", "海", "山", "a hill by the sea")]

    dark = [int((picture < 128).sum()) for picture in shown]
    assert min(dark[1:]) > dark[0]
    assert np.abs(shown[1].astype(int) - shown[2].astype(int)).max() > 60


def test_long_words_go_on_in_further_lines():
    (short,), (long,) = pages(sheet(clip("one line"))), pages(sheet(clip("a sea of words " * 30)))

    def last_ink(page):
        return int(np.flatnonzero((page[:660, 60:600] < 160).any(axis=(1, 2)))[-1])

    assert last_ink(long) > last_ink(short) + 80
