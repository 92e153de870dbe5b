"""Bring a decoded frame to what a viewer would see: turned as its camera was held, and over black where it is clear."""

import struct
from enum import Enum

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType

from generation.media.filtering import filtered


class Turn(Enum):
    """How stored pixels become upright; the value names the filters that do it, in order, with commas between."""

    # Text, because Python 3.11.2 makes a bare object of an empty tuple here.
    NONE = ""
    MIRROR = "hflip"
    FLIP = "vflip"
    HALF = "hflip,vflip"
    TRANSPOSE = "transpose=dir=cclock_flip"
    RIGHT = "transpose=dir=clock"
    TRANSVERSE = "transpose=dir=clock_flip"
    LEFT = "transpose=dir=cclock"

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters, one by one; none for :attr:`NONE`."""
        return tuple(filter(None, self.value.split(",")))

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self in (Turn.TRANSPOSE, Turn.RIGHT, Turn.TRANSVERSE, Turn.LEFT)


# EXIF orientation tag; anything else counts as 1.
_EXIF_TURNS = {
    1: Turn.NONE,
    2: Turn.MIRROR,
    3: Turn.HALF,
    4: Turn.FLIP,
    5: Turn.TRANSPOSE,
    6: Turn.RIGHT,
    7: Turn.TRANSVERSE,
    8: Turn.LEFT,
}

# Signs of the display matrix (a, b, c, d), where x' = a x + c y and y' = b x + d y, y pointing down.
_MATRIX_TURNS = {
    (1, 0, 0, 1): Turn.NONE,
    (-1, 0, 0, 1): Turn.MIRROR,
    (-1, 0, 0, -1): Turn.HALF,
    (1, 0, 0, -1): Turn.FLIP,
    (0, 1, 1, 0): Turn.TRANSPOSE,
    (0, 1, -1, 0): Turn.RIGHT,
    (0, -1, -1, 0): Turn.TRANSVERSE,
    (0, -1, 1, 0): Turn.LEFT,
}

# Counter-clockwise degrees, as the library reports them.
_DEGREE_TURNS = {0: Turn.NONE, 90: Turn.LEFT, -90: Turn.RIGHT, 180: Turn.HALF, -180: Turn.HALF}


def turn_of_exif(orientation: object) -> Turn:
    """The turn that an EXIF orientation tag (1..8) asks for."""
    return _EXIF_TURNS.get(orientation, Turn.NONE) if isinstance(orientation, int) else Turn.NONE


def turn_of_frame(frame: av.VideoFrame) -> Turn:
    """The turn that a video frame's display matrix asks for; slanted matrices count as none."""
    try:
        matrix = bytes(frame.side_data[SideDataType.DISPLAYMATRIX])  # type: ignore[typeddict-item] # the stub's keys
    except KeyError:
        return Turn.NONE
    except ValueError:
        # The binding has no name for some kinds of side data and then lists none; flips are lost there.
        return _DEGREE_TURNS.get(frame.rotation, Turn.NONE)
    a, b, _, c, d = struct.unpack("=5i", matrix[:20])
    signs = ((a > 0) - (a < 0), (b > 0) - (b < 0), (c > 0) - (c < 0), (d > 0) - (d < 0))
    return _MATRIX_TURNS.get(signs, Turn.NONE)


def turned(frame: av.VideoFrame, turn: Turn) -> av.VideoFrame:
    """The frame with ``turn`` applied, in its own pixel format where the filters know it."""
    return filtered(frame, turn.filters)


def has_alpha(frame: av.VideoFrame) -> bool:
    """Whether the pixel format can be transparent (palettes can)."""
    return frame.format.name == "pal8" or any(component.is_alpha for component in frame.format.components)


def over_black(frame: av.VideoFrame) -> av.VideoFrame:
    """The frame composited over black if it can be transparent, else itself.

    Black, because padding is black: a cut-out figure then stands in one even surround. Colours under full
    transparency, which editors leave arbitrary, never show.
    """
    if not has_alpha(frame):
        return frame
    rgba = frame.to_ndarray(format="rgba")
    alpha = rgba[..., 3:].astype(np.uint16)
    # Rounded to nearest; exact for 0 and 255.
    rgb = ((rgba[..., :3] * alpha + 127) // 255).astype(np.uint8)
    return av.VideoFrame.from_ndarray(rgb, format="rgb24")
