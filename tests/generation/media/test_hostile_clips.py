"""Clips made to harm: playlists, absurd headers, cut-off files, and files that are something else."""

import socket
import struct
import time

import numpy as np
import pytest

from generation.contract.requests import ClipEnd, Fit
from generation.errors import MediaError
from generation.media.containers import ClipDamaged
from generation.media.limits import ClipLimits
from generation.media.video import ClipOptions, probe_clip, read_clip


def assert_refused(data, words, **limits):
    started = time.process_time()
    with pytest.raises(MediaError, match=words):
        read_clip(data, 64, 48, Fit.STRETCH, frames=24, options=ClipOptions(limits=ClipLimits(**limits)))
    # Decoding one of these takes minutes or all memory; this only tells refusing from trying.
    assert time.process_time() - started < 10


def patched(data, marker, offset, new):
    start = data.index(marker) + offset
    return data[:start] + new + data[start + len(new) :]


@pytest.fixture(scope="module")
def mp4(encode_clip):
    return encode_clip(frames=12)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", "playlist"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlist"),
        (b'<?xml version="1.0"?><MPD></MPD>', "manifest"),
        (b"<smil><video src='file:///etc/passwd'/></smil>", "manifest"),
        (b"OggS" + bytes(60), "Ogg"),
        (b"\0\0\0\x1cftypisom" + bytes(200), "damaged, incomplete"),
        (b"\x1aE\xdf\xa3" + bytes(200), "damaged, incomplete"),
        (b"RIFF\xff\xff\xff\xffAVI " + bytes(200), "damaged, incomplete"),
    ],
)
def test_playlists_and_rubbish_are_refused(data, words):
    assert_refused(data, words)


def test_a_picture_named_as_a_clip_is_refused(tmp_path, encode_image):
    path = tmp_path / "film.mp4"
    path.write_bytes(encode_image(np.zeros((8, 8, 3), np.uint8), "PNG"))

    assert_refused(path, "use it as the start image")


def test_absurd_frame_rates_are_refused(mp4, encode_clip):
    fast = patched(patched(mp4, b"mdhd", 16, struct.pack(">I", 2**31 - 1)), b"stts", 12, struct.pack(">I", 2))
    fast_avi = patched(encode_clip("avi", "mjpeg", pix_fmt="yuvj420p"), b"strh", 28, struct.pack("<II", 1, 10**9))

    assert_refused(fast, "up to 1000 frames per second")
    assert_refused(fast_avi, "up to 1000 frames per second")


def test_absurd_sizes_are_refused(encode_clip):
    gif = encode_clip("gif", "gif", frames=2, fps=20, pix_fmt="gray")

    assert_refused(patched(gif, b"GIF8", 6, struct.pack("<HH", 65_535, 65_535)), "megapixels")
    assert_refused(encode_clip(frames=2), "megapixels, got 64x48", max_pixels=3000)


def test_tables_that_claim_billions_of_frames_are_refused(mp4):
    many = patched(mp4, b"stsz", 8, struct.pack(">II", 1, 2**28))

    assert_refused(patched(many, b"stts", 8, struct.pack(">II", 2**28, 512)), "damaged")
    assert_refused(patched(mp4, b"stsz", 8, struct.pack(">II", 1, 2**31 - 1)), "damaged")


def test_a_hundred_tracks_are_refused(mp4):
    start = mp4.index(b"moov") - 4
    moov = mp4[start:]
    track_start = moov.index(b"trak") - 4
    track = moov[track_start : track_start + struct.unpack_from(">I", moov, track_start)[0]]
    crowded = struct.pack(">I", len(moov) + 99 * len(track)) + moov[4:] + 99 * track

    assert_refused(mp4[:start] + crowded, "damaged")


def test_edit_lists_that_point_nowhere_are_refused(mp4):
    assert_refused(patched(mp4, b"elst", 8, struct.pack(">III", 2**31 - 1, 2**31 - 2, 2**32 - 1)), "damaged")


def test_a_clip_of_no_duration_gives_the_frames_that_it_has(mp4):
    silent = patched(patched(mp4, b"mdhd", 20, bytes(4)), b"mvhd", 20, bytes(4))

    assert len(read_clip(silent, 16, 16, Fit.STRETCH, frames=24)) == 12


def test_too_long_clips_and_too_many_frames_are_refused(encode_clip):
    clip = encode_clip(frames=60)

    assert_refused(clip, "may last up to 1 seconds, got 2.5", max_seconds=1)
    assert_refused(clip, "at most 20 frames", max_decoded_frames=20)


def test_files_without_video_are_refused(tone):
    assert_refused(tone, "holds no video")


