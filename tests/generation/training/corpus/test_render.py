"""Frames show what the plan says: the canvas where the camera is, sprites where they are."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from generation.training.corpus import render
from generation.training.corpus.atlas import build_atlas
from generation.training.corpus.camera import CameraPath
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.labels import Pattern, Shape
from generation.training.corpus.plan import plan_clip
from generation.training.corpus.render import render_clips
from generation.training.corpus.surfaces import SURFACE_FILL

PLAIN = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))
CONFIG = CorpusConfig(height=32, width=40, frames=4, canvas_size=64, sprite_counts=(0, 1, 0, 0), seed=1)


def rest(frames=4):
    zero = np.zeros(frames)
    return CameraPath(x=zero, y=zero, zoom=zero, roll=zero)


def plain_plan(index=0, *, parts=(), camera=None, **look):
    plan = plan_clip(CONFIG, index)
    look = {
        "scale": 32.0, "origin": (32.0, 32.0), "turn": ((1, 0), (0, 1)), "colour": PLAIN, "softness": 0.0,
        "vignette": 0.0, "grain": 0.0, "leaves_canvas": False, **look,
    }  # fmt: skip
    return replace(plan, appearance=replace(plan.appearance, **look), camera=camera or rest(), parts=parts)


def canvas(seed=0):
    picture = torch.randint(0, 256, (3, 64, 64), generator=torch.Generator().manual_seed(seed)).float()
    return picture, build_atlas(picture).round().to(torch.uint8)[None]


def test_at_scale_1_a_resting_camera_shows_the_canvas_itself():
    picture, atlas = canvas()

    frames = render_clips([plain_plan()], atlas, 32, 40)

    expected = picture[:, 16:48, 12:52].permute(1, 2, 0).to(torch.uint8)
    assert frames.shape == (1, 4, 32, 40, 3)
    assert torch.equal(frames[0, 0], expected)
    assert torch.equal(frames[0, 3], expected)


def test_a_pan_by_whole_pixels_shifts_the_picture():
    picture, atlas = canvas()
    camera = replace(rest(), x=np.array([0.0, 1.0, 2.0, 3.0]) / 32)

    frames = render_clips([plain_plan(camera=camera)], atlas, 32, 40)

    for step in range(4):
        expected = picture[:, 16:48, 12 + step : 52 + step].permute(1, 2, 0)
        assert (frames[0, step].float() - expected).abs().max() <= 1


def test_a_quarter_turn_of_the_camera_turns_the_picture_back():
    picture, atlas = canvas()
    square = replace(rest(), roll=np.full(4, np.pi / 2))

    frames = render_clips([plain_plan(camera=square)], atlas, 32, 32)

    expected = picture[:, 16:48, 16:48].rot90(1, (1, 2)).permute(1, 2, 0)
    assert (frames[0, 0].float() - expected).abs().max() <= 1


def test_half_the_scale_shows_means_of_four_pixels():
    _, atlas = canvas()
    far = render_clips([plain_plan(scale=64.0)], atlas, 32, 32)
    picture = atlas[0, :, 1:65, 1:65].float()

    means = torch.nn.functional.avg_pool2d(picture[None], 2)[0].permute(1, 2, 0)
    assert (far[0, 0].float() - means).abs().max() <= 1.5


def test_colours_are_mixed_as_the_rows_say():
    picture, atlas = canvas()
    swapped = ((0.0, 1.0, 0.0, 0.0), (0.5, 0.0, 0.0, 0.1), (0.0, 0.0, 0.0, 1.0))

    frames = render_clips([plain_plan(colour=swapped)], atlas, 32, 40)[0, 0].float()

    region = picture[:, 16:48, 12:52]
    assert (frames[..., 0] - region[1]).abs().max() <= 1
    assert (frames[..., 1] - (0.5 * region[0] + 25.5)).abs().max() <= 1
    assert (frames[..., 2] == 255).all()


def sprite(**path):
    part = plan_clip(CONFIG, 0).parts[0]
    values = {"x": 0.0, "y": 0.0, "radius": 0.25, "angle": 0.0, "recolour": 0.0, **path}
    numbers = {name: np.full(4, value) if np.isscalar(value) else value for name, value in values.items()}
    return replace(
        part, shape=Shape.DISC, pattern=Pattern.PLAIN, colour="white", other_colour="white",
        path=replace(part.path, **numbers),
    )  # fmt: skip


def painted(part, camera=None):
    """Where a white sprite lies on a black canvas."""
    black = torch.zeros(1, 3, *canvas()[1].shape[-2:], dtype=torch.uint8)
    return render_clips([plain_plan(parts=(part,), camera=camera)], black, 32, 40)[0].float().mean(dim=-1)


def centre(frame):
    weights = frame / frame.sum()
    y, x = torch.meshgrid(torch.arange(32) + 0.5, torch.arange(40) + 0.5, indexing="ij")
    return float((weights * x).sum()), float((weights * y).sum())


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (0.21, -0.13), (-0.3, 0.2)])
def test_a_sprite_is_where_it_should_be_and_as_large(x, y):
    frames = painted(sprite(x=x, y=y))

    assert centre(frames[0]) == pytest.approx((20 + 32 * x, 16 + 32 * y), abs=0.1)
    assert float((frames[0] > 60).sum()) == pytest.approx(np.pi * 8**2, rel=0.08)
    assert SURFACE_FILL < 1


def test_a_sprite_at_the_edge_is_cut_and_one_outside_not_seen():
    frames = painted(sprite(x=np.array([0.625, -0.625, 0.0, 2.0]), y=np.array([0.0, 0.0, -0.5, 0.0])))

    half = np.pi * 8**2 / 2
    for frame in frames[:3]:
        assert float((frame > 60).sum()) == pytest.approx(half, rel=0.12)
    assert frames[0][:, :20].max() == frames[1][:, 20:].max() == frames[2][16:].max() == frames[3].max() == 0


def test_the_camera_moves_and_scales_sprites_too():
    camera = replace(rest(), x=np.full(4, 0.1), zoom=np.full(4, np.log(1.5)))

    frames = painted(sprite(radius=0.15), camera)

    assert centre(frames[0]) == pytest.approx((20 - 0.1 * 1.5 * 32, 16), abs=0.05)
    assert float((frames[0] > 60).sum()) == pytest.approx(np.pi * (0.15 * 1.5 * 32) ** 2, rel=0.08)


def test_a_patch_paints_the_same_as_the_whole_frame(monkeypatch):
    part = sprite(radius=np.array([0.1, 0.11, 0.12, 0.13]), x=np.array([0.0, 0.31, -0.6, 0.62]), y=0.17)
    in_patches = painted(part)

    monkeypatch.setattr(render, "_CORNER", 100.0)

    assert torch.equal(painted(part), in_patches)


def test_the_last_sprite_lies_on_top():
    below = replace(sprite(), colour="black", other_colour="black")
    black = torch.zeros(1, 3, *canvas()[1].shape[-2:], dtype=torch.uint8)

    frames = render_clips([plain_plan(parts=(below, sprite()))], black, 32, 40)

    assert frames[0, 0, 16, 20].min() > 200


def test_a_clip_does_not_depend_on_its_batch():
    config = replace(CONFIG, frames=6, sprite_counts=(0.3, 0.3, 0.2, 0.2), grain_share=0.5, soft_share=0.5)
    plans = [plan_clip(config, index) for index in range(6)]
    atlases = torch.cat([canvas(index)[1] for index in range(6)])

    together = render_clips(plans, atlases, 32, 40)

    for index, plan in enumerate(plans):
        assert torch.equal(render_clips([plan], atlases[index : index + 1], 32, 40)[0], together[index])


def test_grain_and_dark_corners_are_added():
    grey = torch.full((1, 3, *canvas()[1].shape[-2:]), 128, dtype=torch.uint8)

    grainy = render_clips([plain_plan(grain=0.03)], grey, 32, 40)[0].float()
    dark = render_clips([plain_plan(vignette=0.4)], grey, 32, 40)[0].float()

    assert float(grainy.std()) == pytest.approx(0.03 * 255, rel=0.1)
    assert not torch.equal(grainy[0], grainy[1])
    assert dark[0, 0, 0, 0] < 0.65 * dark[0, 16, 20, 0]
