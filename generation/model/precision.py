"""Which numbers are kept in which precision, and the two layers whose arithmetic depends on it.

A model runs in one dtype with islands of float32 inside: the embedders, rotary positions with the query and key
norms, the gated residual branches, the final norm and projection. An island is *at least* float32, so that a model
in float64 is float64 throughout.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kernels.linear_fp8.op import linear_fp8

# Parameters whose names begin so, or whose module is named so, stay in float32 whatever the model's dtype.
FLOAT32_PREFIXES = (
    "patch_embed.", "place_embed.", "timestep_embed.", "text_embed.", "rope.", "final_norm.", "final_proj.",
)  # fmt: skip
FLOAT32_MODULES = ("query_norm", "key_norm", "attention_post_norm", "ffn_post_norm")
NARROW_DTYPES = (torch.bfloat16, torch.float16)
# Processors that multiply bfloat16 matrices faster than float32 ones say one of these.
NATIVE_BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16")
FLOAT32_SCALES = ("weight_scale", "input_scale", "smooth_scale")


# A function of one tensor.
Reorder = Callable[[Tensor], Tensor]


def at_least_float32(dtype: torch.dtype) -> torch.dtype:
    """The dtype of a float32 island inside a model of ``dtype``."""
    return torch.float32 if dtype in NARROW_DTYPES else dtype


def operand_dtype(inputs: Tensor) -> torch.dtype:
    """The dtype in which to multiply matrices of ``inputs``' dtype: wider where its device cannot.

    Products of widened operands are the same, so only speed depends on this.
    """
    if inputs.device.type != "cpu" or inputs.dtype not in NARROW_DTYPES:
        return inputs.dtype
    return inputs.dtype if inputs.dtype == torch.bfloat16 and multiplies_bfloat16() else torch.float32


@cache
def multiplies_bfloat16() -> bool:
    """Whether this machine's processor has instructions for bfloat16 matrices."""
    able = torch.cpu.get_capabilities()
    return any(able.get(name) for name in NATIVE_BFLOAT16)


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
        return F.layer_norm(inputs.to(self.weight.dtype), self.weight.shape, self.scale(), self.bias, self.eps)

    def scale(self) -> Tensor:
        """What normed values are multiplied by: the weight, or one plus it."""
        return self.weight + 1 if self.one_plus else self.weight


class QuantisedLinear(nn.Module, ABC):
    """A linear layer with e4m3 weights, without bias; its results are rounded to bfloat16."""

    @abstractmethod
    def prepared(self, *, rows: Reorder | None = None, columns: Reorder | None = None) -> Reorder:
        """The same layer with its weights widened once, for many calls on a CPU.

        Args:
            rows: Reorders the outputs, the weight's first axis.
            columns: Reorders the inputs, the weight's last axis.
        """


class Fp8Linear(QuantisedLinear):
    """The released models' e4m3 linear: calibrated scales, the same for every token.

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
        return self._multiply(inputs, self.weight[0], self._divisor())

    def prepared(self, *, rows: Reorder | None = None, columns: Reorder | None = None) -> Reorder:
        """The same layer, widened and reordered."""
        weight, divisor = self.weight[0].float(), self._divisor()
        if rows is not None:
            weight = rows(weight)
        if columns is not None:
            weight, divisor = columns(weight), columns(divisor)
        return lambda inputs: self._multiply(inputs, weight, divisor)

    def _divisor(self) -> Tensor:
        return self.input_scale if self.smooth_scale is None else self.smooth_scale[0]

    def _multiply(self, inputs: Tensor, weight: Tensor, divisor: Tensor) -> Tensor:
        outputs = linear_fp8(
            inputs,
            weight,
            divisor=divisor,
            input_scale=self.input_scale[0],
            weight_scale=self.weight_scale[0],
        )
        return outputs.to(inputs.dtype)
