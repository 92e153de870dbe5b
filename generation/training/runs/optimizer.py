"""The optimiser of every training."""

import torch
from torch import nn

# Other devices take the slower path.
_FUSED_DEVICES = ("cpu", "cuda", "mps")


def make_optimizer(
    module: nn.Module,
    *,
    learning_rate: float,
    betas: tuple[float, float] = (0.9, 0.95),
    weight_decay: float = 0.1,
) -> torch.optim.AdamW:
    """AdamW as the method uses it; vectors (biases, norms, tables of one row) are not decayed.

    Source: method A.4.
    """
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    matrices = [parameter for parameter in parameters if parameter.squeeze().ndim >= 2]
    vectors = [parameter for parameter in parameters if parameter.squeeze().ndim < 2]
    groups = [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    fused = all(parameter.device.type in _FUSED_DEVICES for parameter in parameters)
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas, fused=fused)
