"""Sprites move as their verbs say."""

import numpy as np
import pytest

from generation.training.corpus.labels import Speed, SpriteAction, SpriteVerb
from generation.training.corpus.motion import (
    VERB_RATES,
    SpriteStart,
    draw_sprite_action,
    fall_seconds,
    lasts,
    sprite_path,
)

START = SpriteStart(x=0.1, y=-0.2, radius=0.1, angle=0.0, floor=0.4)


def act(verb, rate=0.3, direction=1, extent=0.2):
    return SpriteAction(verb=verb, speed=Speed.NORMAL, rate=rate, direction=direction, extent=extent)


def follow(verb, **fields):
    return sprite_path(START, [act(verb, **fields)], 24)


@pytest.mark.parametrize(
    ("verb", "x", "y"),
    [
        (SpriteVerb.STAND, 0, 0),
        (SpriteVerb.MOVE_LEFT, -1, 0),
        (SpriteVerb.MOVE_RIGHT, 1, 0),
        (SpriteVerb.MOVE_UP, 0, -1),
        (SpriteVerb.MOVE_DOWN, 0, 1),
    ],
)
def test_moves_go_their_way_at_their_rate(verb, x, y):
    path = follow(verb)

    assert path.x[12] - path.x[0] == pytest.approx(0.15 * x)
    assert path.y[12] - path.y[0] == pytest.approx(0.15 * y)


def test_a_bouncing_sprite_rises_and_returns_to_the_ground():
    path = follow(SpriteVerb.BOUNCE, rate=2.0, extent=0.25)

    assert path.y[0] == path.y[12] == pytest.approx(-0.2)
    assert path.y[6] == pytest.approx(-0.45)
    assert (path.y <= -0.2 + 1e-9).all()


def test_a_falling_sprite_gets_faster_and_lies_on_the_floor():
    path = follow(SpriteVerb.FALL, rate=3.0)

    steps = np.diff(path.y)
    landed = int(np.ceil(fall_seconds(START, act(SpriteVerb.FALL, rate=3.0)) * 24))
    assert (np.diff(steps[: landed - 2]) > 0).all()
    assert path.y[landed:] == pytest.approx(0.3)


def test_an_orbit_is_a_circle_that_closes():
    path = sprite_path(START, [act(SpriteVerb.ORBIT, rate=360.0)] * 2, 25)

    centre_x, centre_y = START.x + 0.2, START.y
    assert np.hypot(path.x - centre_x, path.y - centre_y) == pytest.approx(0.2)
    assert (path.x[24], path.y[24]) == pytest.approx((START.x, START.y))


def test_spin_turns_in_place():
    path = follow(SpriteVerb.SPIN, rate=120.0, direction=-1)

    assert np.degrees(path.angle[12]) == pytest.approx(-60)
    assert np.ptp(path.x) == 0


@pytest.mark.parametrize(("verb", "sign"), [(SpriteVerb.GROW, 1), (SpriteVerb.SHRINK, -1)])
def test_growing_and_shrinking_scale_the_radius(verb, sign):
    path = follow(verb, rate=0.4)

    assert path.radius[12] == pytest.approx(0.1 * np.exp(sign * 0.2))


def test_recolouring_goes_to_the_other_colour_and_back():
    path = sprite_path(START, [act(SpriteVerb.RECOLOUR, rate=1.0)] * 2, 48)

    assert path.recolour[0] == 0
    assert path.recolour[24] == pytest.approx(1)
    assert path.recolour[47] < 0.05


@pytest.mark.parametrize("direction", [-1, 1])
def test_a_pass_crosses_its_partner_and_returns(direction):
    path = sprite_path(START, [act(SpriteVerb.PASS_BEHIND, rate=0.4, direction=direction)] * 4, 96)

    middle = START.x + direction * 0.2
    assert path.x[12] == pytest.approx(middle)
    assert path.x[24] == pytest.approx(START.x + direction * 0.4)
    assert path.x[48] == pytest.approx(START.x)


def test_a_new_action_begins_where_the_last_one_ended():
    actions = [act(SpriteVerb.MOVE_RIGHT), act(SpriteVerb.GROW, rate=0.4), act(SpriteVerb.MOVE_UP)]

    path = sprite_path(START, actions, 72)

    for values in (path.x, path.y, path.radius):
        assert np.abs(np.diff(values)).max() < 0.02
    assert path.x[24:] == pytest.approx(START.x + 0.3)
    assert path.radius[48:] == pytest.approx(0.1 * np.exp(0.4))
    assert path.y[60] == pytest.approx(START.y - 0.15)


@pytest.mark.parametrize("verb", [verb for verb in SpriteVerb if verb is not SpriteVerb.STAND])
def test_speed_words_have_gaps_between_their_ranges(verb):
    ranges = VERB_RATES[verb]

    assert ranges[Speed.SLOW][1] * 1.4 < ranges[Speed.NORMAL][0]
    assert ranges[Speed.NORMAL][1] * 1.4 < ranges[Speed.FAST][0]


def test_a_standing_sprite_has_no_speed():
    action = draw_sprite_action(np.random.default_rng(0), SpriteVerb.STAND, Speed.FAST)

    assert (action.speed, action.rate) == (Speed.NORMAL, 0.0)


def test_growing_ends_before_the_picture_is_full():
    assert lasts(act(SpriteVerb.GROW, rate=0.4), 3)
    assert not lasts(act(SpriteVerb.GROW, rate=0.4), 4)
    assert lasts(act(SpriteVerb.SPIN, rate=300.0), 10)
