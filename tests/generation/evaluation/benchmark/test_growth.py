"""Long clips: what is held must show in the figures, and bounded spans must hold nothing more."""

from dataclasses import replace

import pytest

from generation.config import SamplingConfig
from generation.evaluation.benchmark.growth import QUICK, key_bytes, make_clip, measure_growth, timed_pairs
from generation.evaluation.benchmark.random_models import random_dit, random_texts


@pytest.fixture(scope="module")
def model():
    return random_dit(QUICK.config)


@pytest.fixture(scope="module")
def texts():
    return random_texts(QUICK.last + QUICK.sampling.window_size, QUICK.config.text_dim)


@pytest.fixture(scope="module")
def clip(model, texts):
    return make_clip(model, texts, QUICK)


def held_from_early_to_last(clip):
    return clip.memory_after[QUICK.last].held_bytes - clip.memory_after[QUICK.early].held_bytes


def test_memory_is_looked_at_after_every_chunk(clip):
    assert list(clip.memory_after) == list(range(1, QUICK.last + 1))


def test_states_are_kept_only_where_the_clip_goes_on(clip):
    assert list(clip.state_after) == [QUICK.early - 2, QUICK.late - 2]


def test_bounded_spans_hold_no_more_after_a_later_chunk(clip):
    assert held_from_early_to_last(clip) == 0


def test_without_a_limit_the_figure_sees_every_chunk_of_keys(model, texts):
    unlimited = replace(QUICK, sampling=SamplingConfig(num_steps=4, attention_span_by_stage=()))

    clip = make_clip(model, texts, unlimited)

    assert held_from_early_to_last(clip) >= (QUICK.last - QUICK.early) * key_bytes(QUICK)


def test_keys_are_counted_as_the_cache_counts_them(model):
    cache = model.make_kv_cache(QUICK.side, QUICK.side)

    heads = QUICK.config.num_kv_heads * QUICK.config.head_dim
    per_layer = 2 * cache.chunk_tokens * heads * cache.dtype.itemsize
    assert key_bytes(QUICK) == QUICK.config.num_layers * per_layer


def test_chunks_are_timed_in_pairs(model, texts, clip):
    sizes = replace(QUICK, neighbours=2, rounds=2)

    pairs = timed_pairs(model, texts, sizes, clip.state_after)

    assert len(pairs) == 4
    assert all(spent.wall > 0 for pair in pairs for spent in pair)


def test_figures_name_the_chunks_they_compare():
    figures = list(measure_growth(QUICK))

    names = [figure.name for figure in figures]
    assert names[0] == "growth, chunk 3 to 7: latents and keys held"
    assert names[-2:] == ["growth: time of chunk 5 / chunk 3", "growth: processor time of chunk 5 / chunk 3"]
    assert figures[0].value == 0
