"""Read a clip of any common container at the clip's size and rate: its first or its last frames.

Frames stream through: at most as many pictures are held as are asked for. For the last frames the reader jumps near the
end instead of decoding everything; the whole clip is read where jumping does not lead far enough back.
"""

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from generation.contract.requests import FRAMES_PER_SECOND, ClipEnd, Fit
from generation.errors import ConfigError, MediaError
from generation.media.containers import DECODER_ERRORS, ClipDamaged, OpenClip, open_clip
from generation.media.limits import ClipLimits
from generation.media.retiming import Shown, Timed, at_rate
from generation.media.scaling import PictureFitter, RgbImage, Scaler
from generation.media.sniffing import MediaKind
from generation.media.sources import MediaSource
from generation.media.upright import over_black, turn_of_frame, turned

logger = logging.getLogger(__name__)

RgbFrames = NDArray[np.uint8]

# How much earlier than needed decoding starts, so that the frames at the seam come out as in a reading of the whole.
_LEAD_SECONDS = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipOptions:
    """How a clip is read, besides its size and which end."""

    fps: int = FRAMES_PER_SECOND
    scaler: Scaler = Scaler.BILINEAR
    # Use what was readable of a damaged or cut-off clip instead of refusing it.
    accept_damaged: bool = False
    limits: ClipLimits = ClipLimits()  # noqa: RUF009 - frozen

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: If the rate is not positive.
        """
        if self.fps < 1:
            raise ConfigError(f"ClipOptions.fps must be positive, got {self.fps}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipInfo:
    """What a clip's header and first frame say."""

    kind: MediaKind
    codec: str
    # As shown, that is, upright; pixels counted as they are stored.
    width: int
    height: int
    # 0 where the header does not say.
    seconds: float
    frames_per_second: float
    has_sound: bool


def probe_clip(source: MediaSource, *, limits: ClipLimits = ClipLimits()) -> ClipInfo:  # noqa: B008 - frozen
    """Tell a clip's kind, size and length; its first frame is decoded as proof that it can be.

    Raises:
        MediaError: If it is no clip, is damaged, holds no frames, or exceeds ``limits``.
    """
    with open_clip(source, limits) as clip:
        width, height = _upright_size(_first_frame(clip).item)
        return ClipInfo(
            kind=clip.kind,
            codec=clip.stream.codec_context.name,
            width=width,
            height=height,
            seconds=float(clip.seconds or 0),
            frames_per_second=float(1 / clip.frame_seconds),
            has_sound=bool(clip.container.streams.audio),
        )


def read_clip(
    source: MediaSource,
    width: int,
    height: int,
    fit: Fit,
    *,
    frames: int,
    end: ClipEnd = ClipEnd.LAST,
    options: ClipOptions = ClipOptions(),
) -> RgbFrames:
    """Read the first or last frames of a clip at another size and rate.

    Args:
        source: A path or the file's bytes; its kind is told by content, never by name.
        width: Of the result, in pixels.
        height: Of the result, in pixels.
        fit: How another shape is brought to this one; cropping and padding heed non-square pixels.
        frames: How many frames are wanted, at ``options.fps``.
        end: Which end of the clip they come from.
        options: Rate, scaler, limits, and whether damage is accepted.

    Returns:
        ``(T, height, width, 3)`` uint8 in display order, ``1 <= T <= frames``: a shorter clip gives what it has.

    Raises:
        MediaError: If it is no clip, is damaged, holds no frames, or exceeds the limits.
    """
    if frames < 1:
        raise MediaError(f"at least 1 frame must be asked for, got {frames}")
    fitter = PictureFitter(width, height, fit, scaler=options.scaler)
    with open_clip(source, options.limits) as clip:
        first = _first_frame(clip)
        render = _Renderer(clip, first.item, fitter)
        reader = _first_pictures if end is ClipEnd.FIRST else _last_pictures
        return _stacked(reader(clip, render, frames, first.start, options))


def read_seconds(
    source: MediaSource,
    width: int,
    height: int,
    fit: Fit,
    *,
    options: ClipOptions = ClipOptions(),
) -> Iterator[RgbFrames]:
    """Read a whole clip a second at a time, holding no more than one.

    Args:
        source: A path or the file's bytes.
        width: Of the result, in pixels.
        height: Of the result, in pixels.
        fit: How another shape is brought to this one.
        options: Rate, scaler, limits, and whether damage is accepted.

    Yields:
        ``(T, height, width, 3)`` uint8, T the rate and for the last second 1 or more.

    Raises:
        MediaError: If it is no clip, is damaged, holds no frames, or exceeds the limits.
    """
    fitter = PictureFitter(width, height, fit, scaler=options.scaler)
    with open_clip(source, options.limits) as clip:
        first = _first_frame(clip)
        render = _Renderer(clip, first.item, fitter)
        pictures: deque[RgbImage] = deque()
        for shown in _shown(clip, first.start, options):
            picture = render(shown.item)
            for _ in range(shown.count):
                pictures.append(picture)
                if len(pictures) == options.fps:
                    yield _stacked(pictures)
        if pictures:
            yield _stacked(pictures)


