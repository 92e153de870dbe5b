"""One block, part by part, against the golden modules."""

import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from generation.model.attention import AttentionPlan
from generation.model.block import BlockContext, join
from generation.model.inference import run_block
from generation.model.patchify import unpatchify
from generation.model.rope import RotaryTable
from generation.verification.measures import largest_error
from generation.verification.tolerances import EXACT
from generation.verification.transformer.checkpoints import load_golden_transformer
from generation.verification.transformer.low_precision import check_low_precision
from tests.support.golden import golden_case, require_agreement

TOLERANCE = 2e-6
LAYER = 1


@pytest.fixture(params=["tiny4b", "tiny24b"], scope="module")
def golden(request, reference_root):
    folder = reference_root / "dit"
    model = load_golden_transformer(folder / f"ckpt_{request.param}")
    return model, load_file(folder / f"modules_{request.param}.safetensors")


def stream(tensors, name):
    """(L, 1, D) as (1, L, D)."""
    return tensors[f"layer1.{name}"].transpose(0, 1)


def make_context(tensors):
    table = tensors["layer1.rope_sin_cos"]
    length, chunk_tokens = len(table), len(table) // 2
    text_lengths = tensors["layer1.y_lens"].tolist()
    plan = AttentionPlan(
        self_queries=((0, chunk_tokens), (chunk_tokens, length)),
        self_keys=tuple(map(tuple, tensors["layer1.k_range"].tolist())),
        text_queries=((0, chunk_tokens), (chunk_tokens, length)),
        text_keys=((0, text_lengths[0]), (text_lengths[0], sum(text_lengths))),
        cached_chunks=(0, 0),
        written_chunks=(0, 0),
        chunk_tokens=chunk_tokens,
    )
    return BlockContext(
        condition=F.silu(tensors["layer1.in_condition"]),
        text=tensors["layer1.in_y_xattn_flat"],
        table=RotaryTable(*table.chunk(2, dim=-1)),
        plan=plan,
        kv_cache=None,
    )


def test_attention_equals_the_golden_one(golden):
    model, tensors = golden
    context = make_context(tensors)

    attended = model.blocks[LAYER].attention(
        stream(tensors, "in_hidden"), context.text, context.table, context.plan, None
    )

    assert largest_error(attended, stream(tensors, "attn_proj_out")) <= TOLERANCE


def test_text_keys_and_values_equal_the_golden_ones(golden):
    model, tensors = golden

    keys, values = model.blocks[LAYER].attention.text_heads(tensors["layer1.in_y_xattn_flat"])

    assert largest_error(keys, tensors["layer1.xk"]) <= TOLERANCE
    assert largest_error(values, tensors["layer1.xv"]) <= TOLERANCE


def test_gates_equal_the_golden_ones(golden):
    model, tensors = golden

    gates = model.blocks[LAYER].gate_values(F.silu(tensors["layer1.in_condition"]))

    assert largest_error(gates, tensors["layer1.gates_msa_mlp"]) <= TOLERANCE


def test_gated_residual_equals_the_golden_one(golden):
    model, tensors = golden
    block = model.blocks[LAYER]

    joined = join(
        stream(tensors, "in_hidden"),
        stream(tensors, "attn_proj_out"),
        gate=tensors["layer1.gates_msa_mlp"].chunk(2, dim=-1)[0],
        norm=block.attention_post_norm,
    )

    assert largest_error(joined, stream(tensors, "after_attn_residual")) <= TOLERANCE


def test_feed_forward_equals_the_golden_one(golden):
    model, tensors = golden

    branch = model.blocks[LAYER].ffn(stream(tensors, "after_attn_residual"))

    assert largest_error(branch, stream(tensors, "mlp_out")) <= TOLERANCE


def test_block_equals_the_golden_one(golden):
    model, tensors = golden

    hidden = model.blocks[LAYER](stream(tensors, "in_hidden"), make_context(tensors))

    assert largest_error(hidden, stream(tensors, "out")) <= TOLERANCE


def test_block_in_place_equals_the_golden_one(golden):
    model, tensors = golden
    hidden = stream(tensors, "in_hidden").clone()

    with torch.no_grad():
        run_block(model.blocks[LAYER], hidden, make_context(tensors))

    assert largest_error(hidden, stream(tensors, "out")) <= TOLERANCE


def test_head_equals_the_golden_one(golden):
    model, tensors = golden

    normed = model.final_norm(tensors["layer1.out"])
    patches = model.final_proj(normed)
    latents = unpatchify(patches.transpose(0, 1), 2, (12, 2, 3))

    assert largest_error(normed, tensors["final.layernorm_out"]) <= TOLERANCE
    assert largest_error(latents, tensors["final.unpatchified"]) <= TOLERANCE


def test_e4m3_linears_equal_the_golden_ones_bit_for_bit():
    made = require_agreement(check_low_precision(golden_case("dit/fp8_forward_tiny24b")))

    exact = {comparison.what for comparison in made if comparison.tolerance is EXACT}
    assert exact == {"layer1.q", "layer1.linear_proj", "layer1.fc1", "layer1.fc2"}
