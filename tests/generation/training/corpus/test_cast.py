"""Sprites are cast so that they are seen, can be named, and do what was asked."""

import numpy as np
import pytest

from generation.training.corpus.camera import camera_path, to_screen
from generation.training.corpus.cast import Stage, cast_sprites
from generation.training.corpus.labels import CameraAction, CameraMove, Shape, Speed, SpriteVerb


def make_stage(move=CameraMove.HOLD, rate=0.0, seconds=2):
    action = CameraAction(move=move, speed=Speed.NORMAL, rate=rate)
    path = camera_path(np.random.default_rng(0), [action] * seconds, 24 * seconds)
    return Stage(camera=path, half_width=0.5, half_height=0.5, seconds=seconds)


def cast(verb, *, seed=0, count=1, stage=None, change_at=0, speed=Speed.NORMAL):
    return cast_sprites(np.random.default_rng(seed), stage or make_stage(), count, (verb, speed), change_at)


@pytest.mark.parametrize("verb", list(SpriteVerb))
def test_one_sprite_does_what_was_asked(verb):
    parts = cast(verb)

    assert any(part.actions[0].verb is verb for part in parts)


@pytest.mark.parametrize("seed", range(10))
def test_sprites_of_a_clip_have_different_colours(seed):
    parts = cast(SpriteVerb.RECOLOUR, seed=seed, count=3)
    colours = [colour for part in parts for colour in {part.colour, part.other_colour}]

    assert len(colours) == len(set(colours)) >= 4


@pytest.mark.parametrize("seed", range(20))
def test_a_passing_sprite_meets_its_partner_in_the_right_order(seed):
    behind = cast(SpriteVerb.PASS_BEHIND, seed=seed, speed=Speed.SLOW)
    in_front = cast(SpriteVerb.PASS_IN_FRONT, seed=seed, speed=Speed.SLOW)

    assert (behind[0].partner, behind[1].partner) == (1, -1)
    assert (in_front[0].partner, in_front[1].partner) == (-1, 0)
    for mover, partner in ((behind[0], behind[1]), (in_front[1], in_front[0])):
        distance = np.hypot(mover.path.x - partner.path.x, mover.path.y - partner.path.y)
        assert distance.min() < 0.5 * (mover.path.radius[0] + partner.path.radius[0])


def test_a_spinning_sprite_is_not_round():
    shapes = {cast(SpriteVerb.SPIN, seed=seed)[0].shape for seed in range(40)}

    assert not shapes & {Shape.BALL, Shape.DISC, Shape.RING}
    assert len(shapes) >= 5


@pytest.mark.parametrize("move", [CameraMove.PAN_LEFT, CameraMove.TILT_DOWN, CameraMove.ZOOM_IN])
def test_sprites_are_mostly_seen_though_the_camera_moves(move):
    stage = make_stage(move, rate=0.28)
    seen = []
    for seed in range(40):
        path = cast(SpriteVerb.SPIN, seed=seed, stage=stage)[0].path
        x, y = to_screen(stage.camera, path.x, path.y)
        seen.append(((np.abs(x) < 0.5) & (np.abs(y) < 0.5)).mean())

    assert np.mean(seen) > 0.85


def test_a_fallen_sprite_stands():
    parts = cast(SpriteVerb.FALL, stage=make_stage(seconds=4), speed=Speed.FAST)

    verbs = [action.verb for action in parts[0].actions]
    assert verbs[0] is SpriteVerb.FALL
    assert verbs[2:] == [SpriteVerb.STAND] * 2


def test_the_lead_changes_at_the_given_second():
    parts = cast(SpriteVerb.SPIN, stage=make_stage(seconds=3), change_at=2)

    verbs = [action.verb for action in parts[0].actions]
    assert verbs[0] is verbs[1] is SpriteVerb.SPIN
    assert verbs[2] is not SpriteVerb.SPIN
