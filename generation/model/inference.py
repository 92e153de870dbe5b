"""The blocks on a processor without gradients: in place, and a few hundred tokens at a time.

Same arithmetic as :class:`generation.model.block.Block`, which says it plainly. What differs is the order of work:
everything but attention is done for one stretch of tokens after the other, so that activations stay in the
processor's cache; weights are made ready once per block; and the query heads of one key head lie along the tokens,
so that every key is read once for all of them: channels of queries are ordered (N / N_kv, N_kv, K) here.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from generation.model.attention import Attention, AttentionPlan
from generation.model.block import Block, BlockContext
from generation.model.prepared import Layer, PreparedBlock, prepare_block
from generation.model.rope import RotaryTable, rotate_in_place
from kernels.attention.op import attend_grouped

# Rows worked on together: enough that weights are read seldom, few enough that activations stay in the caches.
STRETCH_ROWS = 1024
STRETCH_ROWS_PER_THREAD = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Consecutive tokens of a window worked on together: whole chunks, or a part of one."""

    # Chunks [first_chunk, stop_chunk) of the window, and tokens [start, stop) on its axis.
    first_chunk: int
    stop_chunk: int
    start: int
    stop: int

    @property
    def rows(self) -> slice:
        """The tokens as an index."""
        return slice(self.start, self.stop)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Heads:
    """What attention reads, in at least float32 but rounded to the model's dtype."""

    # One entry per stretch, (B, tokens, N / N_kv, N_kv, K).
    queries: list[Tensor]
    cross_queries: list[Tensor]
    # Cached chunks, then the window: (B, L_key, N_kv, K).
    keys: Tensor
    values: Tensor
    # Each (L_text, N_kv, K).
    text_keys: Tensor
    text_values: Tensor


def run_block(block: Block, hidden: Tensor, context: BlockContext) -> None:
    """Replace the residual stream by the block's output.

    Args:
        block: On the CPU.
        hidden: ``(B, L, D)``, written to.
        context: What the forward's blocks share.
    """
    plan = context.plan
    layers = prepare_block(block, hidden.dtype)
    gates = block.gate_values(context.condition).to(layers.precision)
    stretches = cut_stretches(len(plan.self_queries), plan.chunk_tokens, most_rows=_most_rows())
    heads = _make_heads(block.attention, layers, hidden, context)
    for stretch in stretches:
        _project(layers, hidden, heads, context.table, stretch)
    if context.kv_cache is not None:
        window = slice(heads.keys.shape[1] - hidden.shape[1], None)
        block.attention.write(heads.keys[:, window], heads.values[:, window], plan, context.kv_cache)
    attended: list[tuple[Tensor, Tensor]] = []
    for stretch in stretches:
        # The keys of all stretches are there, so that a chunk can be attended just before it is needed.
        new_chunks = range(len(attended), stretch.stop_chunk)
        attended += [_attend(heads, stretches, plan, chunk) for chunk in new_chunks]
        branch = _project_attended(layers, hidden, attended, stretch, plan.chunk_tokens)
        _finish(layers, hidden[:, stretch.rows], branch, gates[:, stretch.first_chunk : stretch.stop_chunk, None])


