"""Self- and cross-attention side by side: both read the same normed tokens, one projection takes both outputs."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.config import DiTConfig
from generation.errors import StateError
from generation.model.kv_cache import KVCache
from generation.model.precision import Fp8Linear, LayerNorm, Linear, QuantisedLinear, at_least_float32
from generation.model.rope import RotaryTable
from generation.model.window import ChunkWindow
from kernels.attention.op import attend
from kernels.norm_rope.op import norm_rope
from kernels.planning.masks import full_slices

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AttentionPlan:
    """Who looks where in one forward, in tokens; the same for every layer."""

    # Per chunk: its queries in the window, and its keys in [cached chunks ; window].
    self_queries: Ranges
    self_keys: Ranges
    # Per batch element and chunk: queries on the flattened (B L) axis, and rows of the packed text.
    text_queries: Ranges
    text_keys: Ranges
    # Chunks [start, stop) read from the cache, and those of the window, from its first, written to it.
    cached_chunks: tuple[int, int]
    written_chunks: tuple[int, int]
    chunk_tokens: int


def plan_attention(window: ChunkWindow, *, chunk_tokens: int, write_chunks: int) -> AttentionPlan:
    """Turn a window's chunks into token ranges.

    Args:
        window: What the forward sees.
        chunk_tokens: Tokens of one chunk.
        write_chunks: Leading chunks of the window whose keys are kept.

    Raises:
        StateError: If a key range leaves the chunks up to the window's end, the text does not fit the window, or
            more chunks are to be written than there are.
    """
    chunks, first = window.num_chunks, window.first_chunk
    batch = window.latents.shape[0]
    if any(not 0 <= start <= stop <= first + chunks for start, stop in window.key_ranges):
        raise StateError(f"key ranges must lie in chunks 0 to {first + chunks}, got {window.key_ranges}")
    if len(window.text.lengths) != batch * chunks or sum(window.text.lengths) != len(window.text.embeddings):
        raise StateError(
            f"the text must have {batch} x {chunks} lengths that sum to its {len(window.text.embeddings)} rows, "
            f"got {window.text.lengths}"
        )
    if not 0 <= write_chunks <= chunks:
        raise StateError(f"write_chunks must be in 0..{chunks}, got {write_chunks}")
    origin = min([first, *(start for start, stop in window.key_ranges if start < stop)])
    text_stops = [sum(window.text.lengths[: index + 1]) for index in range(batch * chunks)]
    return AttentionPlan(
        self_queries=_chunk_ranges(chunks, chunk_tokens),
        self_keys=tuple(
            (max(start - origin, 0) * chunk_tokens, max(stop - origin, 0) * chunk_tokens)
            for start, stop in window.key_ranges
        ),
        text_queries=_chunk_ranges(batch * chunks, chunk_tokens),
        text_keys=tuple((stop - length, stop) for stop, length in zip(text_stops, window.text.lengths, strict=True)),
        cached_chunks=(origin, first),
        written_chunks=(first, first + write_chunks),
        chunk_tokens=chunk_tokens,
    )


def _chunk_ranges(chunks: int, chunk_tokens: int) -> Ranges:
    return tuple((index * chunk_tokens, (index + 1) * chunk_tokens) for index in range(chunks))


class Attention(nn.Module):
    """Attention over the chunks in reach and over each chunk's own text.

    Args:
        config: The model's architecture.
        layer: Index of the layer: names its part of the kv cache.
        fp8: Whether the projections of the tokens hold e4m3 weights.
    """

    def __init__(self, config: DiTConfig, *, layer: int, fp8: bool) -> None:
        super().__init__()
        self.layer = layer
        self.head_dim = config.head_dim
        self.num_heads = config.num_heads
        self.num_kv_heads = config.num_kv_heads
        self.interleave = config.attention_interleave
        width, kv_width = config.num_heads * config.head_dim, config.num_kv_heads * config.head_dim
        self.pre_norm = LayerNorm(config.hidden_size, eps=config.norm_eps, one_plus=False)
        self.query = _projection(config.hidden_size, width, fp8=fp8)
        self.cross_query = _projection(config.hidden_size, width, fp8=fp8)
        self.key = _projection(config.hidden_size, kv_width, fp8=fp8)
        self.value = _projection(config.hidden_size, kv_width, fp8=fp8)
        self.cross_key_value = Linear(config.hidden_size, 2 * kv_width)
        self.query_norm = LayerNorm(config.head_dim, eps=config.norm_eps, one_plus=True)
        self.key_norm = LayerNorm(config.head_dim, eps=config.norm_eps, one_plus=True)
        self.cross_query_norm = LayerNorm(config.head_dim, eps=config.norm_eps, one_plus=True)
        self.cross_key_norm = LayerNorm(config.head_dim, eps=config.norm_eps, one_plus=True)
        self.output: Linear | QuantisedLinear
        if fp8:
            self.output = Fp8Linear(2 * width, config.hidden_size, smoothed=True)
        else:
            self.output = Linear(2 * width, config.hidden_size)

    def forward(
        self, hidden: Tensor, text: Tensor, table: RotaryTable, plan: AttentionPlan, kv_cache: KVCache | None
    ) -> Tensor:
        """Attend.

        Args:
            hidden: Residual stream ``(B, L, D)``.
            text: Embedded text of all chunks ``(L_text, D)``.
            table: Rotations of the window's tokens.
            plan: Who looks where.
            kv_cache: Read and written as the plan says; ``None`` if the plan stays inside the window.

        Returns:
            ``(B, L, D)``, at least float32 unless the output projection is e4m3.
        """
        normed = self.pre_norm(hidden)
        inside = self._self_attention(normed, table, plan, kv_cache)
        across = self._cross_attention(normed, text, plan)
        return self.project(self.interleaved(inside, across))

    def heads(self, inputs: Tensor) -> Tensor:
        """Split the last axis into heads: ``(..., N * K)`` to ``(..., N, K)``."""
        return inputs.view(*inputs.shape[:-1], -1, self.head_dim)

    def text_heads(self, text: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of the packed text ``(L_text, D)``, each ``(L_text, N_kv, K)``."""
        pairs = self.cross_key_value(text).view(text.shape[0], self.num_kv_heads, 2 * self.head_dim)
        key, value = pairs.chunk(2, dim=-1)
        key = self.cross_key_norm(key)
        # Under autocast, when training, norms come out wider than products.
        return key, value.to(key.dtype)

    def interleaved(self, inside: Tensor, across: Tensor) -> Tensor:
        """Cut both outputs, ``(B, L, N, K)`` each, in slices and alternate them: ``(B, L, 2 * N * K)``."""
        cut = [half.reshape(*half.shape[:2], self.interleave, -1) for half in (inside, across)]
        return torch.stack(cut, dim=-2).flatten(-3)

    def project(self, both: Tensor) -> Tensor:
        """Project the interleaved outputs to ``(B, L, D)``: in at least float32, or in e4m3."""
        if isinstance(self.output, QuantisedLinear):
            projected: Tensor = self.output(both)
            return projected
        precision = at_least_float32(both.dtype)
        return F.linear(both.to(precision), self.output.weight.to(precision))

    def write(self, key: Tensor, value: Tensor, plan: AttentionPlan, kv_cache: KVCache) -> None:
        """Keep keys and values ``(1, L, N_kv, K)`` of the chunks that the plan names."""
        start, stop = plan.written_chunks
        for index, chunk in enumerate(range(start, stop)):
            rows = slice(index * plan.chunk_tokens, (index + 1) * plan.chunk_tokens)
            kv_cache.write(self.layer, chunk, key[:, rows], value[:, rows])

    def _self_attention(
        self, normed: Tensor, table: RotaryTable, plan: AttentionPlan, kv_cache: KVCache | None
    ) -> Tensor:
        query = self._turned(self.query(normed), self.query_norm, table, normed.dtype)
        key = self._turned(self.key(normed), self.key_norm, table, normed.dtype)
        value = self.heads(self.value(normed)).to(normed.dtype)
        if kv_cache is not None:
            self.write(key, value, plan, kv_cache)
            key, value = self._extend(key, value, plan, kv_cache)
        return attend(query, key, value, full_slices(plan.self_queries, plan.self_keys))

    def _cross_attention(self, normed: Tensor, text: Tensor, plan: AttentionPlan) -> Tensor:
        query = self.cross_query_norm(self.heads(self.cross_query(normed)))
        key, value = self.text_heads(text)
        rows = query.flatten(0, 1)[None]
        attended = attend(rows, key[None], value[None], full_slices(plan.text_queries, plan.text_keys))
        return attended.reshape(query.shape)

    def _turned(self, projected: Tensor, norm: LayerNorm, table: RotaryTable, dtype: torch.dtype) -> Tensor:
        return norm_rope(self.heads(projected), norm.scale(), norm.bias, table, eps=norm.eps, dtype=dtype)

    def _extend(self, key: Tensor, value: Tensor, plan: AttentionPlan, kv_cache: KVCache) -> tuple[Tensor, Tensor]:
        cached = kv_cache.read_chunks(self.layer, *plan.cached_chunks)
        if not cached:
            return key, value
        keys, values = zip(*cached, (key, value), strict=True)
        return torch.cat(keys, dim=1), torch.cat(values, dim=1)


def _projection(in_features: int, out_features: int, *, fp8: bool) -> Linear | Fp8Linear:
    return Fp8Linear(in_features, out_features, smoothed=False) if fp8 else Linear(in_features, out_features)
