"""The size a clip is asked for and the size the model works at."""

from dataclasses import dataclass

from generation.errors import RequestError
from generation.pipeline.clip_warnings import SizeWarning


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameSize:
    """Pixels of the finished frames, and of the frames inside the model, which are whole patches."""

    width: int
    height: int
    model_width: int
    model_height: int

    @classmethod
    def of(cls, width: int, height: int, *, multiple: int) -> "FrameSize":
        """The smallest model size that covers the asked one.

        Args:
            width: Asked width in pixels, at least ``multiple``; an odd one loses a pixel, as H.264 pictures are even.
            height: Asked height in pixels, likewise.
            multiple: Pixels per token side: VAE patch times transformer patch.

        Raises:
            RequestError: If a side is smaller than one token.
        """
        if min(width, height) < multiple:
            raise RequestError(f"width and height must be at least {multiple} px for this model, got {width}x{height}")
        width, height = width - width % 2, height - height % 2
        return cls(
            width=width,
            height=height,
            model_width=-(-width // multiple) * multiple,
            model_height=-(-height // multiple) * multiple,
        )

    def warnings(self, *, asked_width: int, asked_height: int) -> tuple[SizeWarning, ...]:
        """What to tell the person who asked for another size; nothing if it is the same."""
        if (asked_width, asked_height) == (self.width, self.height):
            return ()
        return (SizeWarning(asked_width=asked_width, asked_height=asked_height, width=self.width, height=self.height),)

    @property
    def crop(self) -> tuple[slice, slice]:
        """Rows and columns of a model frame that are kept: the middle."""
        top = (self.model_height - self.height) // 2
        left = (self.model_width - self.width) // 2
        return slice(top, top + self.height), slice(left, left + self.width)


def size_for_picture(width: int, height: int, *, pixels: int, multiple: int) -> tuple[int, int]:
    """A size with a picture's shape, about ``pixels`` large, in whole multiples.

    Args:
        width: The picture's width in pixels.
        height: The picture's height in pixels.
        pixels: Pixels a frame should have, for example 256 x 256.
        multiple: Both sides come out as multiples of this.

    Returns:
        Width and height, each at least ``multiple``.
    """
    scale = (pixels / (width * height)) ** 0.5
    return (
        max(1, round(width * scale / multiple)) * multiple,
        max(1, round(height * scale / multiple)) * multiple,
    )
