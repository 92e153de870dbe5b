"""The optimiser of every training."""

from collections.abc import Collection

import torch
from torch import nn

from generation.training.runs.orthogonal import ORTHOGONAL, OrthogonalAdamW

# Other devices take the slower path.
_FUSED_DEVICES = ("cpu", "cuda", "mps")
# By how much faster than the loop's rate a group moves.
RATE_FACTOR = "rate_factor"
# An orthogonal step changes an entry of a matrix of 192 by about a fourteenth of its rate, AdamW's by its rate.
ORTHOGONAL_RATE_FACTOR = 16.0


def make_optimizer(
    module: nn.Module,
    *,
    learning_rate: float,
    betas: tuple[float, float] = (0.9, 0.95),
    weight_decay: float = 0.1,
    orthogonal: Collection[nn.Parameter] = (),
) -> torch.optim.AdamW:
    """AdamW as the method uses it; vectors (biases, norms, tables of one row) are not decayed.

    Args:
        module: Whose parameters are trained.
        learning_rate: At its peak; a loop sets each step's.
        betas: Of AdamW.
        weight_decay: Of matrices.
        orthogonal: Matrices among the parameters that move by orthogonal steps instead (runs/orthogonal.py).

    Source: method A.4.
    """
    if orthogonal:
        return _partly_orthogonal(module, orthogonal, learning_rate=learning_rate, betas=betas, decay=weight_decay)
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    matrices = [parameter for parameter in parameters if parameter.squeeze().ndim >= 2]
    vectors = [parameter for parameter in parameters if parameter.squeeze().ndim < 2]
    groups = [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    fused = all(parameter.device.type in _FUSED_DEVICES for parameter in parameters)
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas, fused=fused)


def _partly_orthogonal(
    module: nn.Module,
    orthogonal: Collection[nn.Parameter],
    *,
    learning_rate: float,
    betas: tuple[float, float],
    decay: float,
) -> OrthogonalAdamW:
    marked = {id(parameter) for parameter in orthogonal}
    rest = [each for each in module.parameters() if each.requires_grad and id(each) not in marked]
    groups = [
        {
            "params": [each for each in module.parameters() if id(each) in marked],
            # The loop sets lr to its rate times this.
            RATE_FACTOR: ORTHOGONAL_RATE_FACTOR,
            "weight_decay": decay / 2,
            ORTHOGONAL: True,
        },
        {"params": [each for each in rest if each.squeeze().ndim >= 2], "weight_decay": decay},
        {"params": [each for each in rest if each.squeeze().ndim < 2], "weight_decay": 0.0},
    ]
    fused = all(each.device.type in _FUSED_DEVICES for each in rest)
    return OrthogonalAdamW(groups, lr=learning_rate, betas=betas, fused=fused)
