"""Fragments read one by one from a growing movie."""

import io

import numpy as np
import pytest

from generation.errors import MediaError
from generation.media.fragments import encode_fragment
from generation.media.growing import GrowingMovie
from generation.pipeline.stored_fragments import StoredFragments


@pytest.fixture
def fragments():
    return [
        encode_fragment(np.full((3, 16, 16, 3), 60 * index, np.uint8), index=index, start_frame=3 * index)
        for index in range(3)
    ]


@pytest.fixture
def movie(fragments, tmp_path):
    with GrowingMovie(tmp_path / "growing.mp4") as growing:
        for fragment in fragments:
            growing.append(fragment)
    return tmp_path / "growing.mp4"


def test_fragments_are_those_that_were_appended(movie, fragments):
    with movie.open("rb") as file:
        stored = StoredFragments(file)

        assert stored.init == fragments[0].init
        assert list(stored) == [fragment.media for fragment in fragments]
        assert stored[1:] == [fragment.media for fragment in fragments[1:]]
        assert stored[-1] == fragments[-1].media


def test_half_a_fragment_at_the_end_is_none(movie, fragments):
    file = io.BytesIO(movie.read_bytes()[:-5])

    assert len(StoredFragments(file)) == 2


def test_only_what_is_asked_for_is_read(movie, fragments):
    class Counting(io.BytesIO):
        bytes_read = 0

        def read(self, size=-1):
            data = super().read(size)
            self.bytes_read += len(data)
            return data

    file = Counting(movie.read_bytes())
    stored = StoredFragments(file)
    before = file.bytes_read

    assert stored[1]
    assert file.bytes_read - before == len(fragments[1].media)


@pytest.mark.parametrize("content", [b"", b"no movie at all, only some text", b"\0\0\0\x08moov\0\0\0\x08ftyp"])
def test_what_is_no_growing_movie_is_refused(content):
    with pytest.raises(MediaError):
        StoredFragments(io.BytesIO(content))
