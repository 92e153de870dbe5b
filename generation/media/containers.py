"""Open a stranger's clip and decode it frame by frame: only listed containers and codecs, nothing but the file itself.

* The demuxer is forced to what the content says, so playlists and manifests never reach the one that follows them.
* Reading goes through one Python file object; any attempt to open something else is refused.
* Sizes, rates and stream counts are checked on the header; decoders are told the pixel limit for what comes later.
"""

import io
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, NoReturn

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from generation.errors import MediaError
from generation.media.limits import ClipLimits
from generation.media.retiming import Timed
from generation.media.sniffing import CLIP_KINDS, MediaKind
from generation.media.sources import MediaSource, open_source

_DEMUXERS = {
    MediaKind.MP4: "mov,mp4,m4a,3gp,3g2,mj2",
    MediaKind.MATROSKA: "matroska,webm",
    MediaKind.AVI: "avi",
    MediaKind.GIF: "gif",
}

# What cameras, phones, browsers and editors write.
CODECS = (
    "h264", "hevc", "libdav1d", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "mpeg1video", "h263", "msmpeg4v3",
    "mjpeg", "prores", "dnxhd", "ffv1", "huffyuv", "qtrle", "rawvideo", "png", "gif",
)  # fmt: skip

# Decoder threads are few and fixed: a sandbox limits address space, and each one reserves a stack.
_DECODER_THREADS = 2

# All that libav and its binding raise on damaged input.
DECODER_ERRORS = (av.FFmpegError, OSError, ValueError, MemoryError, RuntimeError)

# Headers round, and the last frames of a cut file are no loss: what is missing beyond this counts as damage.
_END_TOLERANCE = Fraction(1, 4)

# Matroska writes each track's length as a tag.
_MATROSKA_DURATION = re.compile(r"(\d{1,4}):(\d{2}):(\d{2}(?:\.\d{1,9})?)")

# A GIF's end mark, a semicolon, is its last byte, or nearly: some programs add a few.
_GIF_TAIL_BYTES = 4


