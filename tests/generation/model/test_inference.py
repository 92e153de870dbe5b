"""Blocks in place and in stretches against the plain ones."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from generation.model import inference, precision
from generation.model.inference import cut_stretches
from generation.model.precision import cast_for_inference
from generation.verification.measures import relative_l2
from tests.support.models import tiny_dit
from tests.support.windows import random_window

# Other orders of sums, and in bfloat16 roundings that flip because of them.
TOLERANCES = {torch.float64: 1e-13, torch.float32: 1e-6, torch.bfloat16: 1e-2, torch.float16: 2e-3}


def both_ways(model, window, cached=None):
    """Velocity and cache of the plain forward, then of the one in place."""
    results = []
    for gradients in (True, False):
        cache = model.make_kv_cache(4, 6)
        with torch.set_grad_enabled(gradients):
            if cached is not None:
                model(cached, cache, write_chunks=cached.num_chunks)
            velocity = model(window, cache if window.latents.shape[0] == 1 else None)
        results.append((velocity, cache))
    return results


@pytest.mark.parametrize("most_rows", [7, 36, 100, 10_000])
@pytest.mark.parametrize("dtype", TOLERANCES)
def test_in_place_equals_plain(monkeypatch, most_rows, dtype):
    monkeypatch.setattr(inference, "_most_rows", lambda: most_rows)
    model = tiny_dit(7, gated_ffn=most_rows == 36)
    if dtype == torch.float64:
        model.double()
    else:
        cast_for_inference(model, dtype)
    cached = random_window(model.config, chunks=2, seed=1)
    window = random_window(model.config, chunks=3, first_chunk=2, key_ranges=((0, 3), (1, 4), (4, 5)))

    (plain, plain_cache), (in_place, in_place_cache) = both_ways(model, window, cached)

    assert relative_l2(in_place, plain) <= TOLERANCES[dtype]
    for layer in range(3):
        for ours, theirs in zip(in_place_cache.read(layer, 0, 2), plain_cache.read(layer, 0, 2), strict=True):
            assert relative_l2(ours, theirs) <= TOLERANCES[dtype]


@pytest.mark.parametrize("native", [True, False])
def test_in_place_equals_plain_whether_or_not_the_processor_multiplies_bfloat16(monkeypatch, native):
    monkeypatch.setattr(precision, "multiplies_bfloat16", lambda: native)
    model = tiny_dit(7)
    cast_for_inference(model, torch.bfloat16)

    (plain, _), (in_place, _) = both_ways(model, random_window(model.config, chunks=2))

    assert relative_l2(in_place, plain) <= TOLERANCES[torch.bfloat16]


def test_in_place_equals_plain_with_a_batch():
    model = tiny_dit(8)
    window = random_window(model.config, chunks=2, batch=3, text_lengths=(3, 0, 5, 1, 2, 4))

    (plain, _), (in_place, _) = both_ways(model, window)

    assert relative_l2(in_place, plain) <= TOLERANCES[torch.float32]


def test_in_place_equals_plain_with_e4m3_layers():
    model = tiny_dit(8, fp8=True)
    cast_for_inference(model, torch.bfloat16)

    (plain, _), (in_place, _) = both_ways(model, random_window(model.config, chunks=2))

    assert relative_l2(in_place, plain) <= TOLERANCES[torch.bfloat16]


@pytest.fixture
def unwritten_is_nan():
    """Fill new memory with NaN."""
    torch.use_deterministic_algorithms(mode=True)
    yield
    torch.use_deterministic_algorithms(mode=False)


@pytest.mark.usefixtures("unwritten_is_nan")
def test_unwritten_memory_is_never_read():
    model = tiny_dit(9)
    assert torch.empty(1).isnan()

    with torch.no_grad():
        assert model(random_window(model.config, chunks=2)).isfinite().all()


@given(st.integers(1, 6), st.integers(1, 50), st.integers(1, 60))
def test_stretches_cover_the_window_once_in_order(chunks, chunk_tokens, most_rows):
    stretches = cut_stretches(chunks, chunk_tokens, most_rows=most_rows)

    assert [stretch.start for stretch in stretches] == [0, *(stretch.stop for stretch in stretches[:-1])]
    assert stretches[-1].stop == chunks * chunk_tokens
    for stretch in stretches:
        assert 0 < stretch.stop - stretch.start <= most_rows
        assert stretch.first_chunk == stretch.start // chunk_tokens
        assert stretch.stop_chunk == -(-stretch.stop // chunk_tokens)
        whole = stretch.start % chunk_tokens == stretch.stop % chunk_tokens == 0
        assert whole or stretch.stop_chunk == stretch.first_chunk + 1
