"""Which numbers are kept in which precision, and the two layers whose arithmetic depends on it.

A model runs in one dtype with islands of float32 inside: the embedders, rotary positions with the query and key
norms, the gated residual branches, the final norm and projection. An island is *at least* float32, so that a model
in float64 is float64 throughout.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kernels.linear_fp8.op import linear_fp8

# Parameters whose names begin so, or whose module is named so, stay in float32 whatever the model's dtype.
FLOAT32_PREFIXES = ("patch_embed.", "timestep_embed.", "text_embed.", "rope.", "final_norm.", "final_proj.")
FLOAT32_MODULES = ("query_norm", "key_norm", "attention_post_norm", "ffn_post_norm")
FLOAT32_SCALES = ("weight_scale", "input_scale", "smooth_scale")


def at_least_float32(dtype: torch.dtype) -> torch.dtype:
    """The dtype of a float32 island inside a model of ``dtype``."""
    return torch.promote_types(dtype, torch.float32)


def inference_dtype(name: str, stored: torch.dtype, dtype: torch.dtype) -> torch.dtype:
    """The dtype a parameter has in memory.

    Args:
        name: The parameter's name in :class:`generation.model.dit.DiT`.
        stored: Its dtype now; e4m3 weights stay e4m3.
        dtype: The dtype the model runs in.

    Source:
        MAGI-1's promotion rules (spec dit §2.3).
    """
    if stored == torch.float8_e4m3fn:
        return stored
    module, _, leaf = name.rpartition(".")
    island = name.startswith(FLOAT32_PREFIXES) or module.rpartition(".")[2] in FLOAT32_MODULES
    return at_least_float32(dtype) if island or leaf in FLOAT32_SCALES else dtype


def cast_for_inference(model: nn.Module, dtype: torch.dtype) -> None:
    """Give every parameter of a DiT the dtype it runs in, in place.

    Args:
        model: A :class:`generation.model.dit.DiT` on any device.
        dtype: float32, bfloat16 or float16.
    """
    for name, parameter in model.named_parameters():
        parameter.data = parameter.data.to(inference_dtype(name, parameter.dtype, dtype))


class Linear(nn.Module):
    """A linear layer whose weights are left unwritten: they come from a checkpoint or an initialiser."""

    def __init__(self, in_features: int, out_features: int, *, bias: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None

    def forward(self, inputs: Tensor) -> Tensor:
        """Map ``(..., in_features)`` to ``(..., out_features)``."""
        return F.linear(inputs, self.weight, self.bias)


class LayerNorm(nn.Module):
    """Layer norm over the last axis; with ``one_plus`` the stored weight is the difference from one."""

    def __init__(self, size: int, *, eps: float, one_plus: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))
        self.bias = nn.Parameter(torch.empty(size))
        self.eps = eps
        self.one_plus = one_plus

    def forward(self, inputs: Tensor) -> Tensor:
        """Normalise in the dtype of the weight."""
        weight = self.weight + 1 if self.one_plus else self.weight
        return F.layer_norm(inputs.to(weight.dtype), self.weight.shape, weight, self.bias, self.eps)


class Fp8Linear(nn.Module):
    """A linear layer with e4m3 weights and calibrated scales, without bias.

    Args:
        smoothed: Activations are divided by ``smooth_scale`` per channel; otherwise by ``input_scale``, whose
            entries are all the same.
    """

    smooth_scale: nn.Parameter | None

    def __init__(self, in_features: int, out_features: int, *, smoothed: bool) -> None:
        super().__init__()
        weight = torch.empty(1, out_features, in_features, dtype=torch.float8_e4m3fn)
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.weight_scale = nn.Parameter(torch.empty(1), requires_grad=False)
        self.input_scale = nn.Parameter(torch.empty(1 if smoothed else in_features), requires_grad=False)
        if smoothed:
            self.smooth_scale = nn.Parameter(torch.empty(1, in_features), requires_grad=False)
        else:
            self.register_parameter("smooth_scale", None)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map ``(..., in_features)`` to ``(..., out_features)`` in bfloat16, in the dtype of ``inputs``."""
        divisor = self.input_scale if self.smooth_scale is None else self.smooth_scale[0]
        outputs = linear_fp8(
            inputs,
            self.weight[0],
            divisor=divisor,
            input_scale=self.input_scale[0],
            weight_scale=self.weight_scale[0],
        )
        return outputs.to(inputs.dtype)
