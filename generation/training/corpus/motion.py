"""Sprites' motion: how fast each verb is, and the path a sprite takes through the scene.

Units and axes are those of :mod:`generation.training.corpus.camera`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from generation.contract.requests import FRAMES_PER_SECOND
from generation.training.corpus.labels import Speed, SpriteAction, SpriteVerb
from generation.training.corpus.randomness import pick

_DIRECTIONS = {
    SpriteVerb.MOVE_LEFT: (-1, 0),
    SpriteVerb.MOVE_RIGHT: (1, 0),
    SpriteVerb.MOVE_UP: (0, -1),
    SpriteVerb.MOVE_DOWN: (0, 1),
}
PASSES = (SpriteVerb.PASS_BEHIND, SpriteVerb.PASS_IN_FRONT)

_MOVES = {Speed.SLOW: (0.08, 0.13), Speed.NORMAL: (0.22, 0.32), Speed.FAST: (0.48, 0.68)}
_TURNS = {Speed.SLOW: (45.0, 70.0), Speed.NORMAL: (120.0, 170.0), Speed.FAST: (280.0, 360.0)}
_SCALES = {Speed.SLOW: (0.12, 0.17), Speed.NORMAL: (0.28, 0.38), Speed.FAST: (0.60, 0.75)}
VERB_RATES: dict[SpriteVerb, dict[Speed, tuple[float, float]]] = {
    SpriteVerb.STAND: dict.fromkeys(Speed, (0.0, 0.0)),
    **dict.fromkeys((*_DIRECTIONS, *PASSES), _MOVES),
    SpriteVerb.BOUNCE: {Speed.SLOW: (0.7, 0.9), Speed.NORMAL: (1.3, 1.7), Speed.FAST: (2.5, 3.2)},
    SpriteVerb.FALL: {Speed.SLOW: (0.3, 0.45), Speed.NORMAL: (0.9, 1.3), Speed.FAST: (2.8, 4.0)},
    SpriteVerb.ORBIT: _TURNS,
    SpriteVerb.SPIN: _TURNS,
    SpriteVerb.GROW: _SCALES,
    SpriteVerb.SHRINK: _SCALES,
    SpriteVerb.RECOLOUR: {Speed.SLOW: (0.4, 0.55), Speed.NORMAL: (0.9, 1.1), Speed.FAST: (1.8, 2.2)},
}
# Growing and moving end before the sprite fills or leaves the picture.
_LARGEST_SCALE = 1.5
_LONGEST_MOVE = 1.3


@dataclass(frozen=True, kw_only=True, slots=True)
class SpritePath:
    """Where a sprite is in the scene, per frame; each ``(T,)`` float64."""

    x: np.ndarray
    y: np.ndarray
    radius: np.ndarray
    # Radians, clockwise.
    angle: np.ndarray
    # 0 is its own colour, 1 the other one.
    recolour: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class SpriteStart:
    """A sprite before it moves."""

    x: float
    y: float
    radius: float
    angle: float
    # Where falling ends.
    floor: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """Consecutive seconds of one action."""

    action: SpriteAction
    time: np.ndarray
    floor: float


def draw_sprite_action(rng: np.random.Generator, verb: SpriteVerb, speed: Speed) -> SpriteAction:
    """A verb at a speed; a standing sprite has none."""
    if verb is SpriteVerb.STAND:
        speed = Speed.NORMAL
    return SpriteAction(
        verb=verb,
        speed=speed,
        rate=float(rng.uniform(*VERB_RATES[verb][speed])),
        direction=pick(rng, (-1, 1)),
        extent=float(rng.uniform(0.18, 0.3)),
    )


def lasts(action: SpriteAction, seconds: int) -> bool:
    """Whether an action may go on for so many seconds without the sprite filling or leaving the picture."""
    if action.verb in (SpriteVerb.GROW, SpriteVerb.SHRINK):
        return action.rate * seconds <= _LARGEST_SCALE
    return action.verb not in _DIRECTIONS or action.rate * seconds <= _LONGEST_MOVE


def sprite_path(start: SpriteStart, actions: Sequence[SpriteAction], frames: int) -> SpritePath:
    """Follow the actions, one per second, each from where the one before it ended."""
    state = np.array([start.x, start.y, start.radius, start.angle, 0.0])
    parts = []
    for action, group in groupby(actions):
        seconds = len(list(group))
        # One frame more than the run has: its last row is where the next run begins.
        time = np.arange(seconds * FRAMES_PER_SECOND + 1) / FRAMES_PER_SECOND
        part = np.repeat(state[:, None], len(time), axis=1)
        _FOLLOW[action.verb](part, _Run(action=action, time=time, floor=start.floor))
        parts.append(part[:, :-1])
        state = part[:, -1]
    x, y, radius, angle, recolour = np.concatenate(parts, axis=1)[:, :frames]
    return SpritePath(x=x, y=y, radius=radius, angle=angle, recolour=recolour)


def fall_seconds(start: SpriteStart, action: SpriteAction) -> float:
    """When a sprite that begins to fall at second 0 has landed."""
    return float(np.sqrt(2 * max(start.floor - start.radius - start.y, 0.0) / action.rate))


def _stand(part: np.ndarray, run: _Run) -> None:
    """Nothing changes."""


def _move(part: np.ndarray, run: _Run) -> None:
    x, y = _DIRECTIONS[run.action.verb]
    part[0] += x * run.action.rate * run.time
    part[1] += y * run.action.rate * run.time


def _bounce(part: np.ndarray, run: _Run) -> None:
    phase = np.mod(run.action.rate * run.time, 1.0)
    part[1] -= run.action.extent * 4 * phase * (1 - phase)
    part[0] += 0.06 * run.action.direction * run.time


def _fall(part: np.ndarray, run: _Run) -> None:
    lowest = np.maximum(run.floor - part[2], part[1])
    part[1] = np.minimum(part[1] + 0.5 * run.action.rate * run.time**2, lowest)


def _orbit(part: np.ndarray, run: _Run) -> None:
    turn = run.action.direction * np.radians(run.action.rate) * run.time
    # The circle lies to the right of the start, which therefore is no special point of it.
    part[0] += run.action.extent * (1 - np.cos(turn))
    part[1] -= run.action.extent * np.sin(turn)


def _spin(part: np.ndarray, run: _Run) -> None:
    part[3] += run.action.direction * np.radians(run.action.rate) * run.time


def _scale(part: np.ndarray, run: _Run) -> None:
    sign = 1 if run.action.verb is SpriteVerb.GROW else -1
    part[2] *= np.exp(sign * run.action.rate * run.time)


def _recolour(part: np.ndarray, run: _Run) -> None:
    part[4] += (1 - 2 * part[4]) * (0.5 - 0.5 * np.cos(np.pi * run.action.rate * run.time))


def _pass(part: np.ndarray, run: _Run) -> None:
    # A triangle wave that begins at one side of the partner, swings across and returns.
    reach = run.action.extent
    swing = np.abs(np.mod(run.time * run.action.rate / (4 * reach), 1.0) * 2 - 1)
    part[0] += run.action.direction * 2 * reach * (1 - swing)


_FOLLOW: dict[SpriteVerb, Callable[[np.ndarray, _Run], None]] = {
    SpriteVerb.STAND: _stand,
    **dict.fromkeys(_DIRECTIONS, _move),
    **dict.fromkeys(PASSES, _pass),
    SpriteVerb.BOUNCE: _bounce,
    SpriteVerb.FALL: _fall,
    SpriteVerb.ORBIT: _orbit,
    SpriteVerb.SPIN: _spin,
    SpriteVerb.GROW: _scale,
    SpriteVerb.SHRINK: _scale,
    SpriteVerb.RECOLOUR: _recolour,
}
