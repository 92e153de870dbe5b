"""What the camera does in a clip, measured from its frames by feature tracks.

Corners are tracked from frame to frame, and one similarity (shift, scale, turn) is fitted to all tracks of a pair,
robustly, so that a moving object counts little. Tracking and fitting are OpenCV's; nothing here knows how the clip was
made.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from generation.errors import RequestError
from generation.training.corpus.labels import CameraMove

if TYPE_CHECKING:
    from types import ModuleType

Frames = NDArray[np.uint8]

_CORNERS, _LEAST_TRACKS = 200, 8
# A move of a second counts in units of about what "slow" means for it (corpus/camera.py), so that moves compare.
_PAN_UNIT, _ZOOM_UNIT, _ROLL_UNIT = 0.10, 0.11, 7.0
# Less than this share of a slow move is none.
_STILL = 0.3


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraMotion:
    """How the picture's content moved, summed over frame pairs."""

    # In shorter sides; right and down are positive.
    x: float
    y: float
    # Natural logarithm of scale; growing is positive.
    zoom: float
    # Degrees; clockwise is positive.
    turn: float
    # Share of frame pairs with enough tracks to be measured.
    measured: float

    @property
    def strengths(self) -> dict[CameraMove, float]:
        """How much of each camera move is in it, in units of a slow one; content moves against the camera."""
        return {
            CameraMove.PAN_LEFT: self.x / _PAN_UNIT,
            CameraMove.PAN_RIGHT: -self.x / _PAN_UNIT,
            CameraMove.TILT_UP: self.y / _PAN_UNIT,
            CameraMove.TILT_DOWN: -self.y / _PAN_UNIT,
            CameraMove.ZOOM_IN: self.zoom / _ZOOM_UNIT,
            CameraMove.ZOOM_OUT: -self.zoom / _ZOOM_UNIT,
            CameraMove.ROLL_CLOCKWISE: -self.turn / _ROLL_UNIT,
            CameraMove.ROLL_COUNTERCLOCKWISE: self.turn / _ROLL_UNIT,
        }

    @property
    def move(self) -> CameraMove:
        """The strongest move; hold if none is strong."""
        move, strength = max(self.strengths.items(), key=lambda item: item[1])
        return move if strength >= _STILL else CameraMove.HOLD


def measure_motion(frames: Frames, *, every: int = 3) -> CameraMotion:
    """Follow the content of a clip from its first frame to its last.

    Args:
        frames: ``(T, H, W, 3)`` uint8, at least 2 frames.
        every: Frames between the two of a pair, at least 1.

    Raises:
        RequestError: If the clip is too short, or OpenCV is not installed.
    """
    if len(frames) < 2 or every < 1:
        raise RequestError(f"a motion needs at least 2 frames and a step of at least 1, got {len(frames)} and {every}")
    steps = [*range(0, len(frames) - 1, every), len(frames) - 1]
    pairs = [pair_motion(frames[a], frames[b]) for a, b in itertools.pairwise(steps)]
    seen = [pair for pair in pairs if pair is not None]
    x, y, zoom, turn = np.sum(seen, axis=0) if seen else np.zeros(4)
    return CameraMotion(
        x=float(x), y=float(y), zoom=float(zoom), turn=float(turn), measured=len(seen) / max(1, len(pairs))
    )


def pair_motion(first: Frames, second: Frames) -> tuple[float, float, float, float] | None:
    """Shift (x, y), logarithm of scale and turn from one frame to another; None with too few tracks.

    Args:
        first: ``(H, W, 3)`` uint8.
        second: The same size.

    Raises:
        RequestError: If OpenCV is not installed.
    """
    cv2 = _opencv()
    grey, after = (cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY) for frame in (first, second))
    corners = cv2.goodFeaturesToTrack(grey, maxCorners=_CORNERS, qualityLevel=0.01, minDistance=5)
    if corners is None or len(corners) < _LEAST_TRACKS:
        return None
    there, found, _ = cv2.calcOpticalFlowPyrLK(grey, after, corners, None, winSize=(21, 21), maxLevel=4)
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(after, grey, there, None, winSize=(21, 21), maxLevel=4)
    # A track that does not lead back to where it began is none.
    returns = np.abs(corners - back).max(axis=(1, 2)) < 1.0
    good = found.ravel().astype(bool) & found_back.ravel().astype(bool) & returns
    if good.sum() < _LEAST_TRACKS:
        return None
    height, width = grey.shape
    middle = np.array([width - 1, height - 1]) / 2
    fit = cv2.estimateAffinePartial2D(corners[good] - middle, there[good] - middle, ransacReprojThreshold=1.5)[0]
    return None if fit is None else _parts(fit, min(height, width))


def outward_share(frames: Frames) -> float:
    """Share of consecutive frame pairs in which the content grows.

    Args:
        frames: ``(T, H, W, 3)`` uint8.
    """
    pairs = [pair_motion(a, b) for a, b in itertools.pairwise(frames)]
    return float(np.mean([pair is not None and pair[2] > 0 for pair in pairs]))


def _parts(fit: NDArray[Any], short: int) -> tuple[float, float, float, float]:
    cosine, sine = fit[0, 0], fit[1, 0]
    # On screen y points down, so a positive angle is clockwise.
    turn = float(np.degrees(np.arctan2(sine, cosine)))
    return float(fit[0, 2] / short), float(fit[1, 2] / short), float(np.log(np.hypot(cosine, sine))), turn


def _opencv() -> "ModuleType":
    try:
        import cv2
    except ImportError as error:
        raise RequestError("measuring motion needs OpenCV: pip install opencv-python-headless") from error
    # Tracks are short work, and results should not hang on how many cores there are.
    cv2.setNumThreads(1)
    cv2.setRNGSeed(0)
    return cv2


def in_order(values: Sequence[float]) -> bool:
    """Whether every value is larger than the one before."""
    return all(a < b for a, b in itertools.pairwise(values))
