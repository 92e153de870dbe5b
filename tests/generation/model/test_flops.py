"""The count of arithmetic against what torch counts."""

import dataclasses

import pytest
from torch.utils.flop_counter import FlopCounterMode

from generation.model.flops import forward_flops
from kernels.attention import reference
from kernels.planning.masks import full_slices
from tests.support.models import tiny_dit
from tests.support.windows import random_window


@pytest.mark.parametrize("gated", [False, True])
def test_linears_are_counted_as_torch_counts_them(gated):
    model = tiny_dit(0, gated_ffn=gated, duplicate_latents=gated)
    window = random_window(model.config, chunks=3, batch=2)
    window = dataclasses.replace(window, step_size=8.0)

    with FlopCounterMode(display=False) as counter:
        model(window)

    attention = model.config.num_layers * 4 * model.config.hidden_size * 36 * (2 * 6 * 36 + sum(window.text.lengths))
    counted = counter.get_total_flops()
    fused = sum(count for op, count in counter.get_flop_counts()["Global"].items() if "attention" in str(op))
    assert forward_flops(model.config, window) - attention == counted - fused


def test_visible_pairs_are_those_of_the_dense_mask():
    config = tiny_dit(0).config
    window = random_window(config, chunks=3, key_ranges=((0, 1), (0, 2), (1, 3)))
    wider = dataclasses.replace(window, key_ranges=((0, 1), (0, 2), (0, 3)))
    tokens = [[(start * 36, stop * 36) for start, stop in ranges] for ranges in (window.key_ranges, wider.key_ranges)]
    queries = [(0, 36), (36, 72), (72, 108)]

    pairs = [int(reference.dense_mask(full_slices(queries, keys), (108, 108)).sum()) for keys in tokens]

    difference = forward_flops(config, wider) - forward_flops(config, window)
    assert difference == config.num_layers * 4 * config.hidden_size * (pairs[1] - pairs[0])


def test_cached_chunks_count_as_keys():
    config = tiny_dit(0).config
    inside = random_window(config, chunks=1)
    behind = random_window(config, chunks=1, first_chunk=3, key_ranges=((1, 4),))

    difference = forward_flops(config, behind) - forward_flops(config, inside)
    assert difference == config.num_layers * 4 * config.hidden_size * 36 * 72