def test_rare_codecs_are_refused_by_name(encode_clip):
    assert_refused(encode_clip("avi", "magicyuv", frames=2, pix_fmt="gbrp"), "magicyuv is not read here")


CUTS = [
    ("mp4", "libx264", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}, 0.5),
    ("matroska", "libx264", {}, 0.5), ("webm", "libvpx", {}, 0.5), ("avi", "mjpeg", {"pix_fmt": "yuvj420p"}, 0.7),
    ("gif", "gif", {"pix_fmt": "gray", "fps": 20}, 0.6),
]  # fmt: skip


@pytest.mark.parametrize(("container", "codec", "options", "share"), CUTS)
def test_cut_off_clips_are_refused_unless_what_is_there_is_wanted(encode_clip, container, codec, options, share):
    pictures = [np.random.default_rng(i).integers(0, 255, (48, 64, 3), dtype=np.uint8) for i in range(60)]
    data = encode_clip(container, codec, frames=60, pictures=pictures, **options)
    cut = data[: int(len(data) * share)]

    with pytest.raises(ClipDamaged, match="frames were readable") as refusal:
        read_clip(cut, 16, 16, Fit.STRETCH, frames=60)
    salvaged = read_clip(cut, 16, 16, Fit.STRETCH, frames=60, options=ClipOptions(accept_damaged=True))

    assert 10 < refusal.value.readable_frames < 50
    assert 10 < len(salvaged) < 60


def test_the_beginning_of_a_cut_off_clip_is_read_if_it_is_all_that_is_asked_for(encode_clip):
    data = encode_clip("matroska", "libx264", frames=60, tune="zerolatency")

    assert len(read_clip(data[: len(data) // 2], 16, 16, Fit.STRETCH, frames=5, end=ClipEnd.FIRST)) == 5


def test_an_mp4_without_its_index_is_refused(mp4):
    assert_refused(mp4[: len(mp4) // 3], "damaged, incomplete")


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("matroska", "libx264"), ("avi", "mpeg4")])
def test_random_damage_gives_frames_or_a_media_error(encode_clip, container, codec):
    rng = np.random.default_rng(3)
    data = np.frombuffer(encode_clip(container, codec, frames=6), np.uint8)

    for _ in range(40):
        damaged = data.copy()
        damaged[rng.integers(0, len(damaged), 8)] = rng.integers(0, 256, 8)
        try:
            frames = read_clip(damaged.tobytes(), 16, 16, Fit.STRETCH, frames=24)
        except MediaError:
            continue
        assert frames.shape[1:] == (16, 16, 3)


def riff(kind, data):
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def with_playlist_subtitles(avi, url):
    """Give an AVI a subtitle track whose first packet carries a playlist, as the GAB2 attack does."""
    playlist = f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:1.0,\n{url}\n#EXT-X-ENDLIST\n".encode()
    name = "s.m3u8".encode("utf-16-le")
    packet = b"GAB2\0" + struct.pack("<HI", 2, len(name)) + name + struct.pack("<HI", 4, len(playlist)) + playlist
    stream = struct.pack("<4s4sIHHIIIIIIIIHHHH", b"txts", bytes(4), 0, 0, 0, 0, 1, 1, 0, 1, 0, 2**32 - 1, 0, 0, 0, 0, 0)
    header_size = struct.unpack_from("<I", avi, 16)[0]
    header = patched(avi[24 : 20 + header_size], b"avih", 8 + 24, struct.pack("<I", 2))
    track = riff(b"LIST", b"strl" + riff(b"strh", stream) + riff(b"strf", b""))
    movie = avi.index(b"movi") + 4
    movie_size = struct.unpack_from("<I", avi, movie - 8)[0]
    content = b"movi" + riff(b"01tx", packet) + avi[movie : movie + movie_size - 4]
    return riff(b"RIFF", b"AVI " + riff(b"LIST", b"hdrl" + header + track) + riff(b"LIST", content))


def test_a_playlist_hidden_in_subtitles_opens_nothing(encode_clip):
    avi = encode_clip("avi", "mjpeg", frames=3, pix_fmt="yuvj420p")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        data = with_playlist_subtitles(avi, f"http://127.0.0.1:{server.getsockname()[1]}/secret.ts")

        frames = read_clip(data, 16, 16, Fit.STRETCH, frames=3)

        assert len(frames) == 3
        with pytest.raises(TimeoutError):
            server.accept()


def test_probing_refuses_what_reading_refuses(mp4):
    with pytest.raises(MediaError, match="damaged"):
        probe_clip(mp4[: len(mp4) // 3])
