"""Single layers of the transformer: embedders, rotary tables, one block from end to end, the head."""

import re
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from generation.model.attention import AttentionPlan
from generation.model.block import Block, join
from generation.model.dit import DiT
from generation.model.embeddings import sinusoid
from generation.model.patchify import unpatchify
from generation.model.rope import RotaryTable, rotate
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_facts
from generation.verification.record import CaseError
from generation.verification.tolerances import EXACT, FLOAT32
from generation.verification.transformer.checkpoints import load_golden_transformer
from kernels.attention.op import attend
from kernels.planning.masks import full_slices

ROTARY = re.compile(r"rope\.T(\d+)_H(\d+)_W(\d+)")
LAYER = re.compile(r"layer(\d+)\.in_hidden")


@torch.no_grad()
def check_layers(case: GoldenCase) -> Iterator[Comparison]:
    """Run every layer that the case has inputs of."""
    model = load_golden_transformer(case.file(case.record.text("ckpt")))
    yield from _check_embedders(case, model)
    for name in case.tensor_names:
        if match := ROTARY.fullmatch(name):
            frames, rows, columns = (int(size) for size in match.groups())
            found = torch.cat(model.rope((frames, rows, columns), 0), dim=-1)
            yield compare(name, found, case.tensor(name), EXACT)
    for name in case.tensor_names:
        if match := LAYER.fullmatch(name):
            yield from _check_block(case, model, int(match[1]))
            yield from _check_head(case, model, case.tensor(f"layer{match[1]}.out"))


def golden_table(case: GoldenCase, name: str) -> RotaryTable:
    """Sines and cosines, ``(L, 2 * width)`` side by side."""
    sin, cos = case.tensor(name).chunk(2, dim=-1)
    return RotaryTable(sin=sin, cos=cos)


def _check_embedders(case: GoldenCase, model: DiT) -> Iterator[Comparison]:
    def present(name: str) -> bool:
        return name in case.tensor_names

    if present("t_embedder.in_t"):
        timesteps = case.tensor("t_embedder.in_t")
        waves = case.tensor("t_embedder.sinusoid_256")
        yield compare("t_embedder.sinusoid_256", sinusoid(timesteps), waves, EXACT)
        embedded = model.timestep_embed(timesteps, torch.float32)
        yield compare("t_embedder.out", embedded, case.tensor("t_embedder.out"), FLOAT32)
    if present("x_embedder.in"):
        expected = case.tensor("x_embedder.out")
        tokens = model.patch_embed(case.tensor("x_embedder.in"))
        yield compare("x_embedder.out", tokens.transpose(1, 2).reshape(expected.shape), expected, FLOAT32)
    if present("y_embedder.in_y"):
        text = model.text_embed(case.tensor("y_embedder.in_y"))
        for kind, null in (("cond", False), ("dropped", True)):
            yield compare(f"y_embedder.{kind}.xattn", text, case.tensor(f"y_embedder.{kind}.xattn"), FLOAT32)
            expected = case.tensor(f"y_embedder.{kind}.adaln")
            condition = model.text_embed.condition(null=null).expand(expected.shape)
            yield compare(f"y_embedder.{kind}.adaln", condition, expected, FLOAT32)


def _check_block(case: GoldenCase, model: DiT, layer: int) -> Iterator[Comparison]:
    """One block, station by station, each from our own result of the one before."""
    prefix = f"layer{layer}."
    block = block_of(model, layer)
    condition = F.silu(case.tensor(f"{prefix}in_condition"))
    hidden = case.tensor(f"{prefix}in_hidden").transpose(0, 1)
    plan = _golden_plan(case, prefix, chunks=condition.shape[1])
    yield _compare_map(case, prefix, plan)
    frames = _frames_of(case, hidden.shape[1], chunks=condition.shape[1])
    table = golden_table(case, f"{prefix}rope_sin_cos")
    yield compare(f"{prefix}rope_sin_cos", torch.cat(model.rope(frames, 0), -1), torch.cat(table, -1), EXACT)

    def station(name: str, found: Tensor) -> Comparison:
        expected = case.tensor(prefix + name)
        return compare(prefix + name, found.reshape(expected.shape), expected, FLOAT32)

    gates = block.gate_values(condition)
    yield station("gates_msa_mlp", gates)
    attention_gate, ffn_gate = gates.chunk(2, dim=-1)
    branches = _attend(block, hidden, case.tensor(f"{prefix}in_y_xattn_flat"), table, plan)
    for name, found in branches.items():
        yield station(name, found)
    hidden = join(hidden, branches["attn_proj_out"], gate=attention_gate, norm=block.attention_post_norm)
    yield station("after_attn_residual", hidden)
    branch = block.ffn(hidden)
    yield station("mlp_out", branch)
    yield station("out", join(hidden, branch, gate=ffn_gate, norm=block.ffn_post_norm))


