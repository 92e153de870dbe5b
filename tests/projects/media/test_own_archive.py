"""An archive that is made piece by piece is read like any other, and is never held."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from projects.media.own_archive import Packed, archive_pieces, name_from

WRITTEN = datetime(2026, 5, 4, 3, 2, 10, tzinfo=UTC)


def test_what_was_put_in_comes_out():
    words = "风筝 kites\n".encode() * 1000
    files = [
        Packed(name="profile.json", size=len(words), pieces=[words], is_text=True),
        Packed(name="media/风筝.mp4", size=6, pieces=[b"abc", b"", b"def"]),
        Packed(name="empty.jsonl", size=0, pieces=[]),
    ]

    data = b"".join(archive_pieces(files, written=WRITTEN))

    assert len(data) < len(words)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "profile.json": words, "media/风筝.mp4": b"abcdef", "empty.jsonl": b"",
        }  # fmt: skip
        assert archive.getinfo("profile.json").date_time == WRITTEN.timetuple()[:6]


def test_pieces_leave_before_the_next_ones_are_read():
    read = []

    def pieces():
        for number in range(4):
            read.append(number)
            yield bytes(100_000)

    stream = archive_pieces([Packed(name="x", size=400_000, pieces=pieces())], written=WRITTEN)

    assert len(next(stream)) >= 100_000
    assert read == [0]
    assert len(b"".join(stream)) >= 300_000


def test_a_file_beyond_four_gigabytes_gets_the_long_form():
    stream = archive_pieces([Packed(name="x", size=5 * 2**30, pieces=[b"only said"])], written=WRITTEN)

    with zipfile.ZipFile(io.BytesIO(b"".join(stream))) as archive:
        # The local header's extra field of the long form: 20 bytes after the name.
        assert archive.fp is not None
        archive.fp.seek(28)
        assert int.from_bytes(archive.fp.read(2), "little") == 20
        assert archive.read("x") == b"only said"


def test_what_reading_raises_comes_through():
    def broken():
        yield b"a"
        raise KeyError("gone")

    with pytest.raises(KeyError):
        b"".join(archive_pieces([Packed(name="x", size=2, pieces=broken())], written=WRITTEN))


@pytest.mark.parametrize(
    ("title", "name"),
    [("Kites over the ridge", "Kites-over-the-ridge"), ("风筝 2", "风筝-2"), ("../../etc/passwd", "etc-passwd"),
     ("\0:*?\"<>|", "untitled"), ("", "untitled"), ("x" * 300, "x" * 60)],
)  # fmt: skip
def test_a_title_becomes_a_name_that_leads_nowhere(title, name):
    assert name_from(title) == name
