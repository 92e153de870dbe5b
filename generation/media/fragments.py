"""One chunk of frames as one fragment of a fragmented MP4: the unit that is stored, streamed and survives a crash.

Each fragment comes from an encoder and a muxer of its own, so the same frames give the same bytes whatever was encoded
before, and starts on a keyframe that nothing before it is needed for. The init segment (file type and empty movie) is
the same for all fragments of a size; only two numbers, the sequence and the start time, say where a fragment stands,
and those are written afterwards. Long-lived fragmenting muxers instead lag one chunk behind (design notes, video).
"""

import io
import platform
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from numpy.typing import NDArray

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import ConfigError, MediaError
from generation.media.boxes import Box, find_box, read_boxes, read_number, with_number

# Timescale units per frame: the timescale is this times the frame rate.
TICKS_PER_FRAME = 512

# A fragment is one group of pictures. Stated to the encoder as its longest group, which stream parameters depend on.
MAX_FRAGMENT_FRAMES = 240

_X86 = ("x86_64", "amd64")

# Supplemental messages carry nothing but the encoder's name, version and settings.
_DROP_SUPPLEMENTS = "filter_units=remove_types=6"

_TO_YUV = (
    Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INP
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class EncoderSettings:
    """How H.264 is made. The number of threads is part of it: the encoder's bytes depend on it."""

    preset: str = "veryfast"
    # Constant rate factor: lower is better and larger; the released code used 23, visually lossless begins at about 18.
    quality: int = 15
    threads: int = 4

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        if not 0 <= self.quality <= 51:
            raise ConfigError(f"EncoderSettings.quality must be in 0..51, got {self.quality}")
        if not 1 <= self.threads <= 64:
            raise ConfigError(f"EncoderSettings.threads must be in 1..64, got {self.threads}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fragment:
    """One fragment and where it stands in its movie."""

    # File type and empty movie; the same bytes for every fragment of a size and rate.
    init: bytes
    # Exactly one moof and one mdat box.
    media: bytes
    index: int
    start_frame: int
    frames: int
    fps: int

    @property
    def seconds(self) -> float:
        """How long it is shown."""
        return self.frames / self.fps

    @property
    def mime_type(self) -> str:
        """What a browser's media source must be opened with."""
        # Profile, compatibility and level are three bytes of the decoder configuration, after its version.
        configuration = self.init.index(b"avcC") + 5
        return f'video/mp4; codecs="avc1.{self.init[configuration : configuration + 3].hex()}"'


def encode_fragment(
    frames: NDArray[np.uint8],
    *,
    index: int = 0,
    start_frame: int = 0,
    fps: int = FRAMES_PER_SECOND,
    encoder: EncoderSettings = EncoderSettings(),
) -> Fragment:
    """Encode one chunk of frames.

    Args:
        frames: ``(T, H, W, 3)`` uint8 RGB (sRGB primaries), T in 1..240, H and W even.
        index: Which fragment of its movie this is, from 0.
        start_frame: Which frame of its movie comes first.
        fps: Frames per second, a whole number.
        encoder: Speed against size; everything else is fixed.

    Returns:
        The fragment; equal arguments give equal bytes.

    Raises:
        MediaError: If the frames are of another kind, or their size is odd or refused by the encoder.
    """
    _check_frames(frames, fps)
    try:
        file = _encode(frames, fps, encoder)
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(f"frames of {frames.shape[2]}x{frames.shape[1]} cannot be encoded: {error}") from error
    init, media = _split(file)
    return place_fragment(read_fragment(init, media), index=index, start_frame=start_frame)


def place_fragment(fragment: Fragment, *, index: int, start_frame: int) -> Fragment:
    """The same pictures elsewhere in a movie, or in another movie of the same size.

    Raises:
        MediaError: If the place is negative or beyond what the format can say.
    """
    sequence, _ = _sequence_field(fragment.media)
    media = with_number(fragment.media, sequence, index + 1, size=4)
    start, size = _start_field(media)
    media = with_number(media, start, start_frame * TICKS_PER_FRAME, size=size)
    return replace(fragment, media=media, index=index, start_frame=start_frame)


def read_fragment(init: bytes, media: bytes) -> Fragment:
    """A stored fragment with its numbers read back from its boxes.

    Raises:
        MediaError: If the bytes are not a fragment as :func:`encode_fragment` makes it.
    """
    kinds = [box.kind for box in read_boxes(media)]
    if kinds != ["moof", "mdat"]:
        raise MediaError(f"a fragment must be one moof and one mdat box, got {kinds}")
    timescale = read_number(init, find_box(init, "moov/trak/mdia/mdhd").body + 12, size=4)
    sequence, size = _sequence_field(media)
    index = read_number(media, sequence, size=size) - 1
    start, size = _start_field(media)
    run = find_box(media, "moof/traf/trun")
    start_frame, rest = divmod(read_number(media, start, size=size), TICKS_PER_FRAME)
    fps, uneven = divmod(timescale, TICKS_PER_FRAME)
    if rest or uneven or fps < 1:
        raise MediaError(f"a fragment must start on a whole frame, got {rest} ticks beyond, timescale {timescale}")
    return Fragment(
        init=init, media=media, index=index, start_frame=start_frame,
        frames=read_number(media, run.body + 4, size=4), fps=fps,
    )  # fmt: skip


def _sequence_field(media: bytes) -> tuple[int, int]:
    """Position and size of the fragment's sequence number, which counts from 1."""
    return find_box(media, "moof/mfhd").body + 4, 4


def _start_field(media: bytes) -> tuple[int, int]:
    """Position and size of the fragment's start time."""
    box = find_box(media, "moof/traf/tfdt")
    version = media[box.body]
    return box.body + 4, 8 if version == 1 else 4


def _check_frames(frames: NDArray[np.uint8], fps: int) -> None:
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or not frames.size:
        raise MediaError(f"frames must be (T, H, W, 3) uint8 and not empty, got {frames.shape} {frames.dtype}")
    if frames.shape[1] % 2 or frames.shape[2] % 2:
        raise MediaError(
            f"frames must have even sides, because colour is kept for every second pixel, got "
            f"{frames.shape[2]}x{frames.shape[1]}; crop or pad by one pixel"
        )
    if len(frames) > MAX_FRAGMENT_FRAMES:
        raise MediaError(f"a fragment must have at most {MAX_FRAGMENT_FRAMES} frames, got {len(frames)}; split it")
    if fps < 1:
        raise MediaError(f"a clip must have at least 1 frame per second, got {fps}")


def _encode(frames: NDArray[np.uint8], fps: int, settings: EncoderSettings) -> bytes:
    file = io.BytesIO()
    options = {
        "movflags": "empty_moov+default_base_moof+skip_trailer",
        "fflags": "+bitexact",
        "video_track_timescale": str(TICKS_PER_FRAME * fps),
    }
    with av.open(file, "w", format="mp4", options=options) as output:
        stream = output.add_stream(
            "libx264", rate=fps, width=frames.shape[2], height=frames.shape[1], pix_fmt="yuv420p",
            options=_encoder_options(settings),
        )  # fmt: skip
        context = stream.codec_context
        context.color_range = ColorRange.MPEG
        context.colorspace = Colorspace.ITU709
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        clean = BitStreamFilterContext(_DROP_SUPPLEMENTS, "h264")
        reformatter = VideoReformatter()
        for number, pixels in enumerate(frames):
            picture = _in_limited_bt709(reformatter, pixels)
            picture.pts, picture.time_base = number, Fraction(1, fps)
            _mux(output, stream, clean, stream.encode(picture))
        _mux(output, stream, clean, stream.encode(None))
    return file.getvalue()


def _encoder_options(settings: EncoderSettings) -> dict[str, str]:
    structure = (
        f"keyint={MAX_FRAGMENT_FRAMES}:min-keyint={MAX_FRAGMENT_FRAMES}:scenecut=0:open-gop=0:bframes=0:"
        # Colour samples lie amid their pixels, where the conversion below puts them.
        f"chromaloc=1:threads={settings.threads}:sliced-threads=0"
    )
    if platform.machine().lower() in _X86:
        # Its AVX-512 code reads beyond small buffers, so that bytes would depend on what was in memory before. With
        # the instructions that every such machine has they do not, at the same speed.
        structure += ":asm=SSE4.2"
    return {"preset": settings.preset, "crf": str(settings.quality), "x264-params": structure}


def _in_limited_bt709(reformatter: VideoReformatter, pixels: NDArray[np.uint8]) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return reformatter.reformat(
        frame, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG,
        interpolation=_TO_YUV, threads=1,
    )  # fmt: skip


def _mux(
    output: av.container.OutputContainer,
    stream: av.VideoStream,
    clean: BitStreamFilterContext,
    packets: "list[av.Packet[av.VideoStream]]",
) -> None:
    for packet in packets:
        for cleaned in clean.filter(packet):
            cleaned.stream = stream
            # Without it a fragment of one frame would not know how long that is shown.
            cleaned.duration = 1
            output.mux(cleaned)


def _split(file: bytes) -> tuple[bytes, bytes]:
    boxes: dict[str, Box] = {box.kind: box for box in read_boxes(file)}
    init = b"".join(file[boxes[kind].start : boxes[kind].stop] for kind in ("ftyp", "moov"))
    return init, file[boxes["moof"].start : boxes["mdat"].stop]