def _attend(block: Block, hidden: Tensor, text: Tensor, table: RotaryTable, plan: AttentionPlan) -> dict[str, Tensor]:
    """All that attention makes on its way, by the names of the case."""
    layer = block.attention
    normed = layer.pre_norm(hidden)
    query = rotate(layer.query_norm(layer.heads(layer.query(normed))), table)
    key = rotate(layer.key_norm(layer.heads(layer.key(normed))), table)
    value = layer.heads(layer.value(normed))
    inside = attend(query, key, value, full_slices(plan.self_queries, plan.self_keys))
    cross_query = layer.cross_query_norm(layer.heads(layer.cross_query(normed)))
    text_key, text_value = layer.text_heads(text)
    text_mask = full_slices(plan.text_queries, plan.text_keys)
    across = attend(cross_query, text_key[None], text_value[None], text_mask)
    return {
        "attn_prenorm": normed,
        "q": query,
        "k": key,
        "v": value,
        "xq": cross_query,
        "xk": text_key,
        "xv": text_value,
        "core_attn_out": inside,
        "cross_attn_out": across,
        "attn_proj_out": layer.project(layer.interleaved(inside, across)),
    }


def _check_head(case: GoldenCase, model: DiT, hidden: Tensor) -> Iterator[Comparison]:
    """The final norm and projection, from the block's golden output."""
    if "final.layernorm_out" not in case.tensor_names:
        return
    normed = model.final_norm(hidden)
    yield compare("final.layernorm_out", normed, case.tensor("final.layernorm_out"), FLOAT32)
    patches = model.final_proj(normed)
    yield compare("final.linear_out", patches, case.tensor("final.linear_out"), FLOAT32)
    expected = case.tensor("final.unpatchified")
    patch = model.config.patch_size
    grid = (expected.shape[2], expected.shape[3] // patch, expected.shape[4] // patch)
    found = unpatchify(patches.transpose(0, 1), patch, grid)
    yield compare("final.unpatchified", found, expected, FLOAT32)


def block_of(model: DiT, layer: int) -> Block:
    """A block by its index.

    Raises:
        CaseError: If the model has no such block.
    """
    if layer >= model.config.num_layers:
        raise CaseError(f"layer {layer} must be one of the model's {model.config.num_layers}")
    block = model.blocks[layer]
    if not isinstance(block, Block):
        raise TypeError(f"a block must be a Block, got {type(block).__name__}")
    return block


def _golden_plan(case: GoldenCase, prefix: str, *, chunks: int) -> AttentionPlan:
    """The ranges of the case as a plan without a cache."""

    def ranges(name: str) -> tuple[tuple[int, int], ...]:
        return tuple((start, stop) for start, stop in case.tensor(prefix + name).tolist())

    queries, keys = ranges("q_range"), ranges("k_range")
    lengths = case.tensor(f"{prefix}y_lens").tolist()
    stops = [sum(lengths[: index + 1]) for index in range(len(lengths))]
    return AttentionPlan(
        self_queries=queries,
        self_keys=keys,
        text_queries=queries,
        text_keys=tuple((stop - length, stop) for stop, length in zip(stops, lengths, strict=True)),
        cached_chunks=(0, 0),
        written_chunks=(0, 0),
        chunk_tokens=queries[-1][1] // chunks,
    )


def _compare_map(case: GoldenCase, prefix: str, plan: AttentionPlan) -> Comparison:
    """Which gates each token takes: ours lie chunk by chunk."""
    name = f"{prefix}condition_map"
    chunks = [index for index, (start, stop) in enumerate(plan.self_queries) for _ in range(start, stop)]
    return compare_facts(name, chunks, case.tensor(name).flatten().tolist())


def _frames_of(case: GoldenCase, tokens: int, *, chunks: int) -> tuple[int, int, int]:
    """The grid of a block's tokens: that of what the head makes of them."""
    shape = case.tensor("final.unpatchified").shape
    frames = shape[2]
    if frames % chunks or tokens % frames:
        raise CaseError(f"{tokens} tokens must be {chunks} chunks of {frames} frames together")
    return frames, shape[3] // 2, shape[4] // 2
