"""Scale a decoded frame to a clip's size with libswscale, so that pixels equal the released pipeline's bit for bit.

The released code ran ``scale=W:H`` of whatever ffmpeg was installed: version 4 scales bilinearly there, version 7
bicubically. Both are reproduced by naming the method (spec vae §4.3).
"""

from enum import Enum

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from generation.contract.requests import Fit
from generation.errors import MediaError
from generation.media.filtering import filtered

RgbImage = NDArray[np.uint8]

# A picture between scaling and cropping is no larger than the largest that is read.
MAX_SCALED_PIXELS = 64_000_000


class Scaler(Enum):
    """How pixels are interpolated."""

    BILINEAR = Interpolation.BILINEAR  # as ffmpeg 4 did by default
    BICUBIC = Interpolation.BICUBIC  # as ffmpeg 7 does by default
    # Colour is interpolated even where the size stays, which the two above leave out: for our own clips, and checking.
    FAITHFUL = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def _rounded_ratio(value: int, numerator: int, denominator: int) -> int:
    return (2 * value * numerator + denominator) // (2 * denominator)


def scaled_size(source: tuple[int, int], target: tuple[int, int], fit: Fit) -> tuple[int, int]:
    """The size a picture is scaled to before it is cropped or padded.

    Args:
        source: Width and height of the picture as displayed (square pixels).
        target: Width and height of the clip.
        fit: How the one becomes the other.

    Returns:
        Width and height; equal to ``target`` for stretching, covering it for cropping, inside it for padding.

    Raises:
        MediaError: If the picture is so narrow that covering the clip would need an absurd size.
    """
    width, height = target
    if fit is Fit.STRETCH:
        return target
    by_height = _rounded_ratio(height, source[0], source[1])
    by_width = _rounded_ratio(width, source[1], source[0])
    if fit is Fit.PAD:
        return max(1, min(width, by_height)), max(1, min(height, by_width))
    scaled = max(width, by_height), max(height, by_width)
    if scaled[0] * scaled[1] > MAX_SCALED_PIXELS:
        raise MediaError(
            f"a picture of {source[0]}x{source[1]} is too narrow to fill {width}x{height}; pad it, or cut it first"
        )
    return scaled


def _with_centred_chroma(frame: av.VideoFrame) -> av.VideoFrame:
    # Scalers of ffmpeg 4 to 7 take colour samples to lie amid their pixels, whatever the file says; newer ones believe
    # the file (most video says left), which shifts colours by up to half a pixel.
    subsampled = any(
        not component.is_luma and not component.is_alpha and component.width < frame.width
        for component in frame.format.components
    )
    return filtered(frame, ("setparams=chroma_location=center",)) if subsampled else frame


class PictureFitter:
    """Turns decoded frames of one clip, or one picture, into RGB of one size. Not thread-safe: it owns a scaler."""

    def __init__(self, width: int, height: int, fit: Fit, *, scaler: Scaler = Scaler.BILINEAR) -> None:
        if width < 1 or height < 1:
            raise MediaError(f"a picture must be at least 1x1, got {width}x{height}")
        self.width = width
        self.height = height
        self.fit = fit
        self._interpolation = scaler.value
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame, *, displayed: tuple[int, int] | None = None) -> RgbImage:
        """Scale one upright frame.

        Args:
            frame: Any pixel format; alpha is dropped.
            displayed: Width and height with square pixels, if the frame's pixels are not square.

        Returns:
            ``(height, width, 3)`` uint8.

        Raises:
            MediaError: If it cannot be scaled.
        """
        scaled = scaled_size(displayed or (frame.width, frame.height), (self.width, self.height), self.fit)
        rgb = self._scale(frame, *scaled)
        if self.fit is Fit.CROP:
            # Half pixels go to the even side, as in ffmpeg's crop filter; its pad filter cuts them off instead.
            top, left = round((scaled[1] - self.height) / 2), round((scaled[0] - self.width) / 2)
            return np.ascontiguousarray(rgb[top : top + self.height, left : left + self.width])
        if self.fit is Fit.PAD and scaled != (self.width, self.height):
            top, left = (self.height - scaled[1]) // 2, (self.width - scaled[0]) // 2
            padded = np.zeros((self.height, self.width, 3), np.uint8)
            padded[top : top + scaled[1], left : left + scaled[0]] = rgb
            return padded
        return rgb

    def _scale(self, frame: av.VideoFrame, width: int, height: int) -> RgbImage:
        try:
            # One thread: the same bytes on every machine, whatever its number of cores.
            scaled = self._reformatter.reformat(
                _with_centred_chroma(frame), width, height, "rgb24", interpolation=self._interpolation, threads=1
            )
            return np.asarray(scaled.to_ndarray(), np.uint8)
        except (av.FFmpegError, ValueError, MemoryError) as error:
            raise MediaError(
                f"a picture of {frame.width}x{frame.height} ({frame.format.name}) cannot be scaled to "
                f"{width}x{height}: {error}"
            ) from error
