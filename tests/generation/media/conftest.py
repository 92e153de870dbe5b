"""Makers of small pictures and clips, so that the tests carry no media files of their own."""

import io
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="session")
def encode_image() -> Callable[..., bytes]:
    """Save an array, or a Pillow image, as bytes of a format."""

    def encode(pixels, image_format, **options):
        image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
        file = io.BytesIO()
        image.save(file, image_format, **options)
        return file.getvalue()

    return encode


@pytest.fixture(scope="session")
def encode_clip() -> Callable[..., bytes]:
    """Encode a numbered clip: frame i is a smooth picture whose mean grey is ``level_of(i)``."""

    def encode(
        container="mp4", codec="libx264", *, frames=30, fps=24, size=(64, 48), pix_fmt="yuv420p", milliseconds=None,
        pictures=None, prepare=None, **options,
    ):  # fmt: skip
        file = io.BytesIO()
        output = av.open(file, "w", format=container, options=options.pop("container_options", {}))
        stream = output.add_stream(codec, rate=fps, width=size[0], height=size[1], pix_fmt=pix_fmt, options=options)
        if prepare is not None:
            prepare(stream)
        for index in range(frames):
            picture = np.full((size[1], size[0], 3), level_of(index), np.uint8)
            if pictures is not None:
                picture = pictures[index]
            picture_format = "rgba" if picture.shape[-1] == 4 else "rgb24"
            frame = av.VideoFrame.from_ndarray(picture, format=picture_format)
            if milliseconds is not None:
                frame.pts, frame.time_base = milliseconds[index], Fraction(1, 1000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        output.close()
        return file.getvalue()

    return encode


def level_of(index: int) -> int:
    # Steps wide enough to survive compression; numbers start again after 30.
    return 10 + 8 * (index % 30)


@pytest.fixture(scope="session")
def numbers_of() -> Callable[[np.ndarray], list[int]]:
    """Tell which frames of a numbered clip these are, by their grey (modulo 30)."""

    def numbers(frames):
        levels = frames.reshape(len(frames), -1).mean(axis=1)
        return [round((level - 10) / 8) for level in levels]

    return numbers


@pytest.fixture(scope="session")
def png_chunk() -> Callable[[bytes, bytes], bytes]:
    """One PNG chunk with its length and checksum."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return chunk


@pytest.fixture(scope="session")
def tone() -> bytes:
    """An MP4 that holds nothing but a second of silence."""
    file = io.BytesIO()
    output = av.open(file, "w", format="mp4")
    stream = output.add_stream("aac", rate=44_100)
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 44_100), np.float32), format="fltp", layout="mono")
    frame.rate = 44_100
    output.mux(stream.encode(frame))
    output.mux(stream.encode(None))
    output.close()
    return file.getvalue()


@pytest.fixture(scope="session")
def moving_frames() -> Callable[..., np.ndarray]:
    """Frames (T, H, W, 3) of a smooth picture that slides, each different from all others."""

    def frames(count, *, height=48, width=64, first=0):
        rows, columns, times = np.mgrid[0:height, 0:width, first : first + count]
        waves = [
            np.sin((rows + 2 * times) / 9),
            np.cos((columns - times) / 7),
            np.sin((rows + columns + 3 * times) / 13),
        ]
        return (np.stack(waves, axis=-1) * 90 + 128).astype(np.uint8).transpose(2, 0, 1, 3)

    return frames
