"""One transformer block: attention and feed-forward, each gated per chunk and normed before it joins the stream."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.config import DiTConfig
from generation.model.attention import Attention, AttentionPlan
from generation.model.kv_cache import KVCache
from generation.model.precision import Fp8Linear, LayerNorm, Linear, at_least_float32
from generation.model.rope import RotaryTable
from kernels.gated_residual.op import gated_residual
from kernels.swiglu.op import swiglu


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockContext:
    """What all blocks of one forward share."""

    # SiLU of the timestep condition, (B, chunks, condition_size), in the model's dtype.
    condition: Tensor
    # Embedded text of all chunks, (L_text, D), in the model's dtype.
    text: Tensor
    table: RotaryTable
    plan: AttentionPlan
    kv_cache: KVCache | None


class FeedForward(nn.Module):
    """Norm, expansion, GELU or SwiGLU, contraction."""

    def __init__(self, config: DiTConfig, *, fp8: bool) -> None:
        super().__init__()
        width, inner = config.hidden_size, config.ffn_hidden_size
        expanded = 2 * inner if config.gated_ffn else inner
        self.gated = config.gated_ffn
        self.norm = LayerNorm(width, eps=config.norm_eps, one_plus=False)
        self.expand = Fp8Linear(width, expanded, smoothed=False) if fp8 else Linear(width, expanded)
        self.contract = Fp8Linear(inner, width, smoothed=True) if fp8 else Linear(inner, width)

    def forward(self, hidden: Tensor) -> Tensor:
        """Map the residual stream ``(B, L, D)`` to a branch of the same shape."""
        expanded = self.expand(self.norm(hidden))
        branch: Tensor = self.contract(self.activate(expanded))
        return branch

    def activate(self, expanded: Tensor) -> Tensor:
        """GELU, or SwiGLU of the two halves of the last axis."""
        # Gate and value meet in float32 and are rounded once.
        return swiglu(expanded) if self.gated else F.gelu(expanded)


class Block(nn.Module):
    """Attention and feed-forward on the residual stream.

    Args:
        config: The model's architecture.
        layer: Index of the block; with ``config.fp8`` the first and last keep plain weights.
    """

    def __init__(self, config: DiTConfig, *, layer: int) -> None:
        super().__init__()
        fp8 = config.fp8 and 0 < layer < config.num_layers - 1
        self.gates = Linear(config.condition_size, 2 * config.hidden_size, bias=True)
        self.attention = Attention(config, layer=layer, fp8=fp8)
        self.attention_post_norm = LayerNorm(config.hidden_size, eps=config.norm_eps, one_plus=True)
        self.ffn = FeedForward(config, fp8=fp8)
        self.ffn_post_norm = LayerNorm(config.hidden_size, eps=config.norm_eps, one_plus=True)

    def forward(self, hidden: Tensor, context: BlockContext) -> Tensor:
        """Map the residual stream ``(B, L, D)`` to the next one, in its dtype."""
        attention_gate, ffn_gate = self.gate_values(context.condition).chunk(2, dim=-1)
        branch = self.attention(hidden, context.text, context.table, context.plan, context.kv_cache)
        hidden = join(hidden, branch, gate=attention_gate, norm=self.attention_post_norm)
        return join(hidden, self.ffn(hidden), gate=ffn_gate, norm=self.ffn_post_norm)

    def gate_values(self, condition: Tensor) -> Tensor:
        """Gates of both branches, side by side: ``(B, chunks, 2 * D)`` in (-1, 1)."""
        raw = self.gates(condition)
        return torch.tanh(raw.to(at_least_float32(raw.dtype))).to(raw.dtype)


def join(hidden: Tensor, branch: Tensor, *, gate: Tensor, norm: LayerNorm) -> Tensor:
    """Add a gated and normed branch to the residual stream, in at least float32.

    Args:
        hidden: ``(B, L, D)``.
        branch: ``(B, L, D)``.
        gate: ``(B, chunks, D)``; all tokens of a chunk share a row.
        norm: Applied after the gate.

    Returns:
        ``(B, L, D)`` in the dtype of ``hidden``.
    """
    return gated_residual(hidden, branch, gate, norm.scale(), norm.bias, eps=norm.eps)
