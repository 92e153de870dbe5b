"""The forwards that are timed; how fast they are is not tested here."""

from dataclasses import replace

import torch

from generation.evaluation.benchmark.forward import FULL, QUICK, ForwardCase, causal_window, measure_forwards
from generation.evaluation.benchmark.machine import Machine
from generation.model.flops import forward_flops


def test_the_full_forward_sees_four_chunks_of_384_tokens_with_50_text_tokens_each():
    window = causal_window(FULL.config, side=16)

    assert FULL.config.chunk_tokens(16, 16) == 384
    assert tuple(window.latents.shape) == (1, 16, 24, 16, 16)
    assert window.key_ranges == ((0, 1), (0, 2), (0, 3), (0, 4))
    assert window.text.lengths == (50, 50, 50, 50)
    assert tuple(window.text.embeddings.shape) == (200, 4096)


def test_the_arithmetic_is_that_of_linears_and_visible_pairs():
    window = causal_window(FULL.config, side=16)
    tokens, text, width, kv_width, chunks, pairs = 4 * 384, 200, 384, 128, 4, (1 + 2 + 3 + 4) * 384**2
    per_token = width * (2 * width + 2 * kv_width + 2 * width + 1536 + 1536)
    block = tokens * per_token + text * width * 2 * kv_width + chunks * 96 * 2 * width
    outer = tokens * 2 * 64 * width + text * 4096 * width + chunks * 96 * (256 + 96) + 4096 * 96

    expected = 2 * (12 * block + outer) + 12 * 4 * 64 * 6 * (pairs + text * 384)

    assert forward_flops(FULL.config, window) == expected


def test_every_case_gives_its_share_its_time_and_the_rate():
    sizes = replace(QUICK, cases=(ForwardCase(side=4, dtype=torch.float32, least_share=0.5),))

    share, by_processor, seconds, rate = measure_forwards(sizes)

    flops = forward_flops(sizes.config, causal_window(sizes.config, side=4))
    assert abs(share.value - flops / seconds.value / (rate.value * 1e9)) < 1e-6 * share.value
    assert by_processor.value > 0
    assert (share.limit.value, seconds.unit, rate.unit) == (0.5, "s", "GFLOP/s")


def test_a_case_is_named_by_its_dtype_and_size():
    assert ForwardCase(side=16, dtype=torch.bfloat16, least_share=0).label == "forward, bfloat16, latent 16 x 16"


def test_forwards_are_timed_with_the_threads_that_are_printed():
    before = Machine.this_one()

    list(measure_forwards(replace(QUICK, cases=QUICK.cases[:1])))

    assert Machine.this_one() == before
