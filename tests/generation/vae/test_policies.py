"""Frame counts of both policies, and how windows follow from the autoencoder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.config import ChunkPolicy, VAEConfig
from generation.errors import ConfigError, MediaError
from generation.vae.policies import SeamlessCuts, make_cuts

MAGI = VAEConfig(name="magi")


def cuts_of(policy, *, config=MAGI, fps=24, chunk=6):
    return make_cuts(policy, config, fps=fps, chunk_latent_frames=chunk)


RELEASED = cuts_of(ChunkPolicy.REFERENCE)
SEAMLESS = cuts_of(ChunkPolicy.SEAMLESS)


def kept(cuts):
    return sum(cut.size for cut in cuts)


def reads(cuts):
    return [(cut.start, cut.stop) for cut in cuts]


@pytest.mark.parametrize(("latents", "frames"), [(1, 1), (2, 8), (3, 12), (4, 13), (5, 20), (6, 24), (7, 25)])
def test_released_frame_counts(latents, frames):
    assert kept(RELEASED.decoding(latents, 0)) == frames


@given(latents=st.integers(1, 40), context=st.integers(0, 1))
def test_seamless_frames_are_always_four_per_latent_frame(latents, context):
    assert kept(SEAMLESS.decoding(latents, context)) == 4 * latents


@pytest.mark.parametrize(("frames", "latents"), [(1, 1), (4, 1), (7, 1), (12, 3), (13, 4), (25, 7), (18, 4), (32, 8)])
def test_released_latent_counts(frames, latents):
    assert kept(RELEASED.encoding(frames)) == latents


@given(frames=st.integers(4, 200))
def test_seamless_encoding_keeps_the_end_of_a_clip(frames):
    cuts = SEAMLESS.encoding(frames)

    assert kept(cuts) == frames // 4
    assert cuts[0].start == frames % 4
    assert cuts[-1].stop == frames
    # All windows are full, and none has one latent frame if the clip has more.
    assert {cut.stop - cut.start for cut in cuts} == {min(12, frames // 4 * 4)}


def test_seamless_windows_of_a_clip_that_starts_and_goes_on():
    assert reads(SEAMLESS.decoding(6, 0)) == [(0, 4), (1, 5), (3, 6)]
    assert reads(SEAMLESS.decoding(6, 1)) == [(0, 4), (2, 6), (4, 7)]
    # The end of a chunk stands in for what comes after it, so every window is of native length.
    assert [cut.repeats for cut in SEAMLESS.decoding(6, 1)] == [0, 0, 1]


def test_a_lone_latent_frame_is_decoded_beside_itself():
    assert [(cut.stop - cut.start, cut.repeats, cut.size) for cut in SEAMLESS.decoding(1, 0)] == [(1, 1, 4)]


def test_a_picture_is_one_latent_frame_under_both_policies():
    for cuts in (RELEASED, SEAMLESS):
        assert [(cut.start, cut.stop, cut.size) for cut in cuts.encoding(1)] == [(0, 1, 1)]


@pytest.mark.parametrize("frames", [14, 15, 26, 27])
def test_released_encoding_refuses_what_the_release_fails_on(frames):
    with pytest.raises(MediaError, match="leave"):
        RELEASED.encoding(frames)


@pytest.mark.parametrize("fps", [0, 4, 20, 30])
def test_released_windows_need_whole_patches(fps):
    with pytest.raises(ConfigError, match="multiple of 8"):
        cuts_of(ChunkPolicy.REFERENCE, fps=fps)


def test_released_windows_follow_the_frame_rate():
    assert reads(cuts_of(ChunkPolicy.REFERENCE, fps=16).encoding(20)) == [(0, 8), (8, 16), (16, 20)]


@pytest.mark.parametrize(
    ("native", "encoded", "shown", "left", "right"),
    [
        (1, 1, 1, 0, 0),
        (2, 2, 1, 1, 0),
        (3, 3, 1, 1, 1),
        (4, 3, 2, 1, 1),
        (5, 3, 3, 1, 1),
        (8, 6, 6, 1, 1),
        (16, 6, 6, 1, 1),
    ],
)
def test_seamless_windows_follow_the_native_length(native, encoded, shown, left, right):
    cuts = SeamlessCuts.for_chunks(6, native=native, patch_length=4)

    assert (cuts.encode_run, cuts.run, cuts.context_latent_frames, cuts.right) == (encoded, shown, left, right)


@given(native=st.integers(1, 20), chunk=st.integers(1, 12))
def test_windows_divide_chunks_and_are_never_longer_than_native(native, chunk):
    cuts = SeamlessCuts.for_chunks(chunk, native=native, patch_length=4)

    assert chunk % cuts.run == 0
    assert chunk % cuts.encode_run == 0
    assert max(cuts.left + cuts.run + cuts.right, cuts.encode_run) <= native
