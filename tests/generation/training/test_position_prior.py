"""A fresh transformer that looks at its own place."""

import torch

from generation.model.dit import DiT
from generation.model.initialisation import init_dit
from generation.model.rope import rotate
from generation.training.position_prior import prefer_own_place
from tests.support.training import DIT, generator


def fresh():
    dit = DiT(DIT)
    init_dit(dit, generator())
    prefer_own_place(dit)
    return dit


@torch.no_grad()
def test_common_part_of_queries_and_keys_prefers_the_same_place_in_every_frame():
    dit = fresh()
    attention = dit.blocks[0].attention
    table = dit.rope((3, 4, 4), 0)
    query = attention.query_norm.bias.expand(1, 48, 1, -1)
    key = attention.key_norm.bias.expand(1, 48, 1, -1)

    scores = (rotate(query, table)[0, :, 0] @ rotate(key, table)[0, :, 0].T).view(48, 3, 16)

    places = torch.arange(48) % 16
    assert torch.equal(scores.argmax(dim=2), places[:, None].expand(-1, 3))
    # No frame is preferred.
    assert torch.allclose(scores[:, :1].expand_as(scores), scores, atol=1e-4)


def test_bands_span_near_and_far():
    bands = fresh().rope.bands.detach()

    assert bands[0] == 1
    assert abs(bands[-1] - 0.1) < 1e-6
    assert bool((bands.diff() < 0).all())
