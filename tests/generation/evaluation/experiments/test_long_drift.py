"""Drift over many seconds, of frames whose faults are known."""

import numpy as np
import pytest

from generation.evaluation.continuity import measure_continuity
from generation.evaluation.experiments.long_drift import LongClip, draw_long_drift, measure_seconds


def clip(seconds=4):
    """Stripes that move sideways evenly."""
    row = (127 + 100 * np.sin(np.arange(64) / 5)).astype(np.uint8)
    frames = [np.tile(np.roll(row, 2 * frame)[None, :, None], (16, 1, 3)) for frame in range(24 * seconds)]
    return np.stack(frames)


def measured(frames):
    return LongClip(photo="a.png", prompt="pan left", seconds=measure_seconds(np.split(frames, len(frames) // 24)))


def test_figures_are_those_of_the_whole_clip_at_once():
    frames = clip()
    frames[48:] = np.roll(frames[48:], 11, axis=2)
    frames[72:, ..., 1] //= 2

    found, whole = measured(frames), measure_continuity(frames)

    assert found.jump(range(2, 5)) == pytest.approx(whole.jump_ratio, rel=1e-4)
    np.testing.assert_allclose([second.colour for second in found.seconds], whole.colours, rtol=1e-6)
    assert [second.energy for second in found.seconds] == pytest.approx(whole.gradient_energies)
    assert max(found.colour_off(second) for second in range(1, 5)) == pytest.approx(whole.colour_drift)
    assert max(abs(found.energy_off(second)) for second in range(1, 5)) == pytest.approx(whole.energy_drift)


def test_a_jump_is_seen_at_its_joint_alone():
    frames = clip()
    frames[48:] = np.roll(frames[48:], 11, axis=2)

    found = measured(frames)

    assert found.jump((3,)) > 1.5
    assert found.jump((2, 4)) == pytest.approx(1, abs=0.1)
    assert found.seconds[0].joint == 0


def test_colours_and_sharpness_are_held_against_the_first_second():
    frames = clip(3)
    frames[48:, ..., 2] -= 20
    frames[24:48] = frames[24:48] // 2 + 64

    found = measured(frames)

    assert found.colour_off(1) == 0
    assert found.colour_off(3) == pytest.approx(20, abs=1)
    assert found.energy_off(2) == pytest.approx(-0.5, abs=0.02)


def test_seconds_may_come_one_by_one():
    frames = clip(2)

    assert measure_seconds(second for second in np.split(frames, 2)) == measured(frames).seconds


def test_drift_is_drawn():
    assert draw_long_drift([measured(clip(3)), measured(clip(3))]).startswith(b"\x89PNG")
