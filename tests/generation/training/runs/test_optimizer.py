"""What is decayed and what is not."""

import torch
from torch import nn

from generation.training.runs.optimizer import make_optimizer


def test_matrices_are_decayed_and_vectors_are_not():
    module = nn.Linear(3, 2)
    module.register_parameter("one_row", nn.Parameter(torch.zeros(1, 1, 4)))

    optimizer = make_optimizer(module, learning_rate=1e-3, weight_decay=0.2)

    decay = {id(parameter): group["weight_decay"] for group in optimizer.param_groups for parameter in group["params"]}
    assert decay == {id(module.weight): 0.2, id(module.bias): 0.0, id(module.one_row): 0.0}


def test_frozen_parameters_are_left_alone():
    module = nn.Linear(3, 2)
    module.bias.requires_grad_(False)

    optimizer = make_optimizer(module, learning_rate=1e-3)

    assert [parameter for group in optimizer.param_groups for parameter in group["params"]] == [module.weight]


def test_fused_step_is_the_plain_one():
    generator = torch.Generator().manual_seed(2)
    ours, plain = nn.Linear(5, 4), nn.Linear(5, 4)
    plain.load_state_dict(ours.state_dict())
    optimizers = (
        make_optimizer(ours, learning_rate=1e-2, weight_decay=0.1),
        torch.optim.AdamW(
            [{"params": [plain.weight], "weight_decay": 0.1}, {"params": [plain.bias], "weight_decay": 0.0}],
            lr=1e-2, betas=(0.9, 0.95), foreach=False,
        ),
    )  # fmt: skip

    for _ in range(3):
        for mine, theirs in zip(ours.parameters(), plain.parameters(), strict=True):
            mine.grad = torch.randn(mine.shape, generator=generator)
            theirs.grad = mine.grad.clone()
        for optimizer in optimizers:
            optimizer.step()

    for mine, theirs in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)
