"""Orthogonal steps: their singular values, their length, and who takes them."""

import pytest
import torch
from torch import nn

from generation.training.runs.optimizer import ORTHOGONAL_RATE_FACTOR, RATE_FACTOR, make_optimizer
from generation.training.runs.orthogonal import ORTHOGONAL, orthogonal


@pytest.mark.parametrize("shape", [(2, 8, 24), (2, 24, 8), (3, 16, 16)])
def test_singular_values_come_near_one_and_singular_vectors_stay(shape):
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(1))

    found = orthogonal(matrices)

    values = torch.linalg.svdvals(found)
    assert values.min() > 0.5
    assert values.max() < 1.35
    left, _, right = torch.linalg.svd(matrices, full_matrices=False)
    within = left.mT @ found @ right.mT
    off_diagonal = within - torch.diag_embed(torch.diagonal(within, dim1=1, dim2=2))
    assert off_diagonal.abs().max() < 0.1


def test_marked_matrices_move_by_orthogonal_steps_and_the_rest_as_adamw_moves_it():
    generator = torch.Generator().manual_seed(2)
    module, plain = nn.Linear(6, 4), nn.Linear(6, 4)
    plain.load_state_dict(module.state_dict())
    optimizer = make_optimizer(module, learning_rate=1e-2, weight_decay=0.0, orthogonal=[module.weight])
    adamw = make_optimizer(plain, learning_rate=1e-2, weight_decay=0.0)
    before = module.weight.detach().clone()

    for mine, theirs in zip(module.parameters(), plain.parameters(), strict=True):
        mine.grad = torch.randn(mine.shape, generator=generator)
        theirs.grad = mine.grad.clone()
    optimizer.step()
    adamw.step()

    assert torch.equal(module.bias, plain.bias)
    moved = torch.linalg.svdvals(before - module.weight) / 1e-2
    assert moved.min() > 0.5
    assert moved.max() < 1.35


def test_loops_move_marked_groups_faster():
    module = nn.Linear(6, 4)

    groups = make_optimizer(module, learning_rate=1e-2, orthogonal=[module.weight]).param_groups

    assert [(group[ORTHOGONAL], group.get(RATE_FACTOR, 1.0)) for group in groups] == [
        (True, ORTHOGONAL_RATE_FACTOR), (False, 1.0), (False, 1.0),
    ]  # fmt: skip


def test_a_restored_optimiser_goes_on_as_if_it_had_not_stopped():
    generator = torch.Generator().manual_seed(3)
    gradients = [torch.randn(4, 6, generator=generator) for _ in range(3)]
    whole, resumed = nn.Linear(6, 4, bias=False), nn.Linear(6, 4, bias=False)
    resumed.load_state_dict(whole.state_dict())

    def walk(module, optimizer, steps):
        for gradient in steps:
            module.weight.grad = gradient.clone()
            optimizer.step()

    walk(whole, make_optimizer(whole, learning_rate=1e-2, orthogonal=[whole.weight]), gradients)
    first = make_optimizer(resumed, learning_rate=1e-2, orthogonal=[resumed.weight])
    walk(resumed, first, gradients[:2])
    second = make_optimizer(resumed, learning_rate=1e-2, orthogonal=[resumed.weight])
    second.load_state_dict(first.state_dict())
    walk(resumed, second, gradients[2:])

    assert torch.equal(whole.weight, resumed.weight)
