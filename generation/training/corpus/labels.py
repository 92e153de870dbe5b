"""What happens in a clip, as labels: the truth that captions are worded from and that evaluation compares with.

Directions follow the camera and the scene, not the picture:

- ``pan_left``: the camera turns left, so the picture's content moves **right**; ``tilt_up``: content moves **down**.
- ``zoom_in``: content flows **outward** from the middle.
- ``roll_clockwise``: the camera turns clockwise, so content turns **counter-clockwise**.
- A sprite that moves left moves left in the scene; a moving camera adds its own motion on screen.
"""

from dataclasses import dataclass
from enum import StrEnum

from torch import Tensor


class CameraMove(StrEnum):
    """What the camera does during a second."""

    HOLD = "hold"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    TILT_UP = "tilt_up"
    TILT_DOWN = "tilt_down"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ROLL_CLOCKWISE = "roll_clockwise"
    ROLL_COUNTERCLOCKWISE = "roll_counterclockwise"
    SHAKE = "shake"


class Speed(StrEnum):
    """How fast, as a person would say it; normal is not said."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


class SpriteVerb(StrEnum):
    """What a sprite does during a second."""

    STAND = "stand"
    MOVE_LEFT = "move_left"
    MOVE_RIGHT = "move_right"
    MOVE_UP = "move_up"
    MOVE_DOWN = "move_down"
    BOUNCE = "bounce"
    FALL = "fall"
    ORBIT = "orbit"
    SPIN = "spin"
    GROW = "grow"
    SHRINK = "shrink"
    RECOLOUR = "recolour"
    PASS_BEHIND = "pass_behind"  # noqa: S105 - a verb
    PASS_IN_FRONT = "pass_in_front"  # noqa: S105 - a verb


class Shape(StrEnum):
    """Outlines of sprites; the ball is a shaded disc."""

    BALL = "ball"
    DISC = "disc"
    SQUARE = "square"
    TRIANGLE = "triangle"
    STAR = "star"
    HEXAGON = "hexagon"
    RING = "ring"
    CROSS = "cross"
    HEART = "heart"
    DIAMOND = "diamond"


class Pattern(StrEnum):
    """Surfaces of sprites."""

    PLAIN = "plain"
    STRIPED = "striped"
    SPOTTED = "spotted"
    CHECKERED = "checkered"
    MARBLED = "marbled"


class BackgroundKind(StrEnum):
    """What a canvas mainly shows; names equal the fields of ``BackgroundMix``."""

    LEAVES = "leaves"
    NOISE = "noise"
    RIDGES = "ridges"
    CELLS = "cells"
    SKY = "sky"
    SWIRLS = "swirls"
    FRACTAL = "fractal"
    LANDSCAPE = "landscape"


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraAction:
    """One second of camera work."""

    move: CameraMove
    speed: Speed
    # Pan, tilt: shorter picture sides per second. Zoom: natural logarithm of scale per second. Roll: degrees per
    # second. Shake: root-mean-square offset in shorter sides. Hold: 0. Never negative.
    rate: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SpriteAction:
    """One second of one sprite."""

    verb: SpriteVerb
    speed: Speed
    # Moves, passes: shorter sides per second. Bounce: bounces per second. Fall: sides per second squared. Orbit,
    # spin: degrees per second. Grow, shrink: logarithm of size per second. Recolour: changes per second.
    rate: float
    # +1 or -1: which way it orbits, spins, drifts or passes.
    direction: int
    # Height of a bounce, radius of an orbit, reach of a pass to either side, in shorter sides.
    extent: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SpriteTruth:
    """One sprite through the clip."""

    shape: Shape
    pattern: Pattern
    colour: str
    # The colour it changes to and back; the same word as ``colour`` if it never does.
    other_colour: str
    # "small", "" or "large".
    size_word: str
    # One per second.
    actions: tuple[SpriteAction, ...]
    # The sprite it passes, as a position in ``ClipTruth.sprites``; -1 if none.
    partner: int
    # Centre on screen per frame: x over width, y over height; outside [0, 1] it has left the picture.
    positions: tuple[tuple[float, float], ...]
    # Radius on screen per frame, in shorter sides.
    radii: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipTruth:
    """Everything that is known of a procedural clip. Sprites stand in painting order, the last one on top."""

    # One per second.
    camera: tuple[CameraAction, ...]
    sprites: tuple[SpriteTruth, ...]
    background: BackgroundKind
    # The background's colours in one word, from its palette.
    palette_word: str
    # Per frame: x, y of the camera in shorter sides, natural logarithm of zoom, roll in degrees; frame 0 is (0, 0, 0,
    # 0) but for shake.
    camera_path: tuple[tuple[float, float, float, float], ...]

    @property
    def change_seconds(self) -> tuple[int, ...]:
        """The seconds (from 1) in which the camera or a sprite does something else than in the second before."""
        return tuple(
            second
            for second in range(1, len(self.camera))
            if self.camera[second] != self.camera[second - 1]
            or any(sprite.actions[second] != sprite.actions[second - 1] for sprite in self.sprites)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipSample:
    """One clip with its words."""

    # uint8 (T, H, W, 3), 24 frames per second.
    frames: Tensor
    # The whole clip in one text.
    caption: str
    # One text per second: the first describes all, later ones only what changes. Empty for clips without them.
    second_captions: tuple[str, ...]
    # None for real clips, of which nothing is known.
    truth: ClipTruth | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipBatch:
    """Several clips of one size."""

    # uint8 (B, T, H, W, 3).
    frames: Tensor
    captions: tuple[str, ...]
    second_captions: tuple[tuple[str, ...], ...]
    truths: tuple[ClipTruth | None, ...]
