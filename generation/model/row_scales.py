"""e4m3 weights for models that came without them: every row has a scale, and nothing is calibrated.

As in the released e4m3 models the first and last block, and the small linears, keep the weights they came with.
"""

import torch
from torch import Tensor, nn

from generation.errors import ConfigError
from generation.model.dit import DiT
from generation.model.precision import Linear, QuantisedLinear, Reorder
from kernels.linear_fp8.op import linear_fp8_rows, quantise_rows

# The linears of a block that the released e4m3 models quantise.
QUANTISED = (
    "attention.query", "attention.cross_query", "attention.key", "attention.value", "attention.output",
    "ffn.expand", "ffn.contract",
)  # fmt: skip
# Blocks that keep their weights: the first and the last.
KEPT_BLOCKS = 2


class RowScaledLinear(QuantisedLinear):
    """A linear layer whose weights, and whose inputs as they come, are rounded to e4m3 with a scale per row.

    Args:
        weight: ``(out_features, in_features)``, floating.
    """

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        values, scales = quantise_rows(weight.detach())
        self.weight = nn.Parameter(values, requires_grad=False)
        self.weight_scale = nn.Parameter(scales, requires_grad=False)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map ``(..., in_features)`` to ``(..., out_features)`` in bfloat16, in the dtype of ``inputs``."""
        return linear_fp8_rows(inputs, self.weight, weight_scales=self.weight_scale).to(inputs.dtype)

    def prepared(self, *, rows: Reorder | None = None, columns: Reorder | None = None) -> Reorder:
        """The same layer, widened and reordered."""
        weight, scales = self.weight.float(), self.weight_scale.detach()
        if rows is not None:
            weight, scales = rows(weight), rows(scales)
        if columns is not None:
            weight = columns(weight)
        return lambda inputs: linear_fp8_rows(inputs, weight, weight_scales=scales).to(inputs.dtype)


@torch.no_grad()
def quantise_linears(dit: DiT) -> None:
    """Replace the large linears of the inner blocks, one at a time, so that little memory is needed besides.

    Args:
        dit: With its weights in place, on the device it will run on; changed.

    Raises:
        ConfigError: If it holds e4m3 weights already, or has no inner blocks.
    """
    config = dit.config
    if config.fp8:
        raise ConfigError(f"{config.name} holds e4m3 weights already: leave fp8 out")
    if config.num_layers <= KEPT_BLOCKS:
        raise ConfigError(f"fp8 keeps the first and last layer, and {config.name} has only {config.num_layers}")
    for block in dit.blocks[1:-1]:
        for name in QUANTISED:
            linear = block.get_submodule(name)
            if not isinstance(linear, Linear):
                raise TypeError(f"{name} is no plain linear")
            block.set_submodule(name, RowScaledLinear(linear.weight))
