import io

import av
import numpy as np
import pytest

from generation.contract.requests import ClipEnd, Fit
from generation.errors import ConfigError, MediaError
from generation.media.fragments import EncoderSettings, encode_fragment, place_fragment, read_fragment
from generation.media.scaling import Scaler
from generation.media.video import ClipOptions, read_all, read_clip


def chunks_of(frames, sizes):
    fragments, start = [], 0
    for index, size in enumerate(sizes):
        fragments.append(encode_fragment(frames[start : start + size], index=index, start_frame=start))
        start += size
    return fragments


def joined(fragments):
    return fragments[0].init + b"".join(fragment.media for fragment in fragments)


def test_equal_frames_give_equal_bytes(moving_frames):
    frames = moving_frames(24)

    first = encode_fragment(frames)
    encode_fragment(moving_frames(5, first=99))
    second = encode_fragment(frames.copy())

    assert first == second


def test_bytes_do_not_depend_on_what_was_in_memory_before():
    """Small pictures have small buffers, which the allocator fills with what others left."""
    draw = np.random.default_rng(0)
    frames = draw.integers(0, 256, (24, 32, 32, 3), dtype=np.uint8)
    left, fragments = [], set()

    for _ in range(60):
        left.append(draw.integers(0, 256, draw.integers(1, 60_000), dtype=np.uint8))
        del left[:-20]
        fragments.add(encode_fragment(frames).media)

    assert len(fragments) == 1


def test_the_init_segment_is_the_same_for_every_chunk(moving_frames):
    inits = {encode_fragment(moving_frames(count, first=7 * count)).init for count in (1, 13, 24, 30)}
    black = encode_fragment(np.zeros((24, 48, 64, 3), np.uint8)).init

    assert inits == {black}


def test_nothing_tells_which_encoder_made_it(moving_frames):
    data = joined([encode_fragment(moving_frames(4))])

    assert not [name for name in (b"x264", b"Lavf", b"Lavc") if name in data]


@pytest.mark.parametrize("sizes", [[24], [24, 24, 24], [13, 24, 24], [1, 1, 5]])
def test_fragments_laid_end_to_end_play_every_frame_in_order(moving_frames, sizes):
    frames = moving_frames(sum(sizes))
    data = joined(chunks_of(frames, sizes))

    with av.open(io.BytesIO(data)) as movie:
        stream = movie.streams.video[0]
        times = [float(frame.pts * frame.time_base) for frame in movie.decode(stream)]
    decoded = read_all(data)

    assert times == pytest.approx([number / 24 for number in range(sum(sizes))])
    assert decoded.shape == frames.shape
    assert np.abs(decoded.astype(int) - frames).mean() < 2.5


def test_each_fragment_plays_without_those_before_it(moving_frames):
    frames = moving_frames(48)
    second = chunks_of(frames, [24, 24])[1]

    decoded = read_all(second.init + second.media)

    assert len(decoded) == 24
    assert np.abs(decoded.astype(int) - frames[24:]).mean() < 2.5
    assert (second.start_frame, second.seconds) == (24, 1)


def test_only_the_first_frame_of_a_fragment_is_a_keyframe_and_none_is_reordered(moving_frames):
    noise = np.random.default_rng(0).integers(0, 255, (24, 48, 64, 3), dtype=np.uint8)

    for frames in (moving_frames(24), noise):
        with av.open(io.BytesIO(joined([encode_fragment(frames)]))) as movie:
            packets = [packet for packet in movie.demux(video=0) if packet.size]

        assert [packet.is_keyframe for packet in packets] == [True] + [False] * 23
        assert all(packet.pts == packet.dts for packet in packets)


@pytest.mark.parametrize(
    "colour",
    [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (128, 128, 128), (255, 255, 0), (12, 200, 90)],
)
def test_colours_survive_the_round_trip(colour):
    frames = np.full((3, 32, 32, 3), colour, np.uint8)

    decoded = read_all(joined([encode_fragment(frames)]))

    assert np.abs(decoded.astype(int) - frames).max() <= 3


def test_colours_are_tagged_so_that_browsers_show_them_right(moving_frames):
    with av.open(io.BytesIO(joined([encode_fragment(moving_frames(2))]))) as movie:
        context = movie.streams.video[0].codec_context
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)

        assert tags == (1, 1, 1, 1)
        assert (context.name, context.profile, context.format.name) == ("h264", "High", "yuv420p")


def test_the_mime_type_names_profile_and_level(moving_frames):
    fragment = encode_fragment(moving_frames(2))

    assert fragment.mime_type.startswith('video/mp4; codecs="avc1.6400')
    assert len(fragment.mime_type) == len('video/mp4; codecs="avc1.640000"')


def test_a_fragment_can_be_placed_elsewhere_and_read_back(moving_frames):
    original = encode_fragment(moving_frames(3), index=1, start_frame=24)

    moved = place_fragment(original, index=500, start_frame=10**9)

    assert read_fragment(moved.init, moved.media) == moved
    assert (moved.index, moved.start_frame, moved.frames, moved.fps) == (500, 10**9, 3, 24)
    assert place_fragment(moved, index=1, start_frame=24) == original
    with pytest.raises(MediaError):
        place_fragment(original, index=0, start_frame=-1)


def test_other_frame_rates_keep_their_time(moving_frames):
    fragment = encode_fragment(moving_frames(8), fps=8, start_frame=16)

    with av.open(io.BytesIO(joined([fragment]))) as movie:
        first = next(movie.decode(video=0))

    assert float(first.pts * first.time_base) == 2
    assert read_fragment(fragment.init, fragment.media).fps == 8


def test_a_continuation_reads_back_the_frames_that_were_written(moving_frames):
    frames = moving_frames(72)
    data = joined(chunks_of(frames, [24, 24, 24]))

    tail = read_clip(
        data, 64, 48, Fit.STRETCH, frames=24, end=ClipEnd.LAST, options=ClipOptions(scaler=Scaler.FAITHFUL)
    )

    assert np.abs(tail.astype(int) - frames[48:]).mean() < 2.5


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (np.zeros((0, 16, 16, 3), np.uint8), "not empty"),
        (np.zeros((2, 16, 16), np.uint8), "T, H, W, 3"),
        (np.zeros((2, 16, 16, 3), np.float32), "uint8"),
        (np.zeros((2, 17, 16, 3), np.uint8), "even sides.*16x17; crop or pad"),
        (np.zeros((241, 2, 2, 3), np.uint8), "at most 240 frames"),
    ],
)
def test_unfit_frames_are_refused(frames, words):
    with pytest.raises(MediaError, match=words):
        encode_fragment(frames)


def test_unfit_settings_are_refused(moving_frames):
    with pytest.raises(MediaError, match="frame per second"):
        encode_fragment(moving_frames(1), fps=0)
    with pytest.raises(ConfigError, match="quality"):
        EncoderSettings(quality=52)
    with pytest.raises(ConfigError, match="threads"):
        EncoderSettings(threads=0)
    with pytest.raises(MediaError, match="cannot be encoded"):
        encode_fragment(moving_frames(1), encoder=EncoderSettings(preset="warp"))


def test_bytes_that_are_no_fragment_are_refused(moving_frames):
    fragment = encode_fragment(moving_frames(2))

    for media in (b"", fragment.media[:-1], fragment.media * 2, fragment.init):
        with pytest.raises(MediaError):
            read_fragment(fragment.init, media)
