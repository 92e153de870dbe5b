"""Long clips: what is held must show in the figures, and bounded spans must hold nothing more."""

from dataclasses import replace

import pytest

from generation.benchmark.growth import QUICK, Growth, key_bytes, late_over_early, make_clip, measure_growth
from generation.benchmark.random_models import random_dit, random_texts
from generation.config import SamplingConfig


@pytest.fixture(scope="module")
def model():
    return random_dit(QUICK.config)


@pytest.fixture(scope="module")
def texts():
    return random_texts(QUICK.last + QUICK.sampling.window_size, QUICK.config.text_dim)


@pytest.fixture(scope="module")
def after(model, texts):
    return make_clip(model, texts, QUICK)


def test_something_is_known_after_every_chunk(after):
    assert list(after) == list(range(1, QUICK.last + 1))
    assert all(isinstance(growth, Growth) for growth in after.values())


def test_the_window_is_full_at_every_chunk_compared(after):
    frames = QUICK.sampling.window_size * QUICK.config.chunk_latent_frames

    # The youngest chunk enters with the next stage.
    assert {growth.state.latents.shape[2] + QUICK.config.chunk_latent_frames for growth in after.values()} == {frames}


def test_bounded_spans_hold_no_more_after_a_later_chunk(after):
    assert after[QUICK.last].held_bytes == after[QUICK.early].held_bytes


def test_without_a_limit_the_figure_sees_every_chunk_of_keys(model, texts):
    sizes = replace(QUICK, sampling=SamplingConfig(num_steps=8, attention_span_by_stage=()))

    after = make_clip(model, texts, sizes)

    chunks = sizes.last - sizes.early
    assert after[sizes.last].held_bytes - after[sizes.early].held_bytes >= chunks * key_bytes(sizes)


def test_keys_are_counted_as_the_cache_counts_them(model):
    cache = model.make_kv_cache(QUICK.side, QUICK.side)

    heads = QUICK.config.num_kv_heads * QUICK.config.head_dim
    per_layer = 2 * cache.chunk_tokens * heads * cache.dtype.itemsize
    assert key_bytes(QUICK) == QUICK.config.num_layers * per_layer


def test_chunks_are_timed_in_pairs(model, texts, after):
    sizes = replace(QUICK, neighbours=2, rounds=2)

    ratios = late_over_early(model, texts, sizes, after)

    assert len(ratios) == 4
    assert min(ratios) > 0


def test_figures_name_the_chunks_they_compare():
    figures = list(measure_growth(QUICK))

    names = [figure.name for figure in figures]
    assert names[0] == "growth, chunk 3 to 7: latents and keys held"
    assert names[-1] == "growth: time of chunk 5 / chunk 3"
    assert figures[0].value == 0
