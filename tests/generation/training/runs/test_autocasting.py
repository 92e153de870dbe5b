"""Training in bfloat16 where that is fast, in float32 where it is not."""

import pytest
import torch
from torch import nn

from generation.model.window import ChunkWindow, PackedText
from generation.training.runs import autocasting
from generation.training.runs.autocasting import bfloat16_where_native
from tests.support.models import tiny_dit

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("native", "wanted", "dtype"),
    [(True, True, torch.bfloat16), (True, False, torch.float32), (False, True, torch.float32)],
)
def test_products_are_narrow_only_where_wanted_and_native(monkeypatch, native, wanted, dtype):
    monkeypatch.setattr(autocasting, "operand_dtype", lambda inputs: inputs.dtype if native else torch.float32)

    with bfloat16_where_native(CPU, wanted=wanted):
        outputs = nn.Linear(3, 2)(torch.ones(1, 3))

    assert outputs.dtype == dtype


def test_transformer_learns_about_the_same_in_bfloat16(monkeypatch):
    monkeypatch.setattr(autocasting, "operand_dtype", lambda inputs: inputs.dtype)
    generator = torch.Generator().manual_seed(0)
    window = ChunkWindow(
        latents=torch.randn(2, 16, 12, 4, 4, generator=generator),
        timesteps=torch.rand(2, 2, generator=generator),
        text=PackedText(embeddings=torch.randn(8, 24, generator=generator), lengths=(2, 3, 2, 1)),
        first_chunk=0,
        key_ranges=((0, 1), (0, 2)),
    )
    gradients = []
    for wanted in (False, True):
        dit = tiny_dit(0).requires_grad_(True)
        with bfloat16_where_native(CPU, wanted=wanted):
            dit(window).float().square().mean().backward()
        gradients.append(torch.cat([parameter.grad.flatten() for parameter in dit.parameters()]))

    assert torch.cosine_similarity(*gradients, dim=0) > 0.995
