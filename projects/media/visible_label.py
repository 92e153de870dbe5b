"""The label that people see: over the first seconds of a generated film, in both languages.

Only those seconds are encoded again; the rest of a file keeps its very packets.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import MediaError
from generation.media.boxes import Box, read_boxes
from generation.media.fragments import TICKS_PER_FRAME, Fragment, encode_fragment, place_fragment, read_fragment
from generation.media.movie import write_movie
from generation.media.recipe import read_tags
from projects.media.frames import seconds_of
from projects.media.lettering import lettering

TEXT = "AI生成 · AI-generated"
# GB 45438-2025: at least two seconds from the start, letters at least a twentieth of the shorter side.
FRAMES = 2 * FRAMES_PER_SECOND
_SHARE, _LEAST_SIZE = 0.07, 4
_INK, _PLATE = (255, 255, 255), (0, 0, 0, 168)
_CONTAINER_TAGS = ("major_brand", "minor_version", "compatible_brands", "encoder")


def draw_label(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Frames ``(T, H, W, 3)`` with the label in the lower left corner; as much of its text as the width holds."""
    plate = _plate(frames.shape[2], frames.shape[1])
    height, width = plate.shape[:2]
    top, left = frames.shape[1] - height, 0
    drawn = frames.copy()
    under = drawn[:, top:, left : left + width].astype(np.float32)
    share = plate[..., 3:].astype(np.float32) / 255
    mixed = under * (1 - share) + plate[..., :3].astype(np.float32) * share
    drawn[:, top:, left : left + width] = np.rint(mixed).astype(np.uint8)
    return drawn


def _plate(width: int, height: int) -> NDArray[np.uint8]:
    """The label ``(h, w, 4)`` for a picture of this size."""
    text, size = TEXT, max(_LEAST_SIZE, round(min(width, height) * _SHARE))
    if lettering(size).getlength(text) > width * 0.9:
        text = TEXT.partition(" ")[0]
    font = lettering(size)
    margin = max(1, size // 3)
    box = (min(width, round(font.getlength(text)) + 2 * margin), min(height, size + 2 * margin))
    image = Image.new("RGBA", box, _PLATE)
    ImageDraw.Draw(image).text((margin, box[1] // 2), text, fill=_INK, font=font, anchor="lm")
    return np.asarray(image)


def labelled_movie(movie: bytes) -> bytes:
    """A movie of ours with the label over its first two seconds, its tags kept.

    Raises:
        MediaError: If it is no movie as :func:`generation.media.movie.write_movie` makes it.
        StorageError: If it cannot be written.
    """
    init, groups = _groups(movie)
    opening: list[Fragment] = []
    kept, frames = list(groups), 0
    while kept and frames < FRAMES:
        frames += read_fragment(init, kept.pop(0)).frames
    at = 0
    for second in _in_seconds(movie, frames):
        most = max(0, FRAMES - at)
        shown = np.concatenate([draw_label(second[:most]), second[most:]])
        opening.append(encode_fragment(shown, index=len(opening), start_frame=at))
        at += len(second)
    if kept and _decoding(opening[0].init) != _decoding(init):
        raise MediaError("the clip was encoded otherwise than here; its later seconds cannot be kept as they are")
    medias = [one.media for one in opening]
    for media in kept:
        placed = place_fragment(read_fragment(init, media), index=len(medias), start_frame=at)
        medias.append(placed.media)
        at += placed.frames
    file = io.BytesIO()
    tags = {key: value for key, value in read_tags(movie).items() if key not in _CONTAINER_TAGS}
    write_movie(file, opening[0].init, medias, tags)
    return file.getvalue()


def _in_seconds(movie: bytes, frames: int) -> Iterator[NDArray[np.uint8]]:
    """The first frames, a second at a time."""
    left = frames
    for second in islice(seconds_of(movie), -(-frames // FRAMES_PER_SECOND)):
        yield second[:left]
        left -= len(second)


def _groups(movie: bytes) -> tuple[bytes, list[bytes]]:
    """A movie's init segment and its groups of pictures, each as a fragment."""
    try:
        with av.open(io.BytesIO(movie), "r", format="mp4") as source:
            stream = source.streams.video[0]
            packets: list[list[av.Packet[av.VideoStream]]] = []
            for packet in source.demux(stream):
                if packet.size and packet.is_keyframe:
                    packets.append([])
                if packet.size:
                    packets[-1].append(packet)
            files = [_fragment_of(stream, group) for group in packets]
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise MediaError(f"the clip cannot be taken apart: {error}") from error
    if not files:
        raise MediaError("the clip has no pictures")
    return files[0][0], [media for _, media in files]


def _fragment_of(template: av.VideoStream, group: "list[av.Packet[av.VideoStream]]") -> tuple[bytes, bytes]:
    file = io.BytesIO()
    options = {
        "movflags": "empty_moov+default_base_moof+skip_trailer",
        "fflags": "+bitexact",
        "video_track_timescale": str(TICKS_PER_FRAME * FRAMES_PER_SECOND),
    }
    with av.open(file, "w", format="mp4", options=options) as output:
        stream = output.add_stream_from_template(template)
        for number, packet in enumerate(group):
            packet.stream = stream
            packet.pts = packet.dts = number * TICKS_PER_FRAME
            packet.time_base = Fraction(1, TICKS_PER_FRAME * FRAMES_PER_SECOND)
            packet.duration = TICKS_PER_FRAME
            output.mux(packet)
    data = file.getvalue()
    boxes: dict[str, Box] = {box.kind: box for box in read_boxes(data)}
    init = b"".join(data[boxes[kind].start : boxes[kind].stop] for kind in ("ftyp", "moov"))
    return init, data[boxes["moof"].start : boxes["mdat"].stop]


def _decoding(init: bytes) -> bytes:
    """What a decoder is told: equal for movies whose packets may follow each other."""
    at = init.index(b"avcC")
    return init[at : at + int.from_bytes(init[at - 4 : at], "big") - 4]
