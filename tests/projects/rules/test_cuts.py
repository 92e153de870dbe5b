"""Where continuations start: stored latents between two of them, frames elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.cuts import MOST_CHUNKS, Second, origin_at, origin_of_redo, seconds_needed


def seconds(count, name="s"):
    return [Second(latents_key=f"{name}{n}", init_key=f"i{name}", fragment_key=f"f{name}{n}") for n in range(count)]


@pytest.mark.parametrize(("frames", "needed"), [(1, 1), (24, 1), (25, 2), (240, 10)])
def test_a_cut_needs_every_second_it_reaches_into(frames, needed):
    assert seconds_needed(frames) == needed


def test_a_cut_between_latents_takes_stored_ones():
    latents, video = origin_at(seconds(3), 36)

    assert video is None
    assert (latents.chunk_keys, latents.latent_frames) == (("s0", "s1"), 9)


def test_a_cut_inside_a_latent_takes_frames():
    latents, video = origin_at(seconds(3), 35)

    assert latents is None
    assert (video.fragment_keys, video.frames) == (("fs0", "fs1"), 35)


def test_less_than_a_second_takes_frames_unless_seconds_before_it_are_known():
    assert origin_at(seconds(1), 12)[1].frames == 12
    latents, _ = origin_at(seconds(1), 12, before=seconds(1, "b"))
    assert (latents.chunk_keys, latents.latent_frames) == (("b0", "s0"), 9)


def test_only_what_can_be_looked_at_is_given():
    latents, _ = origin_at(seconds(10), 240)

    assert latents.chunk_keys == tuple(f"s{n}" for n in range(5, 10))
    assert latents.latent_frames == 30


@pytest.mark.parametrize("frames", [0, -1, 73])
def test_a_cut_outside_is_refused(frames):
    with pytest.raises(ValueError, match=r"a cut must lie 1\.\.72"):
        origin_at(seconds(3), frames)


def test_a_redo_starts_from_the_seconds_it_shares():
    latents = origin_of_redo(seconds(4), 2)

    assert (latents.chunk_keys, latents.latent_frames) == (("s0", "s1"), 12)


@pytest.mark.parametrize("shared", [0, 5])
def test_a_redo_shares_seconds_that_exist(shared):
    with pytest.raises(ValueError, match="a redo must share"):
        origin_of_redo(seconds(4), shared)


@given(st.integers(1, 10), st.data())
def test_every_cut_has_exactly_one_origin_with_enough_in_it(count, data):
    frames = data.draw(st.integers(1, count * 24))

    latents, video = origin_at(seconds(count), frames)

    assert (latents is None) != (video is None)
    if latents is not None:
        assert frames % 4 == 0
        assert 6 <= latents.latent_frames <= 6 * len(latents.chunk_keys)
        assert len(latents.chunk_keys) <= MOST_CHUNKS + 1
        assert latents.chunk_keys[-1] == f"s{seconds_needed(frames) - 1}"
    else:
        assert 0 < video.frames <= 24 * len(video.fragment_keys)
        assert (len(video.fragment_keys) * 24 - video.frames) % 24 == -frames % 24