def read_all(source: MediaSource, *, limits: ClipLimits = ClipLimits()) -> RgbFrames:  # noqa: B008 - frozen
    """Decode every frame of a short clip at its own size and rate, for checking: ``(T, H, W, 3)`` uint8.

    Raises:
        MediaError: If it is no clip, is damaged, or exceeds ``limits``.
    """
    with open_clip(source, limits) as clip:
        first = _first_frame(clip).item
        render = _Renderer(clip, first, PictureFitter(*_upright_size(first), Fit.STRETCH, scaler=Scaler.FAITHFUL))
        return _stacked(deque(render(frame.item) for frame in clip.frames()))


class _Renderer:
    """Makes RGB pictures of a clip's frames: upright, over black, at the asked size."""

    def __init__(self, clip: OpenClip, first: av.VideoFrame, fitter: PictureFitter) -> None:
        # Asked of the first frame only: it is the same for all, and asking keeps a frame alive for a while.
        self._turn = turn_of_frame(first)
        aspect = clip.stream.sample_aspect_ratio
        if not aspect or not Fraction(1, 8) <= aspect <= 8:
            aspect = Fraction(1)
        self._aspect = 1 / aspect if self._turn.swaps_sides else aspect
        self._fitter = fitter

    def __call__(self, frame: av.VideoFrame) -> RgbImage:
        upright = turned(over_black(frame), self._turn)
        displayed = (upright.width * self._aspect.numerator, upright.height * self._aspect.denominator)
        return self._fitter(upright, displayed=displayed)


def _first_frame(clip: OpenClip) -> Timed[av.VideoFrame]:
    """The first frame; the container stands at its beginning afterwards."""
    frames = clip.frames()
    first = next(frames, None)
    frames.close()
    if first is None:
        raise MediaError("the clip holds no frames; use a whole copy of it")
    _rewind(clip)
    return first


def _upright_size(frame: av.VideoFrame) -> tuple[int, int]:
    return (frame.height, frame.width) if turn_of_frame(frame).swaps_sides else (frame.width, frame.height)


def _rewind(clip: OpenClip) -> None:
    clip.container.seek(clip.stream.start_time or 0, stream=clip.stream)


def _shown(clip: OpenClip, zero: Fraction, options: ClipOptions) -> Iterator[Shown[av.VideoFrame]]:
    """The frames from where the container stands, spread over output slots counted from ``zero`` seconds."""

    def from_zero() -> Iterator[Timed[av.VideoFrame]]:
        try:
            for frame in clip.frames():
                yield Timed(item=frame.item, start=frame.start - zero, duration=frame.duration)
        except ClipDamaged as damage:
            if not options.accept_damaged or damage.readable_frames == 0:
                raise
            logger.warning("a damaged clip is used up to where it could be read: %s", damage)

    return at_rate(from_zero(), options.fps)


def _first_pictures(
    clip: OpenClip, render: _Renderer, count: int, zero: Fraction, options: ClipOptions
) -> deque[RgbImage]:
    pictures: deque[RgbImage] = deque()
    for shown in _shown(clip, zero, options):
        picture = render(shown.item)
        pictures.extend([picture] * min(shown.count, count - len(pictures)))
        if len(pictures) == count:
            break
    return pictures


def _last_pictures(
    clip: OpenClip, render: _Renderer, count: int, zero: Fraction, options: ClipOptions
) -> deque[RgbImage]:
    if _jump_near_end(clip, zero, Fraction(count, options.fps)):
        try:
            pictures = _last_from_here(clip, render, count, zero, options)
            if len(pictures) == count:
                return pictures
        except ClipDamaged:
            # Read again from the beginning, to tell how much is readable.
            logger.debug("damage near the end of a clip")
        _rewind(clip)
    return _last_from_here(clip, render, count, zero, options)


def _last_from_here(
    clip: OpenClip, render: _Renderer, count: int, zero: Fraction, options: ClipOptions
) -> deque[RgbImage]:
    pictures: deque[RgbImage] = deque(maxlen=count)
    for shown in _shown(clip, zero, options):
        picture = render(shown.item)
        pictures.extend([picture] * min(shown.count, count))
    return pictures


def _jump_near_end(clip: OpenClip, zero: Fraction, seconds: Fraction) -> bool:
    """Move to a keyframe before the last ``seconds``; whether that was worth it and worked."""
    time_base = clip.stream.time_base
    if clip.seconds is None or not time_base:
        return False
    target = clip.seconds - seconds - _LEAD_SECONDS
    if target <= 0:
        return False
    try:
        clip.container.seek(int((zero + target) / time_base), stream=clip.stream)
    except DECODER_ERRORS as error:
        logger.debug("a clip cannot be jumped in: %s", error)
        _rewind(clip)
        return False
    return True


def _stacked(pictures: deque[RgbImage]) -> RgbFrames:
    # Filled while the queue empties, so that the clip is never held twice.
    frames = np.empty((len(pictures), *pictures[0].shape), np.uint8)
    for index in range(len(frames)):
        frames[index] = pictures.popleft()
    return frames
