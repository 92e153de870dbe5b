"""Every pattern is a picture: in range, not flat, the same when drawn again."""

import numpy as np
import pytest
import torch

from generation.training.corpus import patterns
from generation.training.corpus.palette import draw_palette
from generation.training.corpus.randomness import draws

CPU = torch.device("cpu")
PAINTERS = (
    patterns.sky, patterns.coloured_noise, patterns.ridges, patterns.cells, patterns.swirls, patterns.fractal,
    patterns.landscape,
)  # fmt: skip


@pytest.mark.parametrize("painter", PAINTERS, ids=lambda painter: painter.__name__)
@pytest.mark.parametrize("seed", range(3))
def test_a_pattern_is_a_picture_and_repeatable(painter, seed):
    pictures = []
    for _ in range(2):
        rng = draws(seed, "pattern", 0)
        pictures.append(painter(rng, 64, draw_palette(rng), CPU))

    assert torch.equal(*pictures)
    assert pictures[0].shape == (3, 64, 64)
    assert torch.isfinite(pictures[0]).all()
    assert pictures[0].min() >= 0
    assert pictures[0].max() <= 1 + 1e-6
    assert pictures[0].std() > 1e-3


def test_a_landscape_is_darker_or_lighter_below_its_skyline():
    rng = np.random.default_rng(0)
    picture = patterns.landscape(rng, 128, draw_palette(rng, ("earth",)), CPU)

    assert (picture[:, :16].mean() - picture[:, -16:].mean()).abs() > 0.05
