"""The transformer's forward as training wants it: whole batches in dense products, nothing packed.

:class:`generation.model.dit.DiT` walks over ranges of tokens, as clips of many lengths in flight ask for. In training
all clips of a batch have one shape; here their texts are padded to one length, attention is two batched products, and
the four projections of a token are one. The parameters are the transformer's own, and so are the results, up to
rounding.

On one processor core with bfloat16 instructions the blocks of 12 clips of 384 tokens take 0.7 s, forward and backward;
with the library's attention 1.0.
"""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.config import DiTConfig
from generation.errors import ConfigError
from generation.model.attention import Attention, AttentionPlan, Ranges
from generation.model.block import Block, BlockContext
from generation.model.dit import DiT
from generation.model.precision import LayerNorm
from generation.model.rope import RotaryTable, rotate

# Texts are padded to a multiple of this, so that few shapes occur.
_TEXT_STEP = 8
_HIDDEN_KEY = -1e4


@dataclass(frozen=True, kw_only=True, slots=True)
class DenseContext:
    """What all blocks of one dense forward share."""

    # (B, chunks, condition_size).
    condition: Tensor
    # (B, chunks, rows, D) in ``dtype``, and what is added to its scores: from :func:`padded_text`.
    text: Tensor
    hidden_rows: Tensor
    table: RotaryTable
    # Keys of each chunk, in tokens.
    key_ranges: Ranges
    # Of the operands of products.
    dtype: torch.dtype


class BatchedBlock(Block):
    """A block that also runs on a dense batch."""

    def forward(self, hidden: Tensor, context: BlockContext | DenseContext) -> Tensor:
        """Map the residual stream ``(B, L, D)`` to the next one."""
        if isinstance(context, BlockContext):
            return super().forward(hidden, context)
        dtype = context.dtype
        attention_gate, ffn_gate = self.gate_values(context.condition).to(hidden.dtype).chunk(2, dim=-1)
        hidden = _join(hidden, _attend(self.attention, hidden, context), attention_gate, self.attention_post_norm)
        expanded = _product(self.ffn.norm(hidden), self.ffn.expand.weight, dtype)
        branch = _product(self.ffn.activate(expanded), self.ffn.contract.weight, dtype)
        return _join(hidden, branch, ffn_gate, self.ffn_post_norm)


class BatchedDiT(DiT):
    """A transformer that is trained in dense batches; without gradients it is the plain one.

    Args:
        config: The architecture; not one with e4m3 weights.

    Raises:
        ConfigError: If the architecture has e4m3 weights.
    """

    def __init__(self, config: DiTConfig) -> None:
        if config.fp8:
            raise ConfigError(f"DiT {config.name!r} holds e4m3 weights, which are not trained")
        super().__init__(config)
        self.blocks = nn.ModuleList(BatchedBlock(config, layer=layer) for layer in range(config.num_layers))

    def _run_blocks(self, hidden: Tensor, context: BlockContext) -> Tensor:
        if not torch.is_grad_enabled() or context.kv_cache is not None:
            return super()._run_blocks(hidden, context)
        device = hidden.device.type
        dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else hidden.dtype
        text, hidden_rows = padded_text(context.text, context.plan, len(hidden))
        dense = DenseContext(
            condition=context.condition,
            text=text.to(dtype),
            hidden_rows=hidden_rows,
            table=context.table,
            key_ranges=context.plan.self_keys,
            dtype=dtype,
        )
        for block in self.blocks:
            hidden = block(hidden, dense)
        return hidden


