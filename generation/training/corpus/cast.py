"""Casting sprites: what they look like, what they do, and where they must start to be seen doing it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generation.contract.requests import FRAMES_PER_SECOND
from generation.training.corpus.camera import CameraPath, to_screen
from generation.training.corpus.labels import Pattern, Shape, Speed, SpriteAction, SpriteVerb
from generation.training.corpus.motion import (
    PASSES,
    SpritePath,
    SpriteStart,
    draw_sprite_action,
    fall_seconds,
    lasts,
    sprite_path,
)
from generation.training.corpus.randomness import pick, pick_weighted

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.85, 0.13, 0.12),
    "orange": (0.95, 0.52, 0.10),
    "yellow": (0.95, 0.85, 0.15),
    "green": (0.16, 0.65, 0.22),
    "turquoise": (0.15, 0.75, 0.72),
    "blue": (0.15, 0.32, 0.85),
    "purple": (0.52, 0.20, 0.72),
    "pink": (0.95, 0.50, 0.70),
    "white": (0.95, 0.95, 0.95),
    "black": (0.07, 0.07, 0.08),
    "brown": (0.45, 0.27, 0.14),
}
ACTING_VERBS = tuple(verb for verb in SpriteVerb if verb is not SpriteVerb.STAND)
_ROUND = (Shape.BALL, Shape.DISC, Shape.RING)
# Tries to find a start from which the sprite stays in view.
_TRIES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class SpritePart:
    """One sprite, cast: its looks, its seconds and its path."""

    shape: Shape
    pattern: Pattern
    colour: str
    other_colour: str
    # Which of the painted surfaces of this shape and pattern.
    variant: int
    actions: tuple[SpriteAction, ...]
    # Position of the sprite it passes, -1 if none.
    partner: int
    path: SpritePath


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What the camera does to everything on it."""

    camera: CameraPath
    # Half the picture's width and height in shorter sides.
    half_width: float
    half_height: float
    seconds: int

    @property
    def frames(self) -> int:
        """Frames of the clip."""
        return len(self.camera.x)


def cast_sprites(
    rng: np.random.Generator, stage: Stage, count: int, lead: tuple[SpriteVerb, Speed], change_at: int
) -> tuple[SpritePart, ...]:
    """Cast a clip's sprites in painting order.

    Args:
        rng: Draws everything but the lead's verb.
        stage: Camera and picture.
        count: How many sprites; a lead that passes another needs two.
        lead: What the first sprite does.
        change_at: The second in which the lead does something else; 0 for none.
    """
    verb, speed = lead
    colours = [str(colour) for colour in rng.permutation(sorted(COLOURS))]
    parts: list[SpritePart] = []
    if verb in PASSES:
        parts.append(
            _cast_one(rng, stage, (_draw(rng, stage, SpriteVerb.STAND, Speed.NORMAL),) * stage.seconds, parts, colours)
        )
        count = max(count, 2)
    while len(parts) < count:
        lead_follows = len(parts) == (1 if verb in PASSES else 0)
        first = verb if lead_follows else pick_weighted(rng, _EXTRA_VERBS, _EXTRA_WEIGHTS)
        pace = speed if lead_follows else pick(rng, tuple(Speed))
        actions = _plan_seconds(rng, stage, _draw(rng, stage, first, pace), change_at if lead_follows else 0)
        parts.append(_cast_one(rng, stage, actions, parts, colours))
    if verb is SpriteVerb.PASS_BEHIND:
        # The one that passes is painted first.
        parts[0], parts[1] = replace(parts[1], partner=1), parts[0]
    return tuple(parts)


_EXTRA_VERBS = tuple(verb for verb in SpriteVerb if verb not in PASSES)
_EXTRA_WEIGHTS = tuple(5.0 if verb is SpriteVerb.STAND else 1.0 for verb in _EXTRA_VERBS)


def _draw(rng: np.random.Generator, stage: Stage, verb: SpriteVerb, speed: Speed) -> SpriteAction:
    action = draw_sprite_action(rng, verb, speed)
    if verb in PASSES:
        # Near enough to meet the partner within the first second or two.
        action = replace(action, extent=float(np.clip(0.6 * action.rate * min(stage.seconds, 2), 0.15, 0.4)))
    return action


