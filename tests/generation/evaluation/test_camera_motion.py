"""Motion is read back from clips of which it is known."""

from dataclasses import replace

import numpy as np
import pytest

from generation.errors import RequestError
from generation.evaluation.camera_motion import in_order, measure_motion, outward_share, pair_motion
from generation.training.corpus.config import BackgroundMix, CameraMix, CorpusConfig
from generation.training.corpus.labels import CameraMove
from generation.training.corpus.procedural import ProceduralCorpus

pytest.importorskip("cv2")

MOVES = [move for move in CameraMove if move not in (CameraMove.HOLD, CameraMove.SHAKE)]
LEAVES = dict.fromkeys(("noise", "ridges", "cells", "sky", "swirls", "fractal", "landscape"), 0.0)
PLAIN = CorpusConfig(
    height=96,
    width=128,
    pool_size=2,
    background=BackgroundMix(**LEAVES),
    sprite_counts=(1, 0, 0, 0),
    grain_share=0,
    vignette_share=0,
    soft_share=0,
)


def clip(move: CameraMove, *, speed="normal", index=0, **fields):
    mix = {name.value: 0.0 for name in CameraMove} | {"slow": 0.0, "normal": 0.0, "fast": 0.0}
    camera = CameraMix(**(mix | {move.value: 1.0, speed: 1.0}))
    sample = ProceduralCorpus(replace(PLAIN, camera=camera, **fields)).sample(index)
    return sample.frames.numpy(), sample.truth


@pytest.mark.parametrize("move", MOVES)
def test_moves_are_recognised(move):
    frames, _ = clip(move)

    assert measure_motion(frames).move is move


def test_a_still_camera_is_recognised():
    frames, _ = clip(CameraMove.HOLD)

    assert measure_motion(frames).move is CameraMove.HOLD


@pytest.mark.parametrize(
    ("move", "read"),
    [
        (CameraMove.PAN_RIGHT, lambda motion: -motion.x),
        (CameraMove.TILT_UP, lambda motion: motion.y),
        (CameraMove.ZOOM_OUT, lambda motion: -motion.zoom),
        (CameraMove.ROLL_CLOCKWISE, lambda motion: -motion.turn),
    ],
)
def test_rates_are_measured(move, read):
    frames, truth = clip(move)

    # 23 of 24 frames' steps lie inside the clip.
    assert read(measure_motion(frames)) == pytest.approx(truth.camera[0].rate * 23 / 24, rel=0.15)


def test_speeds_come_out_in_order():
    slow, normal, fast = (
        measure_motion(clip(CameraMove.PAN_LEFT, speed=speed)[0]).x for speed in ("slow", "normal", "fast")
    )

    assert in_order([slow, normal, fast])
    assert not in_order([slow, fast, normal])


def test_content_of_a_zoom_moves_outward():
    assert outward_share(clip(CameraMove.ZOOM_IN)[0]) > 0.9
    assert outward_share(clip(CameraMove.ZOOM_OUT)[0]) < 0.1


def test_a_plain_wall_has_no_motion():
    wall = np.full((4, 64, 64, 3), 127, np.uint8)

    assert pair_motion(wall[0], wall[1]) is None
    assert measure_motion(wall).move is CameraMove.HOLD
    assert measure_motion(wall).measured == 0


def test_a_motion_needs_two_frames():
    with pytest.raises(RequestError, match="at least 2 frames"):
        measure_motion(np.zeros((1, 64, 64, 3), np.uint8))
