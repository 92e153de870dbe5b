"""The dense forward of training against the plain one, forward and backward."""

import dataclasses

import pytest
import torch

from generation.errors import ConfigError
from generation.model.dit import DiT
from generation.training.batched_dit import BatchedDiT
from generation.training.runs.autocasting import bfloat16_where_native
from generation.training.runs.recomputing import recompute_in_backward
from generation.verification.measures import largest_error
from tests.support.models import tiny_dit
from tests.support.windows import random_window

# Float32 sums in another order.
TOLERANCE = 5e-6
KINDS = [{}, {"absolute_places": True, "gated_ffn": True, "distilled": True}]


def twins(kind):
    plain = tiny_dit(3, **kind)
    batched = BatchedDiT(plain.config)
    batched.load_state_dict(plain.state_dict())
    return plain.requires_grad_(requires_grad=True), batched


def window_for(plain, **change):
    step_size = 0.5 if plain.config.distilled else None
    return dataclasses.replace(random_window(plain.config, chunks=2, batch=3), step_size=step_size, **change)


@pytest.mark.parametrize("kind", KINDS, ids=["plain", "all kinds"])
@pytest.mark.parametrize("key_ranges", [((0, 1), (0, 2)), ((0, 1), (1, 2))], ids=["looks back", "alone"])
def test_velocities_and_gradients_are_those_of_the_plain_forward(kind, key_ranges):
    plain, batched = twins(kind)
    window = window_for(plain, key_ranges=key_ranges)

    for model in (plain, batched):
        velocity = model(window)
        velocity.square().mean().backward()
    dense, walked = batched(window), plain(window)

    assert largest_error(dense.detach(), walked.detach()) <= TOLERANCE
    found = dict(batched.named_parameters())
    for name, parameter in plain.named_parameters():
        # Some are nothing but rounding: no score depends on what all keys share.
        limit = 1e-4 * parameter.grad.abs().max() + 1e-8
        assert (found[name].grad - parameter.grad).abs().max() <= limit, name


def test_without_gradients_it_is_the_plain_forward_bit_by_bit():
    plain, batched = twins(KINDS[1])
    window = window_for(plain)

    with torch.no_grad():
        assert torch.equal(batched(window), plain(window))


def test_chunks_without_text_pass():
    plain, batched = twins({})
    window = window_for(plain)
    text = dataclasses.replace(window.text, embeddings=window.text.embeddings[:0], lengths=(0,) * 6)

    velocity = batched(dataclasses.replace(window, text=text))

    assert velocity.isfinite().all()


def test_narrow_products_stay_close():
    plain, batched = twins(KINDS[1])
    window = window_for(plain)

    with bfloat16_where_native(torch.device("cpu"), wanted=True):
        narrow = batched(window)

    assert largest_error(narrow.detach(), plain(window).detach()) <= 0.05


def test_recomputed_blocks_give_the_same_gradients():
    kept, recomputed = twins({})[1], twins({})[1]
    window = window_for(kept)
    recompute_in_backward(recomputed.blocks)

    for model in (kept, recomputed):
        model(window).square().mean().backward()

    for (name, expected), (_, found) in zip(kept.named_parameters(), recomputed.named_parameters(), strict=True):
        assert torch.equal(expected.grad, found.grad), name


def test_parameters_are_those_of_the_plain_transformer():
    plain = tiny_dit(0)

    assert isinstance(BatchedDiT(plain.config), DiT)
    assert list(BatchedDiT(plain.config).state_dict()) == list(plain.state_dict())


def test_narrow_weights_are_not_trained():
    with pytest.raises(ConfigError, match="e4m3"):
        BatchedDiT(tiny_dit(0, fp8=True).config)
