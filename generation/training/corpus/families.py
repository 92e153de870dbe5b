"""Families of clips: one picture, one beginning, and then every verb in turn.

Clips of a family differ by a verb alone, and so do their words; nothing else tells them apart. Drawn one by one from
all scenes, clips differ by so much more that a small model learns no verb in thousands of steps.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import ConfigError, RequestError
from generation.training.corpus.captions import clip_caption
from generation.training.corpus.cast import COLOURS
from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.corpus.labels import (
    CameraMove,
    ClipBatch,
    ClipTruth,
    Speed,
    SpriteAction,
    SpriteVerb,
)
from generation.training.corpus.motion import SpriteStart, draw_sprite_action, sprite_path
from generation.training.corpus.plan import ClipPlan
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.corpus.randomness import draws, pick

# Told apart by what one second shows.
VERBS = (
    SpriteVerb.STAND, SpriteVerb.MOVE_LEFT, SpriteVerb.MOVE_RIGHT, SpriteVerb.MOVE_UP, SpriteVerb.MOVE_DOWN,
    SpriteVerb.GROW, SpriteVerb.SHRINK, SpriteVerb.RECOLOUR,
)  # fmt: skip
_STILL_CAMERA = CameraMix(**{move.value: float(move is CameraMove.HOLD) for move in CameraMove})
# Of the picture, from its middle, and sizes; in shorter sides. Most verbs stay in view for two seconds.
_REACH, _RADII = 0.27, (0.10, 0.24)
# Where its middle may be when the last second begins.
_IN_VIEW = 0.42
# What is not said is seen most.
_SPEEDS = (Speed.NORMAL, Speed.NORMAL, Speed.NORMAL, Speed.SLOW, Speed.FAST)
_BEGINS_STANDING = 0.5


def one_sprite(config: CorpusConfig) -> CorpusConfig:
    """The corpus with one sprite in every clip and a camera at rest."""
    return replace(config, sprite_counts=(0, 1, 0, 0), camera=_STILL_CAMERA, change_share=0)


def acted(plan: ClipPlan, start: SpriteStart, actions: Sequence[SpriteAction], other_colour: str) -> ClipPlan:
    """The plan with its first sprite alone, at another place and doing something else.

    Args:
        plan: Of a clip with sprites.
        start: Where it begins.
        actions: One per second.
        other_colour: What it changes to where it does.
    """
    path = sprite_path(start, actions, len(plan.camera.x))
    part, sprite = plan.parts[0], plan.truth.sprites[0]
    part = replace(part, actions=tuple(actions), other_colour=other_colour, partner=-1, path=path)
    sprite = replace(sprite, actions=tuple(actions), other_colour=other_colour, partner=-1)
    return replace(plan, parts=(part,), truth=replace(plan.truth, sprites=(sprite,)))


def other_colour_of(plan: ClipPlan, rng: np.random.Generator) -> str:
    """Another colour than that of the plan's first sprite."""
    return pick(rng, [colour for colour in sorted(COLOURS) if colour != plan.parts[0].colour])


def second_alone(truth: ClipTruth, second: int) -> ClipTruth:
    """All that a second shows, as if it were a clip of its own."""
    return replace(
        truth,
        camera=truth.camera[second : second + 1],
        sprites=tuple(replace(sprite, actions=sprite.actions[second : second + 1]) for sprite in truth.sprites),
    )


class VerbFamilies:
    """Clips of at least two seconds; clip ``i`` belongs to family ``i // 8`` and ends with verb ``i % 8``.

    Until the last second all of a family show the same. Each second is told whole, in words of its own.
    """

    def __init__(self, config: CorpusConfig, *, device: str = "cpu") -> None:
        """Make families.

        Args:
            config: Of pictures and sprites; cameras and counts of sprites are the families' own.
            device: Where to paint.

        Raises:
            ConfigError: If clips are shorter than two seconds.
        """
        if config.seconds < 2:
            raise ConfigError(f"families must be of clips of at least 2 s, got {config.seconds} s")
        self.config = one_sprite(config)
        self._corpus = ProceduralCorpus(self.config, device=device)

    def batch(self, indices: Sequence[int]) -> ClipBatch:
        """Several clips, the same bytes as each by itself.

        Raises:
            RequestError: If there is no index or one is negative.
        """
        if not indices or min(indices) < 0:
            raise RequestError(f"indices must be one or more numbers of at least 0, got {list(indices)}")
        plans = [self.plan(index) for index in indices]
        words = [self._words(index, plan) for index, plan in zip(indices, plans, strict=True)]
        return ClipBatch(
            frames=torch.cat([self._corpus.render([plan]) for plan in plans]),
            captions=tuple(seconds[0] for seconds in words),
            second_captions=tuple(words),
            truths=tuple(plan.truth for plan in plans),
        )

    def plan(self, index: int) -> ClipPlan:
        """Everything about clip ``index`` but its pixels; cheap."""
        family, verb = divmod(index, len(VERBS))
        plan, seed = self._corpus.plan(family), self.config.seed
        rng = draws(seed, "family", family)
        start = SpriteStart(
            x=float(rng.uniform(-_REACH, _REACH)),
            y=float(rng.uniform(-_REACH, _REACH)),
            radius=float(np.exp(rng.uniform(*np.log(_RADII)))),
            angle=0.0,
            floor=1.0,
        )
        other = other_colour_of(plan, rng)
        beginning = self._beginning(rng, start)
        own = draws(seed, "member", index)
        last = draw_sprite_action(own, VERBS[verb], pick(own, _SPEEDS))
        return acted(plan, start, (*beginning, last), other)

    def _beginning(self, rng: np.random.Generator, start: SpriteStart) -> tuple[SpriteAction, ...]:
        """What happens in all seconds but the last."""
        seconds = self.config.seconds - 1
        verb = SpriteVerb.STAND if rng.random() < _BEGINS_STANDING else pick(rng, VERBS)
        actions = (draw_sprite_action(rng, verb, pick(rng, _SPEEDS)),) * seconds
        path = sprite_path(start, actions, seconds * FRAMES_PER_SECOND)
        if max(abs(path.x[-1]), abs(path.y[-1])) <= _IN_VIEW:
            return actions
        # What has left the picture could do anything.
        return (draw_sprite_action(rng, SpriteVerb.STAND, Speed.NORMAL),) * seconds

    def _words(self, index: int, plan: ClipPlan) -> tuple[str, ...]:
        rng = draws(self.config.seed, "member words", index)
        return tuple(clip_caption(rng, second_alone(plan.truth, second)) for second in range(self.config.seconds))
