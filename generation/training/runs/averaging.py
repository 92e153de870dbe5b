"""An exponential moving average of a model's weights: what is shipped and sampled."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class WeightAverage:
    """Float32 running average of every parameter of a module.

    The decay warms up with the number of updates, so that the average follows quickly at first and a run of a few
    hundred steps already has a useful one.
    """

    def __init__(self, module: nn.Module, *, decay: float = 0.999) -> None:
        """Start from the module's present weights.

        Args:
            module: Whose parameters are averaged.
            decay: Weight of the old average once warm, in [0, 1).
        """
        self.decay = decay
        self.updates = 0
        self.weights: dict[str, Tensor] = {
            name: parameter.detach().float().clone() for name, parameter in module.named_parameters()
        }

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Move the average towards the module's weights."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(list(self.weights.values()), self.seen(module), 1 - decay)

    def seen(self, module: nn.Module) -> list[Tensor]:
        """What the average moves towards, in the order of its weights."""
        return [parameter.detach().float() for _, parameter in module.named_parameters()]

    @torch.no_grad()
    def copy_to(self, module: nn.Module) -> None:
        """Overwrite a module's parameters with the average."""
        for name, parameter in module.named_parameters():
            parameter.copy_(self.weights[name])

    @contextmanager
    def inside(self, module: nn.Module) -> Iterator[None]:
        """Have a module hold the average for a while, for pictures of progress; its own weights come back."""
        own = {name: parameter.detach().clone() for name, parameter in module.named_parameters()}
        self.copy_to(module)
        try:
            yield
        finally:
            with torch.no_grad():
                for name, parameter in module.named_parameters():
                    parameter.copy_(own[name])
