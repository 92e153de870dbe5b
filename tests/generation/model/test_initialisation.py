"""Fresh weights: all written, repeatable, and a model that can learn."""

import math

import torch

from generation.model.dit import DiT
from generation.model.initialisation import GATE_START, init_dit
from tests.support.models import tiny_dit
from tests.support.windows import random_window


def fresh(seed):
    model = DiT(tiny_dit(0, absolute_places=True).config)
    for parameter in model.parameters():
        parameter.data.fill_(math.nan)
    init_dit(model, torch.Generator().manual_seed(seed))
    return model


def test_every_weight_is_written_and_repeatable():
    first, again, other = fresh(1).state_dict(), fresh(1).state_dict(), fresh(2).state_dict()

    assert all(torch.equal(first[name], again[name]) and first[name].isfinite().all() for name in first)
    assert not torch.equal(first["final_proj.weight"], other["final_proj.weight"])


def test_gates_start_half_open():
    model = fresh(1)

    gates = model.blocks[0].gate_values(torch.zeros(1, 1, model.config.condition_size))

    torch.testing.assert_close(gates, torch.full_like(gates, GATE_START))


def test_every_weight_gets_a_gradient():
    model = fresh(1)

    model(random_window(model.config, chunks=2, batch=2)).square().mean().backward()

    without = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    assert without == []
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())
