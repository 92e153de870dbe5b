"""Layers made ready against the layers themselves."""

import torch

from generation.model.precision import cast_for_inference
from generation.model.prepared import prepare_block
from tests.support.models import tiny_dit

GROUPS, KV_HEADS, SIZE = 2, 2, 16


def draw(*shape, dtype=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(dtype)


def by_group(heads):
    """Channels ordered (N_kv, N / N_kv, K) as (N / N_kv, N_kv, K)."""
    return heads.unflatten(-1, (KV_HEADS, GROUPS, SIZE)).transpose(-3, -2).flatten(-3)


def test_queries_come_out_by_group():
    block = tiny_dit(0).blocks[1]
    layers = prepare_block(block, torch.float32)
    hidden = draw(1, 5, 64)

    torch.testing.assert_close(layers.query(hidden), by_group(block.attention.query(hidden)))
    torch.testing.assert_close(layers.cross_query(hidden), by_group(block.attention.cross_query(hidden)))
    torch.testing.assert_close(layers.key(hidden), block.attention.key(hidden))


def test_output_takes_both_halves_by_group():
    block = tiny_dit(0).blocks[1]
    inside, across = draw(2, 1, 5, 4, SIZE)

    found = prepare_block(block, torch.float32).output(by_group(inside.flatten(2)), by_group(across.flatten(2)))

    expected = block.attention.project(block.attention.interleaved(inside, across))
    torch.testing.assert_close(found, expected)


def test_e4m3_layers_are_reordered_with_their_scales():
    model = tiny_dit(0, fp8=True)
    cast_for_inference(model, torch.bfloat16)
    block = model.blocks[1]
    block.attention.output.smooth_scale.data = draw(1, 128).abs() * 0.01 + 0.01
    layers = prepare_block(block, torch.bfloat16)
    hidden = draw(1, 5, 64, dtype=torch.bfloat16)
    inside, across = draw(2, 1, 5, 4, SIZE, dtype=torch.bfloat16)

    assert torch.equal(layers.query(hidden), by_group(block.attention.query(hidden)))
    found = layers.output(by_group(inside.flatten(2)), by_group(across.flatten(2)))
    expected = block.attention.project(block.attention.interleaved(inside, across))
    torch.testing.assert_close(found, expected, rtol=2**-7, atol=0)


def test_norms_and_dtypes_are_those_of_the_layers():
    model = tiny_dit(0)
    cast_for_inference(model, torch.bfloat16)
    block = model.blocks[1]
    layers = prepare_block(block, torch.bfloat16)
    hidden, head = draw(1, 5, 64, dtype=torch.bfloat16), draw(1, 5, 4, SIZE, dtype=torch.bfloat16)

    assert torch.equal(layers.pre_norm(hidden), block.attention.pre_norm(hidden))
    assert torch.equal(layers.query_norm(head), block.attention.query_norm(head))
    assert layers.query_norm(head).dtype == layers.precision == torch.float32
    assert layers.expand(hidden).dtype == torch.bfloat16
