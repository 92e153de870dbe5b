"""The forward against MAGI-1's own, and what it refuses."""

import dataclasses

import pytest
import torch

from generation.errors import RequestError, StateError
from generation.model.window import ChunkWindow, PackedText
from generation.verification.measures import largest_error
from generation.verification.transformer.forwards import check_forwards
from generation.verification.transformer.low_precision import check_low_precision
from tests.support.golden import golden_case, golden_names, require_agreement
from tests.support.models import tiny_dit
from tests.support.windows import random_window

# Float32 sums in another order; a wrong rule moves results by 9e-5 and more.
FLOAT32_TOLERANCE = 5e-6
# Roundings that flip; the released model's own bfloat16 forward is 0.6 to 0.9 % from its float32 one.
BFLOAT16_TOLERANCE = 5e-3
FP8_TOLERANCE = 2e-2


@pytest.mark.parametrize("name", golden_names("dit/forward_*"))
def test_forwards_and_the_cache_they_share_equal_the_golden_ones(name):
    case = golden_case(name)

    made = {comparison.what for comparison in require_agreement(check_forwards(case))}

    for forward in case.record.record("cases").names:
        assert {f"{forward}.out", f"{forward}.out, plain blocks"} <= made
    assert any("cache_layer2" in what for what in made)


@pytest.mark.parametrize("name", [*golden_names("dit/bf16_forward_*"), *golden_names("dit/fp8_forward_*")])
def test_narrow_forwards_are_closer_to_the_golden_ones_than_they_must_be(name):
    errors = {
        comparison.what: comparison.error for comparison in require_agreement(check_low_precision(golden_case(name)))
    }

    assert max(errors["out"], errors["out, plain blocks"]) <= (FP8_TOLERANCE if "fp8" in name else BFLOAT16_TOLERANCE)


def test_same_window_and_cache_give_the_same_bytes():
    model = tiny_dit(1)
    window = random_window(model.config, chunks=2, first_chunk=1, key_ranges=((0, 2), (0, 3)))
    cache = model.make_kv_cache(4, 6)

    with torch.no_grad():
        model(random_window(model.config, chunks=1, seed=5), cache, write_chunks=1)
        first, second = model(window, cache), model(window, cache.fork())

    assert torch.equal(first, second)


def test_forward_does_not_write_to_its_window():
    model = tiny_dit(1)
    window = random_window(model.config, chunks=2)
    before = window.latents.clone()

    with torch.no_grad():
        model(window)

    assert torch.equal(window.latents, before)


def test_chunks_without_text_pass():
    model = tiny_dit(1)
    window = random_window(model.config, chunks=2, text_lengths=(0, 0))

    with torch.no_grad():
        assert model(window).isfinite().all()


def test_batch_elements_are_independent():
    model = tiny_dit(1)
    window = random_window(model.config, chunks=2, batch=2)
    rows = window.text.lengths[0] + window.text.lengths[1]
    alone = dataclasses.replace(
        window,
        latents=window.latents[1:],
        timesteps=window.timesteps[1:],
        text=PackedText(embeddings=window.text.embeddings[rows:], lengths=window.text.lengths[2:]),
    )

    with torch.no_grad():
        assert largest_error(model(window)[1:], model(alone)) <= FLOAT32_TOLERANCE


def test_appended_chunk_outside_all_other_reaches_changes_nothing():
    model = tiny_dit(1)
    window = random_window(model.config, chunks=2)
    longer = random_window(model.config, chunks=3, key_ranges=((0, 1), (0, 2), (2, 3)))
    longer = dataclasses.replace(
        longer,
        latents=torch.cat([window.latents, window.latents[:, :, :6]], dim=2),
        timesteps=torch.cat([window.timesteps, window.timesteps[:, :1]], dim=1),
        text=PackedText(
            embeddings=torch.cat([window.text.embeddings, longer.text.embeddings[: longer.text.lengths[2]]]),
            lengths=(*window.text.lengths, longer.text.lengths[2]),
        ),
    )

    with torch.no_grad():
        assert largest_error(model(longer)[:, :, :12], model(window)) <= FLOAT32_TOLERANCE


def test_latents_are_scaled_in_their_own_dtype():
    model = tiny_dit(1, latent_scale=0.1)
    window = random_window(model.config, chunks=1)
    narrow = dataclasses.replace(window, latents=window.latents.bfloat16())
    scaled_first = dataclasses.replace(window, latents=(narrow.latents * 0.1).float())

    with torch.no_grad():
        velocity = model(narrow)
        object.__setattr__(model, "config", dataclasses.replace(model.config, latent_scale=1.0))
        expected = model(scaled_first) / 0.1

    assert largest_error(velocity, expected) <= FLOAT32_TOLERANCE


def test_tokens_are_told_their_places_where_the_model_wants_that():
    model = tiny_dit(1, absolute_places=True)
    window = random_window(model.config, chunks=1, batch=1)
    # The same content everywhere: rotary positions cannot tell its places apart.
    flat = dataclasses.replace(window, latents=window.latents[:, :, :1, :1, :1].expand_as(window.latents).contiguous())

    with torch.no_grad():
        told = model(flat)
        model.place_embed.weight.zero_()
        untold = model(flat)

    patches = untold.unfold(3, 2, 2).unfold(4, 2, 2)
    assert (patches - patches[:, :, :1, :1, :1]).abs().max() < FLOAT32_TOLERANCE
    patches = told.unfold(3, 2, 2).unfold(4, 2, 2)
    assert (patches - patches[:, :, :1, :1, :1]).abs().amax(dim=(1, 5, 6)).flatten()[1:].min() > 100 * FLOAT32_TOLERANCE


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"latents": torch.zeros(1, 16, 11, 4, 6)}, RequestError),
        ({"latents": torch.zeros(1, 8, 12, 4, 6)}, RequestError),
        ({"latents": torch.zeros(1, 16, 12, 5, 6)}, RequestError),
        ({"timesteps": torch.zeros(1, 3)}, RequestError),
        ({"key_ranges": ((0, 1), (0, 3))}, StateError),
        ({"first_chunk": 1}, StateError),
        ({"text": PackedText(embeddings=torch.zeros(5, 24), lengths=(5,))}, StateError),
        ({"text": PackedText(embeddings=torch.zeros(5, 24), lengths=(2, 2))}, StateError),
    ],
)
def test_windows_that_do_not_fit_are_refused(change, error):
    model = tiny_dit(1)
    window = random_window(model.config, chunks=2)

    with pytest.raises(error):
        model(dataclasses.replace(window, **change))


def test_missing_chunks_in_the_cache_are_refused():
    model = tiny_dit(1)
    cache = model.make_kv_cache(4, 6)
    window = random_window(model.config, chunks=1, first_chunk=2, key_ranges=((1, 3),))

    with pytest.raises(StateError, match="1 to 2"):
        model(window, cache)


def test_cache_of_another_size_or_batch_is_refused():
    model = tiny_dit(1)
    window = random_window(model.config, chunks=1)

    with pytest.raises(StateError, match="batch size"):
        model(window, model.make_kv_cache(8, 8))
    with pytest.raises(StateError, match="batch size"):
        model(random_window(model.config, chunks=1, batch=2), model.make_kv_cache(4, 6))


def test_writing_without_a_cache_or_too_many_chunks_is_refused():
    model = tiny_dit(1)
    window: ChunkWindow = random_window(model.config, chunks=1)

    with pytest.raises(StateError, match="without a kv cache"):
        model(window, write_chunks=1)
    with pytest.raises(StateError, match="write_chunks"):
        model(window, model.make_kv_cache(4, 6), write_chunks=2)