class ClipDamaged(MediaError):  # noqa: N818 - an outcome the caller may accept
    """A clip ends before it should; ``readable_frames`` came out before that."""

    def __init__(self, readable_frames: int, reason: str) -> None:
        self.readable_frames = readable_frames
        super().__init__(
            f"the clip is damaged or cut off: {readable_frames} frames were readable, then {reason}; "
            "use a whole copy of it"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenClip:
    """A clip whose header was found acceptable."""

    container: InputContainer
    stream: VideoStream
    kind: MediaKind
    limits: ClipLimits
    # The file's own structure shows that its end is missing.
    cut_off: bool

    @property
    def frame_seconds(self) -> Fraction:
        """How long one frame lasts by the header; a 24th of a second if it does not say."""
        rate = self.stream.average_rate or self.stream.guessed_rate
        return 1 / Fraction(rate) if rate else Fraction(1, 24)

    @property
    def seconds(self) -> Fraction | None:
        """How long the video is by the header, if it says so."""
        if self.stream.duration and self.stream.time_base:
            return Fraction(self.stream.duration * self.stream.time_base)
        if self.container.duration:
            return Fraction(self.container.duration, av.time_base)
        return None

    def frames(self) -> Generator[Timed[av.VideoFrame], None, None]:
        """Decode from where the container stands to its end; times count from the stream's own zero.

        Raises:
            ClipDamaged: Where decoding fails.
            MediaError: If a frame exceeds the limits.
        """
        decoded = 0
        last_end = Fraction(0)
        packets = iter(self.container.decode(self.stream))
        while True:
            try:
                frame = next(packets, None)
            except DECODER_ERRORS as error:
                raise ClipDamaged(decoded, _reason(error)) from error
            if frame is None:
                self._check_reached_end(decoded, last_end)
                return
            decoded += 1
            self._check_frame(frame, decoded)
            timed = self._timed(frame, last_end)
            last_end = timed.start + timed.duration
            yield timed

    @property
    def _promised_end(self) -> Fraction | None:
        """Seconds at which the header says that the video ends; not that of the whole file, whose sound may go on."""
        if self.stream.duration and self.stream.time_base:
            # Some muxers count from the first frame and some from zero; the earlier of the two ends is promised.
            return Fraction(self.stream.duration * self.stream.time_base)
        match = _MATROSKA_DURATION.fullmatch(self.stream.metadata.get("DURATION", ""))
        if match:
            hours, minutes, seconds = match.groups()
            return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
        return None

    def _check_reached_end(self, decoded: int, end: Fraction) -> None:
        if self.cut_off:
            raise ClipDamaged(decoded, "the file ended before its end mark")
        promised = self._promised_end
        if promised is not None and end + self.frame_seconds + _END_TOLERANCE < promised:
            raise ClipDamaged(decoded, f"it ended at {float(end):.2f} of {float(promised):.2f} seconds")

    def _check_frame(self, frame: av.VideoFrame, decoded: int) -> None:
        _check_pixels(frame.width, frame.height, self.limits)
        if decoded > self.limits.max_decoded_frames:
            raise MediaError(
                f"at most {self.limits.max_decoded_frames} frames of a clip are read, this one has more; cut it first"
            )

    def _timed(self, frame: av.VideoFrame, fallback_start: Fraction) -> Timed[av.VideoFrame]:
        time_base = frame.time_base or self.stream.time_base
        start = fallback_start if frame.pts is None or not time_base else Fraction(frame.pts * time_base)
        duration = Fraction(frame.duration * time_base) if frame.duration and time_base else self.frame_seconds
        return Timed(item=frame, start=start, duration=duration)


@contextmanager
def open_clip(source: MediaSource, limits: ClipLimits) -> Iterator[OpenClip]:
    """Open a clip and check its header.

    Raises:
        MediaError: If it is no clip, is damaged, holds no video, or exceeds ``limits``.
    """
    file, kind = open_source(source, max_bytes=limits.max_bytes)
    with file:
        if kind not in CLIP_KINDS:
            raise MediaError(f"a clip is needed, got a picture ({kind}); use it as the start image instead")
        cut_off = _is_cut_off(file, kind)
        try:
            container = _open_container(file, kind, limits)
        except DECODER_ERRORS as error:
            raise MediaError(
                f"the clip ({kind}) is damaged, incomplete or unreadable: {_reason(error)}; use a whole copy of it"
            ) from error
        with container:
            clip = OpenClip(
                container=container, stream=_choose_stream(container), kind=kind, limits=limits, cut_off=cut_off
            )
            _check_header(clip)
            yield clip


def _reason(error: Exception) -> str:
    """What a decoder says, without its numbers and the name of its function."""
    return getattr(error, "strerror", None) or str(error)


def _is_cut_off(file: BinaryIO, kind: MediaKind) -> bool:
    """Whether a file whose header promises no length ends too early; the other kinds show it while decoding."""
    size = file.seek(0, io.SEEK_END)
    if kind is MediaKind.GIF:
        file.seek(max(0, size - _GIF_TAIL_BYTES))
        whole = b";" in file.read()
    elif kind is MediaKind.AVI:
        file.seek(4)
        whole = 8 + int.from_bytes(file.read(4), "little") <= size
    else:
        whole = True
    file.seek(0)
    return not whole


def _open_container(file: BinaryIO, kind: MediaKind, limits: ClipLimits) -> InputContainer:
    demuxer = _DEMUXERS[kind]
    options = {
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(CODECS),
        # Nothing may be opened by name; the file object needs no protocol.
        "protocol_whitelist": "none",
        "max_streams": str(limits.max_streams),
        "max_pixels": str(limits.max_pixels),
    }
    return av.open(
        file, "r", format=demuxer.split(",")[0], options=options, metadata_errors="replace", io_open=_refuse_to_open
    )


def _refuse_to_open(url: str, _flags: int, _options: dict[str, str]) -> NoReturn:
    raise PermissionError(f"a clip may not open other files, this one asks for {url!r}")


def _choose_stream(container: InputContainer) -> VideoStream:
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        raise MediaError("the file holds no video, only sound or a cover picture")
    stream = streams[0]
    name = stream.codec_context.name if stream.codec_context else "an unknown codec"
    if name not in CODECS:
        raise MediaError(f"video coded as {name} is not read here; convert it to H.264")
    return stream


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & stream.disposition.attached_pic)


def _check_header(clip: OpenClip) -> None:
    _check_pixels(clip.stream.width, clip.stream.height, clip.limits)
    rate = clip.stream.average_rate
    if rate and not 0 < rate <= clip.limits.max_frames_per_second:
        raise MediaError(
            f"a clip may have up to {clip.limits.max_frames_per_second:g} frames per second, got {float(rate):g}"
        )
    if clip.seconds is not None and not 0 <= clip.seconds <= clip.limits.max_seconds:
        raise MediaError(
            f"a clip may last up to {clip.limits.max_seconds:g} seconds, got {float(clip.seconds):.1f}; cut it first"
        )
    clip.stream.codec_context.options = {"max_pixels": str(clip.limits.max_pixels)}
    clip.stream.codec_context.thread_count = _DECODER_THREADS


def _check_pixels(width: int, height: int, limits: ClipLimits) -> None:
    if width < 1 or height < 1 or width * height > limits.max_pixels:
        raise MediaError(f"a clip's frames must have 1 to {limits.max_pixels / 1e6:g} megapixels, got {width}x{height}")