def cut_stretches(chunks: int, chunk_tokens: int, *, most_rows: int) -> list[Stretch]:
    """Cut a window into stretches of at most ``most_rows`` tokens: whole chunks if one fits, else parts of one."""
    if chunk_tokens <= most_rows:
        together = most_rows // chunk_tokens
        groups = [(first, min(first + together, chunks)) for first in range(0, chunks, together)]
        return [
            Stretch(first_chunk=first, stop_chunk=stop, start=first * chunk_tokens, stop=stop * chunk_tokens)
            for first, stop in groups
        ]
    parts = -(-chunk_tokens // most_rows)
    borders = [chunk_tokens * part // parts for part in range(parts + 1)]
    return [
        Stretch(first_chunk=chunk, stop_chunk=chunk + 1, start=origin + start, stop=origin + stop)
        for chunk, origin in enumerate(range(0, chunks * chunk_tokens, chunk_tokens))
        for start, stop in pairwise(borders)
    ]


def _most_rows() -> int:
    return max(STRETCH_ROWS, STRETCH_ROWS_PER_THREAD * torch.get_num_threads())


def _make_heads(attention: Attention, layers: PreparedBlock, hidden: Tensor, context: BlockContext) -> _Heads:
    """Room for keys and values; those of the cache and of the text are already in."""
    keys, values = _key_buffers(attention, layers, hidden, context)
    text_keys, text_values = (part.to(layers.precision) for part in attention.text_heads(context.text))
    return _Heads(queries=[], cross_queries=[], keys=keys, values=values, text_keys=text_keys, text_values=text_values)


def _key_buffers(
    attention: Attention, layers: PreparedBlock, hidden: Tensor, context: BlockContext
) -> tuple[Tensor, Tensor]:
    plan, kv_cache = context.plan, context.kv_cache
    cached = [] if kv_cache is None else kv_cache.read_chunks(attention.layer, *plan.cached_chunks)
    batch, length = hidden.shape[0], len(cached) * plan.chunk_tokens + hidden.shape[1]
    keys, values = (
        torch.empty(batch, length, attention.num_kv_heads, attention.head_dim, dtype=layers.precision) for _ in range(2)
    )
    for index, (chunk_keys, chunk_values) in enumerate(cached):
        rows = slice(index * plan.chunk_tokens, (index + 1) * plan.chunk_tokens)
        keys[:, rows], values[:, rows] = chunk_keys, chunk_values
    return keys, values


def _project(layers: PreparedBlock, hidden: Tensor, heads: _Heads, table: RotaryTable, stretch: Stretch) -> None:
    """Norm, project and rotate a stretch's tokens."""
    cached = heads.keys.shape[1] - hidden.shape[1]
    keys, values = (part[:, cached + stretch.start : cached + stretch.stop] for part in (heads.keys, heads.values))
    turns = RotaryTable(table.sin[stretch.rows], table.cos[stretch.rows])
    normed = layers.pre_norm(hidden[:, stretch.rows])
    head_shape = (*normed.shape[:2], -1, *keys.shape[2:])
    query = layers.query_norm(layers.query(normed).view(head_shape))
    rotate_in_place(query, turns)
    key = layers.key_norm(layers.key(normed).view(keys.shape))
    rotate_in_place(key, turns)
    cross_query = layers.cross_query_norm(layers.cross_query(normed).view(head_shape))
    heads.queries.append(query.to(hidden.dtype).to(layers.precision))
    heads.cross_queries.append(cross_query.to(layers.precision))
    keys.copy_(key.to(hidden.dtype))
    values.copy_(layers.value(normed).view(values.shape))


def _attend(heads: _Heads, stretches: list[Stretch], plan: AttentionPlan, chunk: int) -> tuple[Tensor, Tensor]:
    """Self- and cross-attention of one chunk, each ``(B, tokens, N * K)``; channels (N / N_kv, N_kv, K)."""
    query, cross_query = (
        _chunk_rows(parts, stretches, plan.self_queries[chunk]) for parts in (heads.queries, heads.cross_queries)
    )
    keys = slice(*plan.self_keys[chunk])
    inside = attend_grouped(query, heads.keys[:, keys], heads.values[:, keys])
    chunks = len(plan.self_queries)
    # Every element of the batch has its own text.
    across = []
    for element in range(cross_query.shape[0]):
        text = slice(*plan.text_keys[element * chunks + chunk])
        queries = cross_query[element : element + 1]
        across.append(attend_grouped(queries, heads.text_keys[None, text], heads.text_values[None, text]))
    return inside.flatten(2), (across[0] if len(across) == 1 else torch.cat(across)).flatten(2)


def _chunk_rows(parts: list[Tensor], stretches: list[Stretch], tokens: tuple[int, int]) -> Tensor:
    """One chunk's tokens from the stretches' tensors."""
    start, stop = tokens
    found = [
        part[:, max(start - stretch.start, 0) : stop - stretch.start]
        for part, stretch in zip(parts, stretches, strict=True)
        if stretch.start < stop and start < stretch.stop
    ]
    return found[0] if len(found) == 1 else torch.cat(found, dim=1)


def _project_attended(
    layers: PreparedBlock, hidden: Tensor, attended: list[tuple[Tensor, Tensor]], stretch: Stretch, chunk_tokens: int
) -> Tensor:
    """The attention branch of a stretch, ``(B, tokens, D)``."""
    branches = []
    for chunk in range(stretch.first_chunk, stretch.stop_chunk):
        origin = chunk * chunk_tokens
        rows = slice(max(stretch.start - origin, 0), stretch.stop - origin)
        inside, across = (half[:, rows].to(hidden.dtype) for half in attended[chunk])
        branches.append(layers.output(inside, across))
    return branches[0] if len(branches) == 1 else torch.cat(branches, dim=1)


def _finish(layers: PreparedBlock, rows: Tensor, branch: Tensor, gates: Tensor) -> None:
    """Add the attention branch to a stretch of the stream, and run its feed-forward."""
    attention_gate, ffn_gate = gates.chunk(2, dim=-1)
    _join(rows, branch, gate=attention_gate, norm=layers.attention_post_norm)
    branch = layers.contract(layers.activate(layers.expand(layers.ffn_norm(rows))))
    _join(rows, branch, gate=ffn_gate, norm=layers.ffn_post_norm)


def _join(rows: Tensor, branch: Tensor, *, gate: Tensor, norm: Layer) -> None:
    """Add a gated and normed branch to a stretch of the stream, in place."""
    by_chunk = branch.to(gate.dtype).view(branch.shape[0], gate.shape[1], -1, branch.shape[2])
    normed = norm(by_chunk.mul_(gate)).view(branch.shape)
    if rows.dtype == normed.dtype:
        rows.add_(normed)
    else:
        rows.copy_(normed.add_(rows))