def _plan_seconds(
    rng: np.random.Generator, stage: Stage, first: SpriteAction, change_at: int
) -> tuple[SpriteAction, ...]:
    actions, run = [first], 1
    for second in range(1, stage.seconds):
        if second == change_at or not lasts(actions[-1], run + 1):
            verbs = [verb for verb in _EXTRA_VERBS if verb is not actions[-1].verb]
            actions.append(_draw(rng, stage, pick(rng, verbs), pick(rng, tuple(Speed))))
            run = 1
        else:
            actions.append(actions[-1])
            run += 1
    return tuple(actions)


def _cast_one(
    rng: np.random.Generator,
    stage: Stage,
    actions: tuple[SpriteAction, ...],
    others: Sequence[SpritePart],
    colours: list[str],
) -> SpritePart:
    """Choose looks and the best of a few starts; takes its colours from the list, so no two sprites share one."""
    verbs = {action.verb for action in actions}
    pattern = pick_weighted(rng, tuple(Pattern), (2.0, 1.0, 1.0, 1.0, 1.5))
    # A turning disc cannot be told from a still one.
    shapes = [shape for shape in Shape if SpriteVerb.SPIN not in verbs or shape not in _ROUND]
    colour = colours.pop()
    best, best_score = _follow(rng, stage, actions, others)
    for _ in range(_TRIES - 1):
        if best_score > 0.9:
            break
        other, score = _follow(rng, stage, actions, others)
        if score > best_score:
            best, best_score = other, score
    start, path = best
    return SpritePart(
        shape=pick(rng, shapes),
        pattern=pattern,
        colour=colour,
        other_colour=colours.pop() if SpriteVerb.RECOLOUR in verbs else colour,
        variant=int(rng.integers(4)),
        actions=_landed(start, actions),
        partner=0 if actions[0].verb in PASSES else -1,
        path=path,
    )


def _follow(
    rng: np.random.Generator, stage: Stage, actions: tuple[SpriteAction, ...], others: Sequence[SpritePart]
) -> tuple[tuple[SpriteStart, SpritePath], float]:
    start = _draw_start(rng, stage, actions[0], others)
    path = sprite_path(start, actions, stage.frames)
    x, y = to_screen(stage.camera, path.x, path.y)
    seen = (np.abs(x) < stage.half_width - 0.05) & (np.abs(y) < stage.half_height - 0.05)
    score = float(seen.mean())
    if actions[0].verb not in PASSES:
        for other in others:
            distance = np.hypot(other.path.x[0] - start.x, other.path.y[0] - start.y)
            score -= 0.5 if distance < other.path.radius[0] + start.radius else 0.0
    return (start, path), score


def _draw_start(
    rng: np.random.Generator, stage: Stage, action: SpriteAction, others: Sequence[SpritePart]
) -> SpriteStart:
    x, y = rng.uniform(-0.8, 0.8) * stage.half_width, rng.uniform(-0.8, 0.8) * stage.half_height
    radius = rng.uniform(0.08, 0.2)
    if action.verb is SpriteVerb.GROW:
        radius = rng.uniform(0.07, 0.12)
    elif action.verb is SpriteVerb.SHRINK:
        radius = rng.uniform(0.2, 0.32)
    elif action.verb is SpriteVerb.FALL:
        y = -stage.half_height + radius + rng.uniform(0.0, 0.15)
    elif action.verb is SpriteVerb.BOUNCE:
        y = rng.uniform(0.2, 0.8) * stage.half_height
    elif action.verb in PASSES:
        partner = others[0].path
        x, y = partner.x[0] - action.direction * action.extent, partner.y[0] + rng.uniform(-0.06, 0.06)
        radius = rng.uniform(0.7, 1.1) * partner.radius[0]
    angle = rng.uniform(-0.3, 0.3)
    floor = rng.uniform(0.7, 0.95) * stage.half_height
    return SpriteStart(x=float(x), y=float(y), radius=float(radius), angle=float(angle), floor=float(floor))


def _landed(start: SpriteStart, actions: tuple[SpriteAction, ...]) -> tuple[SpriteAction, ...]:
    """Seconds in which a fallen sprite only lies on the ground are called what they look like."""
    if actions[0].verb is not SpriteVerb.FALL:
        return actions
    rest = replace(actions[0], verb=SpriteVerb.STAND, speed=Speed.NORMAL, rate=0.0)
    frames = fall_seconds(start, actions[0]) * FRAMES_PER_SECOND
    return tuple(
        rest if action == actions[0] and second * FRAMES_PER_SECOND >= frames else action
        for second, action in enumerate(actions)
    )
