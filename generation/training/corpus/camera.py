"""Cameras: how fast each word is, and the path they take over the canvas.

The scene is a plane in units of the picture's shorter side, x to the right, y downwards, (0, 0) in the middle of the
first frame. A camera at (cx, cy) with zoom logarithm z and roll a shows the scene point p at the screen place
R(-a) (p - c) e^z.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generation.contract.requests import FRAMES_PER_SECOND
from generation.training.corpus.labels import CameraAction, CameraMove, Speed
from generation.training.corpus.randomness import pick

_PANS = {
    CameraMove.PAN_LEFT: (-1, 0),
    CameraMove.PAN_RIGHT: (1, 0),
    CameraMove.TILT_UP: (0, -1),
    CameraMove.TILT_DOWN: (0, 1),
}
_ZOOMS = {CameraMove.ZOOM_IN: 1, CameraMove.ZOOM_OUT: -1}
_ROLLS = {CameraMove.ROLL_CLOCKWISE: 1, CameraMove.ROLL_COUNTERCLOCKWISE: -1}

# Ranges with gaps between them, so that a word's speed can be told from the picture.
PAN_RATES = {Speed.SLOW: (0.08, 0.13), Speed.NORMAL: (0.20, 0.28), Speed.FAST: (0.42, 0.60)}
ZOOM_RATES = {Speed.SLOW: (0.09, 0.14), Speed.NORMAL: (0.24, 0.34), Speed.FAST: (0.48, 0.58)}
ROLL_RATES = {Speed.SLOW: (5.0, 9.0), Speed.NORMAL: (15.0, 22.0), Speed.FAST: (36.0, 52.0)}
SHAKE_RATES = {Speed.SLOW: (0.005, 0.008), Speed.NORMAL: (0.014, 0.020), Speed.FAST: (0.036, 0.050)}

# What one action may cover before another must follow: pictures have an end, and a zoom runs out of detail.
_LONGEST_PAN = 2.6
_LARGEST_ZOOM = 1.75


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraPath:
    """Where the camera is, per frame; each ``(T,)`` float64."""

    x: np.ndarray
    y: np.ndarray
    zoom: np.ndarray
    # Radians, clockwise positive.
    roll: np.ndarray


def rate_ranges(move: CameraMove) -> dict[Speed, tuple[float, float]]:
    """What the speed words mean for a move, in the units of ``CameraAction.rate``."""
    if move in _PANS:
        return PAN_RATES
    if move in _ZOOMS:
        return ZOOM_RATES
    if move in _ROLLS:
        return ROLL_RATES
    if move is CameraMove.SHAKE:
        return SHAKE_RATES
    return dict.fromkeys(Speed, (0.0, 0.0))


def draw_action(rng: np.random.Generator, move: CameraMove, speed: Speed) -> CameraAction:
    """Camera work of a word and a speed word; a held camera has no speed."""
    if move is CameraMove.HOLD:
        speed = Speed.NORMAL
    return CameraAction(move=move, speed=speed, rate=float(rng.uniform(*rate_ranges(move)[speed])))


def plan_actions(
    rng: np.random.Generator, first: CameraAction, seconds: int, change_at: int
) -> tuple[CameraAction, ...]:
    """One action per second.

    Args:
        rng: Draws what follows a change.
        first: The action of second 0.
        seconds: How many.
        change_at: The second in which another action begins; 0 for none. Actions that would run out of picture are
            followed by another one earlier.
    """
    actions = [first]
    run = 1
    for second in range(1, seconds):
        current = actions[-1]
        if second == change_at or not _lasts(current, run + 1):
            others = [move for move in CameraMove if move is not current.move]
            actions.append(draw_action(rng, pick(rng, others), pick(rng, tuple(Speed))))
            run = 1
        else:
            actions.append(current)
            run += 1
    return tuple(actions)


def _lasts(action: CameraAction, seconds: int) -> bool:
    if action.move in _PANS:
        return action.rate * seconds <= _LONGEST_PAN
    return action.move not in _ZOOMS or action.rate * seconds <= _LARGEST_ZOOM


def camera_path(rng: np.random.Generator, actions: Sequence[CameraAction], frames: int) -> CameraPath:
    """Follow the actions, one per second, at constant speed within each.

    A change of action takes five frames around the second's boundary. Frame 0 is at rest at the origin, but for shake.
    """
    second_of = np.minimum(np.arange(frames) // FRAMES_PER_SECOND, len(actions) - 1)
    pan = np.array([_PANS.get(action.move, (0, 0)) for action in actions], dtype=np.float64)
    rates = np.array([action.rate for action in actions])
    speed_x, speed_y = (_per_frame(pan[:, axis] * rates, second_of) for axis in (0, 1))
    zoom = _summed(_per_frame(rates * [_ZOOMS.get(action.move, 0) for action in actions], second_of))
    roll = _summed(np.radians(_per_frame(rates * [_ROLLS.get(action.move, 0) for action in actions], second_of)))
    # The camera pans along its own axes, and covers less ground the closer it is.
    x = _summed((np.cos(roll) * speed_x - np.sin(roll) * speed_y) * np.exp(-zoom))
    y = _summed((np.sin(roll) * speed_x + np.cos(roll) * speed_y) * np.exp(-zoom))
    strength = _smoothed((rates * [action.move is CameraMove.SHAKE for action in actions])[second_of])
    if strength.any():
        x = x + strength * np.exp(-zoom) * _jitter(rng, frames)
        y = y + strength * np.exp(-zoom) * _jitter(rng, frames)
        roll = roll + 0.35 * strength * _jitter(rng, frames)
    return CameraPath(x=x, y=y, zoom=zoom, roll=roll)


def to_screen(path: CameraPath, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where scene points ``(T,)`` stand on screen, in shorter sides from the middle."""
    dx, dy, scale = x - path.x, y - path.y, np.exp(path.zoom)
    cosine, sine = np.cos(path.roll), np.sin(path.roll)
    return scale * (cosine * dx + sine * dy), scale * (cosine * dy - sine * dx)


def _per_frame(per_second: np.ndarray, second_of: np.ndarray) -> np.ndarray:
    return _smoothed(per_second[second_of]) / FRAMES_PER_SECOND


def _smoothed(values: np.ndarray) -> np.ndarray:
    smoothed: np.ndarray = np.convolve(np.pad(values, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    return smoothed


def _summed(steps: np.ndarray) -> np.ndarray:
    return np.concatenate(([0.0], np.cumsum(steps[:-1])))


def _jitter(rng: np.random.Generator, frames: int) -> np.ndarray:
    """A hand's tremor: a few sines between 2 and 7 Hz, root mean square 1."""
    time = np.arange(frames)[:, None] / FRAMES_PER_SECOND
    waves = np.sin(2 * np.pi * (rng.uniform(2.0, 7.0, 5) * time + rng.random(5)))
    jitter: np.ndarray = waves.sum(axis=1) / np.sqrt(2.5)
    return jitter
