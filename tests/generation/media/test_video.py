import json
import struct
import tracemalloc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from generation.contract.requests import ClipEnd, Fit
from generation.errors import ConfigError, MediaError
from generation.media import video
from generation.media.scaling import Scaler
from generation.media.video import ClipOptions, probe_clip, read_all, read_clip

CONTAINERS = [
    ("mp4", "libx264", "yuv420p"), ("mov", "prores_ks", "yuv422p10le"), ("matroska", "ffv1", "yuv444p"),
    ("webm", "libvpx-vp9", "yuv420p"), ("webm", "libvpx", "yuv420p"), ("avi", "mjpeg", "yuvj420p"),
    ("avi", "mpeg4", "yuv420p"), ("mp4", "libx264", "yuv420p10le"), ("mp4", "libx265", "yuv420p"),
    ("gif", "gif", "gray"),
]  # fmt: skip
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.mark.parametrize("name", ["move_48f_30fps_64x40.mp4", "short_20f_24fps_48x48.mp4"])
def test_prefixes_equal_the_released_pipeline(reference_root, name):
    folder = reference_root / "vae"
    case = json.loads((folder / "pre_video.json").read_text())["cases"][name]
    expected = load_file(folder / "pre_video.safetensors")[name]

    frames = read_clip(
        folder / case["file"], case.get("w", 32), case.get("h", 32), Fit.STRETCH, frames=32, end=ClipEnd.FIRST
    )

    np.testing.assert_array_equal(frames, expected)


def test_bicubic_prefixes_equal_the_released_pipeline_with_ffmpeg_7(reference_root):
    folder = reference_root / "vae"
    expected = load_file(folder / "pre_image_ffmpeg7.safetensors")["video_move_first4"]

    frames = read_clip(
        folder / "pre_video" / "move_48f_30fps_64x40.mp4", 48, 32, Fit.STRETCH, frames=4, end=ClipEnd.FIRST,
        options=ClipOptions(scaler=Scaler.BICUBIC),
    )  # fmt: skip

    np.testing.assert_array_equal(frames, expected)


@pytest.mark.parametrize(("container", "codec", "pix_fmt"), CONTAINERS)
def test_common_containers_and_codecs_are_read(encode_clip, numbers_of, container, codec, pix_fmt):
    fps = 20 if container == "gif" else 24
    data = encode_clip(container, codec, frames=20, fps=fps, pix_fmt=pix_fmt)

    frames = read_clip(data, 64, 48, Fit.STRETCH, frames=6, end=ClipEnd.LAST, options=ClipOptions(fps=fps))

    assert numbers_of(frames) == list(range(14, 20))


def test_av1_is_read(numbers_of):
    # Kept as a file: the encoder at hand makes a process of root's real-time, and with it all that it starts.
    data = (SAMPLES / "numbered_av1.mp4").read_bytes()

    assert numbers_of(read_clip(data, 64, 48, Fit.STRETCH, frames=6, end=ClipEnd.LAST)) == list(range(14, 20))


def test_first_and_last_frames_are_those_of_the_clip(encode_clip, numbers_of):
    data = encode_clip(frames=60, qp="0")

    assert numbers_of(read_clip(data, 32, 32, Fit.STRETCH, frames=5, end=ClipEnd.FIRST)) == [0, 1, 2, 3, 4]
    assert numbers_of(read_clip(data, 32, 32, Fit.STRETCH, frames=5, end=ClipEnd.LAST)) == [25, 26, 27, 28, 29]


@pytest.mark.parametrize("frames", [1, 2, 23])
def test_a_clip_shorter_than_asked_gives_what_it_has(encode_clip, frames):
    data = encode_clip(frames=frames)

    for end in ClipEnd:
        assert len(read_clip(data, 16, 16, Fit.STRETCH, frames=48, end=end)) == frames


def test_a_single_frame_of_a_fast_clip_is_still_one_frame(encode_clip):
    assert len(read_clip(encode_clip(frames=1, fps=120), 16, 16, Fit.STRETCH, frames=24)) == 1


@pytest.mark.parametrize(
    ("container", "codec"), [("mp4", "libx264"), ("matroska", "libx264"), ("avi", "mpeg4"), ("webm", "libvpx")]
)
@pytest.mark.parametrize("fps", [24, 30, 60])
def test_jumping_near_the_end_reads_the_same_frames_as_reading_everything(
    encode_clip, monkeypatch, container, codec, fps
):
    pictures = [np.random.default_rng(i).integers(0, 255, (32, 32, 3), dtype=np.uint8) for i in range(fps * 5)]
    data = encode_clip(container, codec, frames=fps * 5, fps=fps, size=(32, 32), pictures=pictures, g="17")

    quick = read_clip(data, 32, 32, Fit.STRETCH, frames=30)
    monkeypatch.setattr(video, "_jump_near_end", lambda *_: False)
    slow = read_clip(data, 32, 32, Fit.STRETCH, frames=30)

    np.testing.assert_array_equal(quick, slow)


