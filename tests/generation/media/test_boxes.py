import io
import struct

import pytest

from generation.errors import MediaError
from generation.media.boxes import find_box, read_boxes, read_number, read_whole_boxes, with_number


def box(kind, body=b""):
    return struct.pack(">I4s", 8 + len(body), kind) + body


def large_box(kind, body=b""):
    return struct.pack(">I4sQ", 1, kind, 16 + len(body)) + body


def test_boxes_are_found_by_path():
    data = box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", b"\0\0\1\2") + box(b"trak", box(b"tkhd", b"abc")))

    found = find_box(data, "moov/trak/tkhd")

    assert data[found.body : found.stop] == b"abc"
    assert [found.kind for found in read_boxes(data)] == ["ftyp", "moov"]
    assert read_number(data, find_box(data, "moov/mvhd").body, size=4) == 258


def test_large_boxes_are_understood():
    data = large_box(b"mdat", b"12345") + box(b"free")

    assert [(found.kind, found.stop - found.body) for found in read_boxes(data)] == [("mdat", 5), ("free", 0)]
    assert [found.kind for found in read_whole_boxes(io.BytesIO(data))] == ["mdat", "free"]


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0",
        struct.pack(">I4s", 7, b"moov"),
        struct.pack(">I4s", 0, b"mdat") + b"to the end",
        struct.pack(">I4s", 100, b"moov") + b"short",
        struct.pack(">I4sQ", 1, b"moov", 2**63),
        struct.pack(">I4s", 1, b"moov"),
    ],
)
def test_boxes_that_do_not_fit_are_refused(data):
    with pytest.raises(MediaError, match="MP4 box"):
        read_boxes(data)
    assert read_whole_boxes(io.BytesIO(data)) == []


def test_missing_and_doubled_boxes_are_refused():
    data = box(b"moov", box(b"trak") + box(b"trak"))

    with pytest.raises(MediaError, match="exactly one trak box at moov/trak, got 2"):
        find_box(data, "moov/trak")
    with pytest.raises(MediaError, match="exactly one moof box"):
        find_box(data, "moof/mfhd")


def test_numbers_are_replaced_in_place_if_they_fit():
    assert with_number(b"abcdef", 1, 258, size=4) == b"a\0\0\1\2f"
    with pytest.raises(MediaError, match="must be in 0"):
        with_number(b"abcdef", 1, 2**32, size=4)


def test_a_cut_off_tail_is_left_out():
    data = box(b"ftyp") + box(b"moov", b"x" * 20)

    assert [found.kind for found in read_whole_boxes(io.BytesIO(data[:-1]))] == ["ftyp"]
