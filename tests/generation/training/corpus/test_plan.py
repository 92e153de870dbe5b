"""Plans are drawn from seed and index alone, in balanced shares, and stay on their canvas."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.corpus.labels import CameraMove, Speed
from generation.training.corpus.plan import plan_clip


@pytest.fixture(scope="module")
def plans():
    config = CorpusConfig(frames=48, seed=2)
    return [plan_clip(config, index) for index in range(600)]


def test_the_same_index_gives_the_same_truth():
    config = CorpusConfig(frames=48, seed=2)

    assert plan_clip(config, 17).truth == plan_clip(config, 17).truth
    assert plan_clip(config, 17).truth != plan_clip(config, 18).truth
    assert plan_clip(config, 17).truth != plan_clip(replace(config, seed=3), 17).truth


def test_moving_camera_words_and_speeds_are_balanced():
    config = CorpusConfig(seed=4, sprite_counts=(1, 0, 0, 0))
    opening = Counter(
        (action.move, action.speed) for index in range(240) for action in plan_clip(config, index).truth.camera[:1]
    )

    del opening[CameraMove.HOLD, Speed.NORMAL]
    assert len(opening) == 27
    assert set(opening.values()) == {8}


def test_weights_of_zero_leave_moves_and_speeds_out():
    config = CorpusConfig(camera=CameraMix(shake=0, hold=0, fast=0, hold_share_with_sprites=0), change_share=0)

    actions = [plan_clip(config, index).truth.camera[0] for index in range(100)]

    assert not {CameraMove.SHAKE, CameraMove.HOLD} & {action.move for action in actions}
    assert Speed.FAST not in {action.speed for action in actions}


def test_sprite_counts_follow_their_weights(plans):
    counts = Counter(len(plan.parts) for plan in plans)

    # A lead that passes another brings a partner, so some clips with one sprite have two.
    assert counts[0] == pytest.approx(0.45 * 600, abs=6)
    assert counts[1] > counts[2] > counts[3] > 20


def test_between_a_tenth_and_a_quarter_of_the_clips_change(plans):
    changed = np.mean([bool(plan.truth.change_seconds) for plan in plans])

    assert 0.10 < changed < 0.25


def test_truth_has_an_entry_per_second_and_per_frame(plans):
    for plan in plans[:100]:
        truth = plan.truth
        assert len(truth.camera) == 2
        assert len(truth.camera_path) == 48
        for sprite in truth.sprites:
            assert len(sprite.actions) == 2
            assert len(sprite.positions) == len(sprite.radii) == 48


def corner_places(plan):
    """Canvas places of the four corners of every frame, computed from the truth alone."""
    look = plan.appearance
    for x, y, zoom, roll in plan.truth.camera_path:
        turn = np.array(
            [
                [np.cos(np.radians(roll)), -np.sin(np.radians(roll))],
                [np.sin(np.radians(roll)), np.cos(np.radians(roll))],
            ]
        )
        for corner in ((-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)):
            place = np.array([x, y]) + turn @ np.array(corner) * np.exp(-zoom)
            yield np.array(look.turn) @ place * look.scale + np.array(look.origin)


def test_the_camera_stays_on_its_canvas(plans):
    for plan in plans[:100]:
        assert not plan.appearance.leaves_canvas
        places = np.array(list(corner_places(plan)))
        assert places.min() > -1e-3
        assert places.max() < plan.canvas_size + 1e-3


def test_a_camera_that_must_leave_its_canvas_says_so():
    config = CorpusConfig(height=128, width=128, frames=120, canvas_size=128, seed=2)

    plans = [plan_clip(config, index) for index in range(20)]

    assert any(plan.appearance.leaves_canvas for plan in plans)


def test_canvas_pixels_are_never_much_larger_than_the_clips(plans):
    for plan in plans:
        density = plan.appearance.scale / 64 * np.exp(-plan.camera.zoom.max())
        assert density > 0.65


def test_the_neighbourhood_of_canvases_moves_on_with_the_index():
    config = CorpusConfig(pool_size=4, clips_per_canvas=10)

    for index in range(0, 100, 7):
        assert index // 10 <= plan_clip(config, index).canvas < index // 10 + 4


def test_positions_are_shares_of_the_picture():
    config = CorpusConfig(height=64, width=128, seed=2, sprite_counts=(0, 1, 0, 0))

    first = np.array([plan_clip(config, index).truth.sprites[0].positions[0] for index in range(60)])

    assert np.ptp(first[:, 0]) > 0.6
    assert ((first > -0.2) & (first < 1.2)).mean() > 0.97