def test_jumping_decodes_only_the_end(encode_clip, monkeypatch):
    data = encode_clip(frames=400, g="12")
    rendered = []
    original = video._Renderer.__call__
    monkeypatch.setattr(video._Renderer, "__call__", lambda *arguments: rendered.append(1) or original(*arguments))

    read_clip(data, 16, 16, Fit.STRETCH, frames=24)

    assert len(rendered) < 24 + 24 + 2 * 12


def test_uneven_timestamps_are_heeded(encode_clip, numbers_of):
    data = encode_clip("matroska", "ffv1", frames=4, pix_fmt="yuv444p", milliseconds=[0, 100, 500, 1000])

    frames = read_clip(data, 16, 16, Fit.STRETCH, frames=25, end=ClipEnd.FIRST)

    # 100 ms is slot 2, 500 ms slot 12, 1000 ms slot 24.
    assert numbers_of(frames)[:25] == [0] * 2 + [1] * 10 + [2] * 12 + [3]


def test_a_clip_that_starts_late_starts_with_its_first_frame(encode_clip, numbers_of):
    data = encode_clip("matroska", "ffv1", frames=3, pix_fmt="yuv444p", milliseconds=[5000, 5042, 5083])

    assert numbers_of(read_clip(data, 16, 16, Fit.STRETCH, frames=9, end=ClipEnd.FIRST))[:3] == [0, 1, 2]


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        ((0,), lambda p: p), ((90,), np.rot90), ((-90,), lambda p: np.rot90(p, -1)), ((180,), lambda p: p[::-1, ::-1]),
        ((0, True), lambda p: p[:, ::-1]), ((0, False, True), lambda p: p[::-1]),
    ],
)  # fmt: skip
def test_clips_are_turned_as_the_phone_was_held(encode_clip, rotation, expected):
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24, :32] = 250
    data = encode_clip(frames=3, pictures=[picture] * 3, prepare=lambda stream: stream.set_display_rotation(*rotation))
    upright = expected(picture)

    frames = read_all(data)

    assert frames.shape[1:] == upright.shape
    assert np.abs(frames[0].astype(int) - upright).mean() < 4
    assert (probe_clip(data).width, probe_clip(data).height) == upright.shape[1::-1]


def test_odd_sizes_and_padding_work(encode_clip):
    data = encode_clip("matroska", "ffv1", frames=2, size=(33, 17), pix_fmt="yuv444p")

    frames = read_clip(data, 32, 32, Fit.PAD, frames=2)

    assert read_all(data).shape == (2, 17, 33, 3)
    assert frames[0, 0].max() == 0
    assert frames[0, 16].max() > 0


def test_clear_parts_of_a_clip_are_black(encode_clip):
    clear = np.full((48, 64, 4), 200, np.uint8)
    clear[..., 3] = 255
    clear[:24, :, 3] = 0
    data = encode_clip("mov", "qtrle", frames=2, pictures=[clear] * 2, pix_fmt="argb")

    frame = read_all(data)[0]

    assert frame[:24].max() == 0
    assert frame[24:].min() == 200


def test_wide_pixels_keep_their_shape_when_padded(encode_clip):
    def squeeze(stream):
        stream.codec_context.sample_aspect_ratio = Fraction(2, 1)

    data = encode_clip(frames=2, size=(32, 32), prepare=squeeze)

    padded = read_clip(data, 32, 32, Fit.PAD, frames=1)[0]

    assert padded[:7].max() == 0
    assert padded[10:22].min() > 0


def test_probing_tells_what_the_clip_is(encode_clip):
    info = probe_clip(encode_clip("matroska", "libx264", frames=60, fps=30))

    assert (info.kind, info.codec, info.width, info.height) == ("Matroska or WebM", "h264", 64, 48)
    assert info.seconds == pytest.approx(2, abs=0.1)
    assert info.frames_per_second == pytest.approx(30)
    assert not info.has_sound


def test_impossible_wishes_are_refused(encode_clip):
    with pytest.raises(MediaError, match="at least 1 frame"):
        read_clip(encode_clip(frames=2), 16, 16, Fit.STRETCH, frames=0)
    with pytest.raises(ConfigError, match="fps must be positive"):
        ClipOptions(fps=0)


def test_only_as_many_pictures_are_held_as_are_asked_for(encode_clip, monkeypatch):
    data = encode_clip(frames=400, size=(128, 128))
    monkeypatch.setattr(video, "_jump_near_end", lambda *_: False)
    tracemalloc.start()
    try:
        read_clip(data, 128, 128, Fit.STRETCH, frames=8)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    # Eight in the queue, eight in the result, and what is being made; the clip has 400.
    assert peak < 24 * 128 * 128 * 3


def test_a_clip_trimmed_by_its_edit_list_is_whole(encode_clip, numbers_of):
    data = encode_clip(frames=120, g="24", qp="0", tune="zerolatency")
    entry = data.index(b"elst") + 12
    # Two seconds, from the third second on: milliseconds, then ticks of 1/12288 second.
    trimmed = data[:entry] + struct.pack(">Ii", 2000, 2 * 12_288) + data[entry + 8 :]

    for end in ClipEnd:
        frames = read_clip(trimmed, 16, 16, Fit.STRETCH, frames=100, end=end)

        assert numbers_of(frames) == [number % 30 for number in range(48, 96)]
