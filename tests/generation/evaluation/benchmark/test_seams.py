"""The clip whose joints are looked at, and the figures about them."""

import math

import pytest
import torch

from generation.config import ChunkPolicy
from generation.evaluation.benchmark.random_models import random_vae
from generation.evaluation.benchmark.seams import QUICK, distance_ratio, measure_seams, moving_clip, shown_again
from generation.presets import find_preset
from generation.vae.codec import FrameCodec
from generation.vae.seams import frame_jumps


def test_the_clip_moves_evenly():
    jumps = frame_jumps(moving_clip(48, side=32))

    assert jumps.min() > 1
    assert jumps.max() < 1.2 * jumps.min()


def test_the_clip_is_smooth_in_space():
    frame = moving_clip(1, side=64)[0].float()

    assert (frame[1:] - frame[:-1]).abs().max() < 20


@pytest.mark.parametrize("policy", ChunkPolicy)
def test_all_seconds_are_shown_again(policy):
    frames = moving_clip(48, side=32)

    shown = shown_again(FrameCodec(random_vae(find_preset("tiny").vae), policy), frames)

    assert shown.shape == frames.shape


@pytest.mark.parametrize(
    ("ours", "released", "own", "ratio"),
    [
        (1.1, 1.4, 1.0, 0.25),
        (0.9, 1.4, 1.0, 0.25),
        (1.0, 1.4, 1.2, 1.0),
        (1.0, 1.0, 1.0, 1.0),
        (1.1, 1.0, 1.0, math.inf),
    ],
)
def test_distances_are_taken_from_the_clip_itself(ours, released, own, ratio):
    assert distance_ratio(ours, released, own=own) == pytest.approx(ratio)


def test_both_policies_stand_beside_each_other():
    figures = list(measure_seams(QUICK, None))

    for joints in ("windows", "chunks"):
        named = {figure.name.rsplit(", ", 1)[1]: figure for figure in figures if joints in figure.name}
        assert set(named) == {"clip itself", "reference", "seamless", "seamless / reference"}
        assert named["seamless / reference"].limit.value == 1


def test_a_stored_autoencoder_is_measured_too(reference_root):
    stored, random = (list(measure_seams(QUICK, vae)) for vae in (reference_root / "vae" / "tiny_vae", None))

    assert [figure.name for figure in stored] == [figure.name for figure in random]
    assert stored[1].value != random[1].value
    assert all(torch.isfinite(torch.tensor(figure.value)) for figure in stored)
