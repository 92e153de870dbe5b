"""Cameras go where their words say, at speeds that can be told apart."""

import numpy as np
import pytest

from generation.training.corpus.camera import camera_path, draw_action, plan_actions, rate_ranges, to_screen
from generation.training.corpus.labels import CameraAction, CameraMove, Speed

MOVING = [move for move in CameraMove if move is not CameraMove.HOLD]


def act(move, rate=0.24, speed=Speed.NORMAL):
    return CameraAction(move=move, speed=speed, rate=rate)


def flow_of(move, rate, point):
    """How a scene point moves on screen from frame 0 to frame 12, half a second."""
    path = camera_path(np.random.default_rng(0), [act(move, rate)], 24)
    x, y = to_screen(path, np.full(24, point[0]), np.full(24, point[1]))
    return x[12] - x[0], y[12] - y[0]


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        (CameraMove.HOLD, (0, 0)),
        (CameraMove.PAN_LEFT, (0.1, 0)),
        (CameraMove.PAN_RIGHT, (-0.1, 0)),
        (CameraMove.TILT_UP, (0, 0.1)),
        (CameraMove.TILT_DOWN, (0, -0.1)),
    ],
)
def test_content_moves_against_the_camera(move, expected):
    rate = 0.2 if move is not CameraMove.HOLD else 0.0

    assert flow_of(move, rate, (0.1, -0.2)) == pytest.approx(expected, abs=1e-9)


def test_zooming_in_flows_outward_and_out_inward():
    out_x, out_y = flow_of(CameraMove.ZOOM_IN, 0.3, (0.2, -0.1))
    in_x, in_y = flow_of(CameraMove.ZOOM_OUT, 0.3, (0.2, -0.1))

    assert (out_x, out_y) == pytest.approx((0.2 * (np.exp(0.15) - 1), -0.1 * (np.exp(0.15) - 1)))
    assert in_x < 0 < in_y


def test_rolling_clockwise_turns_content_counterclockwise():
    # A point above the middle goes to the left.
    x, _ = flow_of(CameraMove.ROLL_CLOCKWISE, 20.0, (0.0, -0.3))
    other, _ = flow_of(CameraMove.ROLL_COUNTERCLOCKWISE, 20.0, (0.0, -0.3))

    assert x == pytest.approx(-0.3 * np.sin(np.radians(10)))
    assert other == pytest.approx(-x)


def test_shake_stays_near_its_place_and_has_its_strength():
    path = camera_path(np.random.default_rng(0), [act(CameraMove.SHAKE, 0.02)] * 20, 480)

    assert np.sqrt((path.x**2).mean()) == pytest.approx(0.02, rel=0.15)
    assert np.abs(path.x).max() < 0.08
    assert np.abs(np.diff(path.x)).mean() > 0.003


@pytest.mark.parametrize("move", MOVING)
def test_speed_words_have_gaps_between_their_ranges(move):
    ranges = rate_ranges(move)

    assert ranges[Speed.SLOW][1] * 1.4 < ranges[Speed.NORMAL][0]
    assert ranges[Speed.NORMAL][1] * 1.4 < ranges[Speed.FAST][0]


def test_a_held_camera_has_no_speed():
    action = draw_action(np.random.default_rng(0), CameraMove.HOLD, Speed.FAST)

    assert action == CameraAction(move=CameraMove.HOLD, speed=Speed.NORMAL, rate=0.0)


def test_a_change_comes_at_its_second_and_is_another_move():
    actions = plan_actions(np.random.default_rng(0), act(CameraMove.PAN_LEFT), 4, 2)

    assert actions[0] == actions[1]
    assert actions[2] == actions[3]
    assert actions[2].move is not CameraMove.PAN_LEFT


def test_without_a_change_an_action_lasts():
    assert len(set(plan_actions(np.random.default_rng(0), act(CameraMove.ZOOM_IN, 0.1), 10, 0))) == 1


@pytest.mark.parametrize(("move", "rate"), [(CameraMove.ZOOM_IN, 0.6), (CameraMove.PAN_LEFT, 0.5)])
def test_fast_actions_end_before_the_picture_does(move, rate):
    actions = plan_actions(np.random.default_rng(0), act(move, rate, Speed.FAST), 10, 0)

    path = camera_path(np.random.default_rng(0), actions, 240)
    assert actions[-1] != actions[0]
    assert np.abs(path.zoom).max() < 4.5
    runs = [second for second in range(1, 10) if actions[second] != actions[second - 1]]
    assert runs[0] * rate <= 2.6


def test_the_path_has_no_jump_where_the_action_changes():
    actions = [act(CameraMove.PAN_LEFT, 0.5), act(CameraMove.PAN_RIGHT, 0.5)]

    step = np.diff(camera_path(np.random.default_rng(0), actions, 48).x)

    assert np.abs(np.diff(step)).max() < 0.25 * 2 * 0.5 / 24
    assert step[:20] == pytest.approx(-0.5 / 24)
    assert step[28:] == pytest.approx(0.5 / 24)


def test_pans_keep_their_speed_on_screen_while_zoomed_in():
    actions = [act(CameraMove.ZOOM_IN, 0.5), act(CameraMove.PAN_RIGHT, 0.24)]
    path = camera_path(np.random.default_rng(0), actions, 48)

    x, _ = to_screen(path, np.full(48, path.x[40]), np.full(48, path.y[40]))

    assert x[45] - x[40] == pytest.approx(-0.24 * 5 / 24)