def padded_text(text: Tensor, plan: AttentionPlan, batch: int) -> tuple[Tensor, Tensor]:
    """The packed text of all chunks at one length.

    Args:
        text: ``(L_text, D)``.
        plan: Says which rows belong to which chunk.
        batch: Clips.

    Returns:
        ``(B, chunks, rows, D)``, and what is added to scores: ``(B, chunks, 1, 1, rows)``, 0 or far below 0.
    """
    lengths = [stop - start for start, stop in plan.text_keys]
    rows = -(-max(*lengths, 1) // _TEXT_STEP) * _TEXT_STEP
    parts = [F.pad(text[start:stop], (0, 0, 0, rows - (stop - start))) for start, stop in plan.text_keys]
    hidden = torch.arange(rows)[None] >= torch.tensor(lengths)[:, None]
    scores = torch.zeros(hidden.shape).masked_fill_(hidden, _HIDDEN_KEY).to(text.device)
    return torch.stack(parts).view(batch, -1, rows, text.shape[1]), scores.view(batch, -1, 1, 1, rows)


def _attend(layer: Attention, hidden: Tensor, context: DenseContext) -> Tensor:
    dtype, key_ranges = context.dtype, context.key_ranges
    batch, length, _ = hidden.shape
    chunks = len(key_ranges)
    chunk_tokens = length // chunks
    query_width, kv_width = layer.num_heads * layer.head_dim, layer.num_kv_heads * layer.head_dim
    repeats = layer.num_heads // layer.num_kv_heads
    weights = torch.cat([layer.query.weight, layer.cross_query.weight, layer.key.weight, layer.value.weight])
    widths = [query_width, query_width, kv_width, kv_width]
    parts = torch.split(_product(layer.pre_norm(hidden), weights, dtype), widths, dim=-1)
    query, cross_query, key, value = (layer.heads(part) for part in parts)
    query = _across_heads(rotate(layer.query_norm(query), context.table).to(dtype))
    key = _across_heads(rotate(layer.key_norm(key), context.table).to(dtype), repeats)
    value = _across_heads(value, repeats)
    inside = [
        dense_attention(rows, key[:, :, start:stop], value[:, :, start:stop])
        for rows, (start, stop) in zip(torch.split(query, chunk_tokens, dim=2), key_ranges, strict=True)
    ]
    pairs = _product(context.text, layer.cross_key_value.weight, dtype)
    pairs = pairs.view(*pairs.shape[:-1], layer.num_kv_heads, 2 * layer.head_dim)
    cross_key, cross_value = pairs.chunk(2, dim=-1)
    cross_query = layer.cross_query_norm(cross_query).to(dtype)
    cross_query = cross_query.view(batch, chunks, chunk_tokens, *cross_query.shape[2:])
    across = dense_attention(
        _across_heads(cross_query),
        _across_heads(layer.cross_key_norm(cross_key).to(dtype), repeats),
        _across_heads(cross_value, repeats),
        context.hidden_rows,
    )
    both = layer.interleaved(
        torch.cat(inside, dim=2).transpose(1, 2), across.transpose(2, 3).reshape(batch, length, layer.num_heads, -1)
    )
    # Plain or e4m3, and here it is plain.
    return _product(both, cast("Tensor", layer.output.weight), dtype)


def dense_attention(query: Tensor, key: Tensor, value: Tensor, added: Tensor | None = None) -> Tensor:
    """Attention ``(..., heads, L, K)`` by two products, with the scores in memory.

    On processors with bfloat16 instructions this is faster than the library's own, forward and backward.

    Args:
        query: Any floating dtype; so is the result.
        key: The same.
        value: The same.
        added: To the scores.
    """
    # The few queries are scaled, not the many scores; narrow scores are summed in float32 inside softmax.
    scores = (query * query.shape[-1] ** -0.5) @ key.mT
    if added is not None:
        scores = scores + added.to(scores.dtype)
    attended: Tensor = scores.softmax(dim=-1) @ value
    return attended


def _across_heads(inputs: Tensor, repeats: int = 1) -> Tensor:
    """``(..., L, N, K)`` to ``(..., N * repeats, L, K)``."""
    return (inputs if repeats == 1 else inputs.repeat_interleave(repeats, dim=-2)).transpose(-2, -3)


def _product(inputs: Tensor, weight: Tensor, dtype: torch.dtype) -> Tensor:
    return F.linear(inputs.to(dtype), weight.to(dtype))


def _join(hidden: Tensor, branch: Tensor, gate: Tensor, norm: LayerNorm) -> Tensor:
    by_chunk = branch.to(hidden.dtype).view(len(branch), gate.shape[1], -1, branch.shape[2])
    normed: Tensor = norm((by_chunk * gate[:, :, None]).flatten(1, 2))
    return hidden + normed
