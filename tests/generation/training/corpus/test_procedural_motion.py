"""What the labels say is what the pixels do, measured without the labels' own formulas."""

from collections import defaultdict

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.corpus.labels import CameraMove, Speed, SpriteVerb
from generation.training.corpus.procedural import ProceduralCorpus

LATER = 8
# What each word must look like after 8 frames, by hand: content shift right and down in pixels of 64, scale, turn
# counter-clockwise in degrees; at about normal speed.
LOOKS = {
    CameraMove.HOLD: (0, 0, 1, 0),
    CameraMove.PAN_LEFT: (5, 0, 1, 0),
    CameraMove.PAN_RIGHT: (-5, 0, 1, 0),
    CameraMove.TILT_UP: (0, 5, 1, 0),
    CameraMove.TILT_DOWN: (0, -5, 1, 0),
    CameraMove.ZOOM_IN: (0, 0, 1.1, 0),
    CameraMove.ZOOM_OUT: (0, 0, 1 / 1.1, 0),
    CameraMove.ROLL_CLOCKWISE: (0, 0, 1, 6.2),
    CameraMove.ROLL_COUNTERCLOCKWISE: (0, 0, 1, -6.2),
}
STRENGTHS = (0.25, 0.4, 0.65, 1.0, 1.5, 2.2, 3.0)


def moved(frame, shift_x, shift_y, scale, turn):
    """The first frame as it would look after its content has moved so."""
    side = frame.shape[-1]
    radians = np.radians(turn)
    # To show content turned counter-clockwise, a place looks up the one turned clockwise from it; y points down.
    rows = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]]) / scale
    offset = -rows @ np.array([shift_x, shift_y]) * 2 / side
    theta = torch.tensor(np.concatenate((rows, offset[:, None]), axis=1), dtype=torch.float32)[None]
    grid = F.affine_grid(theta, [1, 3, side, side], align_corners=False)
    return F.grid_sample(frame[None], grid, align_corners=False)[0]


def measure(clip):
    """The move and strength whose look is nearest to frame 8, judged in the middle of the picture."""
    frames = clip.permute(0, 3, 1, 2).float()
    target = frames[LATER][:, 18:46, 18:46]
    best = {}
    for move, (x, y, scale, turn) in LOOKS.items():
        for strength in STRENGTHS if move is not CameraMove.HOLD else (1.0,):
            look = moved(frames[0], strength * x, strength * y, scale**strength, strength * turn)
            best[move, strength] = float((look[:, 18:46, 18:46] - target).square().mean())
    return min(best, key=best.get)


@pytest.fixture(scope="module")
def measured(camera_corpus):
    """(true action, measured move, measured strength) of 60 clips."""
    batch = camera_corpus.batch(range(60))
    actions = [truth.camera[0] for truth in batch.truths]
    return [
        (action, *measure(clip))
        for action, clip in zip(actions, batch.frames, strict=True)
        if action.move is not CameraMove.SHAKE
    ]


def test_the_measured_move_is_the_named_one(measured):
    right = [action.move is move for action, move, _ in measured]

    assert len(right) >= 50
    assert np.mean(right) >= 0.95


def test_measured_speeds_are_ordered_like_their_words(measured):
    strengths = defaultdict(list)
    for action, move, strength in measured:
        if action.move is move and move is not CameraMove.HOLD:
            strengths[action.speed].append(strength)

    assert max(strengths[Speed.SLOW]) < min(strengths[Speed.NORMAL])
    assert max(strengths[Speed.NORMAL]) < min(strengths[Speed.FAST])


def test_a_held_camera_gives_a_still_picture(camera_corpus):
    held = [index for index in range(120) if camera_corpus.plan(index).truth.camera[0].move is CameraMove.HOLD][:4]

    for clip in camera_corpus.batch(held).frames:
        assert torch.equal(clip[0], clip[23])


def test_a_shaking_camera_returns(camera_corpus):
    plans = [camera_corpus.plan(index) for index in range(120)]
    shaking = [plan.index for plan in plans if plan.truth.camera[0].move is CameraMove.SHAKE][:6]

    for clip in camera_corpus.batch(shaking).frames:
        change = (clip[1:].float() - clip[0].float()).abs().mean(dim=(1, 2, 3))
        assert change.max() > 1.5 * change.min() > 0


@pytest.fixture(scope="module")
def sprite_clips():
    """Clips in which only one sprite moves, of all verbs."""
    still = CameraMix(**dict.fromkeys(("pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out"), 0.0),
                      roll_clockwise=0, roll_counterclockwise=0, shake=0)  # fmt: skip
    corpus = ProceduralCorpus(
        CorpusConfig(canvas_size=256, pool_size=2, sprite_counts=(0, 1, 0, 0), camera=still, grain_share=0, seed=5)
    )
    batch = corpus.batch(range(60))
    return [
        (truth.sprites[0], clip.float())
        for truth, clip in zip(batch.truths, batch.frames, strict=True)
        if len(truth.sprites) == 1
    ]


def test_the_picture_changes_only_where_the_sprite_is(sprite_clips):
    x, y = torch.meshgrid((torch.arange(64) + 0.5) / 64, (torch.arange(64) + 0.5) / 64, indexing="xy")
    for sprite, clip in sprite_clips:
        for frame in (6, 12, 23):
            changed = (clip[frame] - clip[0]).abs().amax(dim=-1) > 12
            near = torch.zeros(64, 64, dtype=torch.bool)
            for at in (0, frame):
                px, py = sprite.positions[at]
                near |= ((x - px) ** 2 + (y - py) ** 2).sqrt() < 1.25 * sprite.radii[at] + 0.03
            assert not (changed & ~near).any(), (sprite.actions[0], frame)


def test_every_acting_sprite_changes_the_picture(sprite_clips):
    for sprite, clip in sprite_clips:
        assert sprite.actions[0].verb is not SpriteVerb.STAND
        inside = [0 < x < 1 and 0 < y < 1 for x, y in sprite.positions]
        if all(inside):
            assert (clip[1:] - clip[0]).abs().amax() > 20, sprite


def test_positions_agree_with_the_verbs(sprite_clips):
    expected = {
        SpriteVerb.MOVE_LEFT: (-1, 0), SpriteVerb.MOVE_RIGHT: (1, 0), SpriteVerb.MOVE_UP: (0, -1),
        SpriteVerb.MOVE_DOWN: (0, 1), SpriteVerb.FALL: (0, 1),
    }  # fmt: skip
    seen = set()
    for sprite, _ in sprite_clips:
        verb = sprite.actions[0].verb
        if verb in expected:
            step = np.sign(np.round(np.subtract(sprite.positions[20], sprite.positions[0]), 4))
            assert tuple(step) == expected[verb]
            seen.add(verb)
    assert len(seen) == 5
