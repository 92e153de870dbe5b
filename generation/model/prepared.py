"""A block's layers made ready to be called many times on a processor: weights widened, ordered and shifted once.

Here the query heads of one key head are not neighbours: channels of queries, and of what attention leaves, are
ordered (N / N_kv, N_kv, K) by reordering the weights that make and take them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from generation.model.attention import Attention
from generation.model.block import Block
from generation.model.precision import LayerNorm, Linear, QuantisedLinear, at_least_float32, operand_dtype

Layer = Callable[[Tensor], Tensor]


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedBlock:
    """The layers of one :class:`generation.model.block.Block` as functions of a tensor."""

    # Of attention and the residual branches.
    precision: torch.dtype
    pre_norm: Layer
    query: Layer
    cross_query: Layer
    key: Layer
    value: Layer
    query_norm: Layer
    key_norm: Layer
    cross_query_norm: Layer
    # Takes self- and cross-attention's channels apart.
    output: Callable[[Tensor, Tensor], Tensor]
    attention_post_norm: Layer
    ffn_norm: Layer
    expand: Layer
    activate: Layer
    contract: Layer
    ffn_post_norm: Layer


def prepare_block(block: Block, dtype: torch.dtype) -> PreparedBlock:
    """Make a block's layers ready.

    Args:
        block: On the CPU, in its final dtypes.
        dtype: Of the residual stream.
    """
    attention, ffn = block.attention, block.ffn
    return PreparedBlock(
        precision=at_least_float32(dtype),
        pre_norm=_norm(attention.pre_norm),
        query=_linear(attention.query, rows=partial(_by_group, attention)),
        cross_query=_linear(attention.cross_query, rows=partial(_by_group, attention)),
        key=_linear(attention.key),
        value=_linear(attention.value),
        query_norm=_norm(attention.query_norm),
        key_norm=_norm(attention.key_norm),
        cross_query_norm=_norm(attention.cross_query_norm),
        output=_output(attention),
        attention_post_norm=_norm(block.attention_post_norm),
        ffn_norm=_norm(ffn.norm),
        expand=_linear(ffn.expand),
        activate=ffn.activate,
        contract=_linear(ffn.contract),
        ffn_post_norm=_norm(block.ffn_post_norm),
    )


def _norm(layer: LayerNorm) -> Layer:
    weight, shape = layer.scale(), layer.weight.shape
    return lambda inputs: F.layer_norm(inputs.to(weight.dtype), shape, weight, layer.bias, layer.eps)


def _linear(layer: Linear | QuantisedLinear, *, rows: Layer | None = None) -> Layer:
    """From the model's dtype to itself, in operands that the processor multiplies; ``rows`` reorders the outputs."""
    if isinstance(layer, QuantisedLinear):
        return layer.prepared(rows=rows)
    operand = operand_dtype(layer.weight)
    weight = layer.weight.to(operand)
    weight = weight if rows is None else rows(weight)
    return lambda inputs: F.linear(inputs.to(operand), weight).to(inputs.dtype)


def _output(attention: Attention) -> Callable[[Tensor, Tensor], Tensor]:
    if isinstance(attention.output, QuantisedLinear):
        quantised = attention.output.prepared(columns=partial(_separated, attention))
        return lambda inside, across: quantised(torch.cat([inside, across], dim=-1))
    precision = at_least_float32(attention.output.weight.dtype)
    weight = _separated(attention, attention.output.weight.to(precision))
    inside_weight, across_weight = (half.T for half in weight.chunk(2, dim=-1))

    def project(inside: Tensor, across: Tensor) -> Tensor:
        sums = torch.mm(inside.to(precision).flatten(0, 1), inside_weight)
        sums.addmm_(across.to(precision).flatten(0, 1), across_weight)
        return sums.view(*inside.shape[:2], -1)

    return project


def _by_group(attention: Attention, rows: Tensor) -> Tensor:
    """Reorder the first axis from (N_kv, N / N_kv, K) to (N / N_kv, N_kv, K)."""
    heads = rows.reshape(attention.num_kv_heads, -1, attention.head_dim, *rows.shape[1:])
    return heads.transpose(0, 1).flatten(0, 2)


def _separated(attention: Attention, columns: Tensor) -> Tensor:
    """Reorder the last axis from that of :meth:`Attention.interleaved` to (self or cross, N / N_kv, N_kv, K)."""
    shape = columns.shape[:-1]
    halves = columns.reshape(*shape, attention.interleave, 2, -1).transpose(-3, -2)
    heads = halves.reshape(*shape, 2, attention.num_kv_heads, -1, attention.head_dim)
    return heads.transpose(-3, -2).flatten(-4)
