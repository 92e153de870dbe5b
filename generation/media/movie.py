"""Join fragments into one MP4 that starts to play before it is loaded whole, without encoding anything again.

The index is written in front (space for it is kept free from the start), so nothing is moved afterwards; what was
written is read back and compared before it is called finished.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from generation.errors import MediaError, StorageError
from generation.media.boxes import read_whole_boxes
from generation.media.fragments import TICKS_PER_FRAME, Fragment, read_fragment

# Upper bounds of what the index needs: per frame a size, a sync entry, an offset and a chunk entry.
_INDEX_BYTES_PER_FRAME = 4 + 4 + 8 + 12
_INDEX_BYTES = 4096

# What every MP4 carries of itself.
_CONTAINER_TAGS = ("major_brand", "minor_version", "compatible_brands")


@dataclass(frozen=True, kw_only=True, slots=True)
class MovieFacts:
    """What a finished movie holds."""

    frames: int
    fps: int
    # Frames that playing can start from, counted from 0: the first of every fragment.
    keyframes: tuple[int, ...]
    tags: Mapping[str, str]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / self.fps


def finish_movie(init: bytes, medias: Sequence[bytes], tags: Mapping[str, str]) -> bytes:
    """Join the fragments of one take in memory; see :func:`write_movie`."""
    file = io.BytesIO()
    write_movie(file, init, medias, tags)
    return file.getvalue()


def write_movie(file: BinaryIO, init: bytes, medias: Sequence[bytes], tags: Mapping[str, str]) -> MovieFacts:
    """Join fragments into a movie and read it back.

    Args:
        file: Empty, opened for reading and writing, seekable. The caller makes it durable and gives it its name.
        init: The init segment that all fragments share.
        medias: The fragments in order, each starting where the one before ended, the first at frame 0. Gone through
            twice, one at a time, so it may load them as they are asked for.
        tags: Text to carry, such as :attr:`Recipe.tags`; any keys.

    Returns:
        What the movie holds, as read back from it.

    Raises:
        MediaError: If the fragments do not follow each other or are none.
        StorageError: If the file cannot be written whole, or reads back differently.
    """
    expected = _plan(init, medias, tags)
    try:
        _mux(file, init, medias, expected)
        file.flush()
        found = _read_back(file)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise StorageError(f"the movie could not be written whole: {error}; free some space and try again") from error
    if found != expected:
        raise StorageError(f"the movie reads back differently: wrote {expected}, found {found}")
    return found


def _plan(init: bytes, medias: Sequence[bytes], tags: Mapping[str, str]) -> MovieFacts:
    keyframes, frames, fps = [], 0, 0
    for position, media in enumerate(medias):
        fragment = read_fragment(init, media)
        if fragment.start_frame != frames:
            raise MediaError(
                f"fragments must follow each other: number {position} starts at frame {fragment.start_frame}, "
                f"must start at {frames}"
            )
        keyframes.append(frames)
        frames += fragment.frames
        fps = fragment.fps
    if not frames:
        raise MediaError("a movie must have at least one fragment, got none")
    return MovieFacts(frames=frames, fps=fps, keyframes=tuple(keyframes), tags=dict(tags))


def _mux(file: BinaryIO, init: bytes, medias: Sequence[bytes], facts: MovieFacts) -> None:
    tag_bytes = sum(len(key.encode()) + len(value.encode()) + 64 for key, value in facts.tags.items())
    options = {
        # Free keys, and no name or date of the muxer: the same fragments and tags give the same bytes.
        "movflags": "use_metadata_tags",
        "fflags": "+bitexact",
        "moov_size": str(_INDEX_BYTES + tag_bytes + _INDEX_BYTES_PER_FRAME * facts.frames),
        "video_track_timescale": str(TICKS_PER_FRAME * facts.fps),
    }
    with av.open(file, "w", format="mp4", options=options) as output:
        output.metadata.update(facts.tags)
        stream: VideoStream | None = None
        for media in medias:
            stream = _copy(read_fragment(init, media), output, stream)


def _copy(fragment: Fragment, output: OutputContainer, stream: VideoStream | None) -> VideoStream:
    """Copy a fragment's packets; the first fragment makes the stream."""
    with av.open(io.BytesIO(fragment.init + fragment.media), "r", format="mp4") as source:
        template = source.streams.video[0]
        if stream is None:
            stream = output.add_stream_from_template(template)
        for offset, packet in enumerate(packet for packet in source.demux(template) if packet.size):
            packet.stream = stream
            packet.time_base = Fraction(1, fragment.fps)
            packet.pts = packet.dts = fragment.start_frame + offset
            packet.duration = 1
            output.mux(packet)
    return stream


def _read_back(file: BinaryIO) -> MovieFacts:
    kinds = [box.kind for box in read_whole_boxes(file) if box.kind != "free"]
    if kinds != ["ftyp", "moov", "mdat"]:
        raise StorageError(f"the movie must have its index in front, got the boxes {kinds}")
    file.seek(0)
    with av.open(file, "r", format="mp4") as movie:
        stream = movie.streams.video[0]
        if stream.time_base is None or not stream.average_rate:
            raise StorageError("the movie reads back without a frame rate")
        fps = int(stream.average_rate)
        shown = [(packet.pts, packet.is_keyframe) for packet in movie.demux(stream) if packet.size]
        numbers = [None if pts is None else pts * stream.time_base * fps for pts, _ in shown]
        duration = (stream.duration or 0) * stream.time_base * fps
        if numbers != list(range(len(shown))) or duration != len(shown):
            raise StorageError(f"the movie's frames must follow each other evenly, got {numbers}, duration {duration}")
        tags = {key: value for key, value in movie.metadata.items() if key not in _CONTAINER_TAGS}
    keyframes = tuple(number for number, (_, is_keyframe) in enumerate(shown) if is_keyframe)
    return MovieFacts(frames=len(shown), fps=fps, keyframes=keyframes, tags=tags)
