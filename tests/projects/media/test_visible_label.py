"""The label that people see: long enough, large enough, and nothing else is touched."""

import numpy as np
import pytest

from generation.errors import MediaError
from generation.media.fragments import encode_fragment
from generation.media.movie import finish_movie
from generation.media.recipe import read_tags
from generation.media.video import read_all
from projects.media.visible_label import FRAMES, draw_label, labelled_movie


def movie_of(lengths, size=(96, 160), **tags):
    medias, at = [], 0
    for index, frames in enumerate(lengths):
        pixels = np.full((frames, *size, 3), 100 + index, np.uint8)
        one = encode_fragment(pixels, index=index, start_frame=at)
        medias.append(one.media)
        at += frames
    return finish_movie(one.init, medias, tags)


def changed(before, after):
    """Where frames differ by more than an encoding does."""
    return np.abs(before.astype(int) - after.astype(int)).max(axis=-1) > 40


@pytest.mark.parametrize("size", [(720, 1280), (1280, 720), (96, 160), (256, 256)])
def test_letters_are_at_least_a_twentieth_of_the_shorter_side(size):
    frames = np.full((1, *size, 3), 100, np.uint8)

    bright = draw_label(frames)[0].min(axis=-1) > 120

    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    assert rows[-1] - rows[0] + 1 >= 0.05 * min(size)
    assert columns[-1] < size[1]
    assert columns[-1] - columns[0] > 0.1 * size[1]


@pytest.mark.parametrize("size", [(2, 2), (16, 8), (32, 48)])
def test_small_pictures_take_as_much_as_fits(size):
    assert draw_label(np.zeros((2, *size, 3), np.uint8)).shape == (2, *size, 3)


@pytest.mark.parametrize("lengths", [[24, 24, 24, 24], [10, 24, 24, 7], [24, 24], [30], [5]])
def test_two_seconds_carry_it_and_the_rest_keeps_its_very_pictures(lengths):
    movie = movie_of(lengths, title="海", comment="{}")

    out = labelled_movie(movie)

    before, after = read_all(movie), read_all(out)
    with_label = [bool(frame.any()) for frame in changed(before, after)]
    assert with_label == [number < FRAMES for number in range(sum(lengths))]
    # Whatever begins after the label is not even encoded again.
    starts = np.cumsum([0, *lengths])
    untouched = next((start for start in starts if start >= FRAMES), None)
    if untouched is not None:
        assert np.array_equal(before[untouched:], after[untouched:])
    assert {**read_tags(movie)} == {**read_tags(out)}


def test_what_is_no_movie_is_refused():
    with pytest.raises(MediaError):
        labelled_movie(b"\0\0\0\x18ftypisom and nothing")


def test_later_seconds_of_another_encoder_are_not_put_behind_ours(monkeypatch):
    movie = movie_of([24, 24, 24])
    monkeypatch.setattr("projects.media.visible_label._decoding", lambda init, seen=[]: seen.append(1) or len(seen))

    with pytest.raises(MediaError, match="otherwise"):
        labelled_movie(movie)
