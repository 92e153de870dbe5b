"""Continuity of clips whose faults are known."""

import numpy as np
import pytest

from generation.errors import RequestError
from generation.evaluation.continuity import draw_drift, gradient_energy, measure_continuity


def drifting(seconds=3, step=2):
    """Stripes that move sideways evenly."""
    row = (127 + 100 * np.sin(np.arange(64) / 5)).astype(np.uint8)
    frames = [np.tile(np.roll(row, step * frame)[None, :, None], (16, 1, 3)) for frame in range(24 * seconds)]
    return np.stack(frames)


def test_even_motion_has_no_seams_and_no_drift():
    found = measure_continuity(drifting())

    assert found.jump_ratio == pytest.approx(1, abs=0.1)
    assert found.colour_drift < 1
    assert found.energy_drift < 0.05


def test_a_jump_between_seconds_is_seen_and_one_inside_is_not():
    at_joint, inside = drifting(), drifting()
    at_joint[24:] = np.roll(at_joint[24:], 11, axis=2)
    inside[36:] = np.roll(inside[36:], 11, axis=2)

    assert measure_continuity(at_joint).jump_ratio > 1.5
    assert measure_continuity(inside).jump_ratio == pytest.approx(1, abs=0.1)


def test_motion_in_leaps_is_told_from_seams():
    leaping = drifting(step=1)
    # Every group of four frames stands still.
    leaping = np.repeat(leaping[::4], 4, axis=0)
    leaping[1::4] = leaping[1::4] // 2 * 2
    seamed = leaping.copy()
    seamed[24:] = np.roll(seamed[24:], 11, axis=2)

    even, found, with_seam = (measure_continuity(frames) for frames in (drifting(), leaping, seamed))

    assert even.stutter == pytest.approx(1, abs=0.1)
    assert found.stutter > 10
    assert found.jump_ratio > 10
    assert found.jump_ratio_of_groups == pytest.approx(1, abs=0.1)
    assert with_seam.jump_ratio_of_groups > 1.5


def test_colour_and_blur_that_creep_in_are_seen():
    frames = drifting().astype(np.float32)
    frames[48:, ..., 1] -= 12
    frames[48:] = frames[48:].mean(axis=2, keepdims=True) * 0.6 + frames[48:] * 0.4

    found = measure_continuity(frames.clip(0, 255).astype(np.uint8))

    assert found.colour_drift == pytest.approx(12, abs=1.5)
    assert found.energy_drift == pytest.approx(0.6, abs=0.05)


def test_energy_is_the_mean_step():
    ramp = np.tile(np.arange(8, dtype=np.float32)[None, None, :, None] * 3, (1, 4, 1, 3))

    assert gradient_energy(ramp) == pytest.approx(3)


@pytest.mark.parametrize("frames", [24, 50])
def test_whole_seconds_are_asked_for(frames):
    with pytest.raises(RequestError, match="whole seconds"):
        measure_continuity(np.zeros((frames, 8, 8, 3), np.uint8))


def test_drift_is_drawn():
    found = measure_continuity(drifting())

    assert draw_drift([("slow pan right", found)]).startswith(b"\x89PNG")
