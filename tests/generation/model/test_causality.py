"""A chunk sees what its range says and nothing else: the correctness test of the model."""

import dataclasses

import pytest
import torch

from generation.model.window import ChunkWindow, PackedText
from tests.support.models import tiny_dit
from tests.support.windows import random_window

FRAMES = 6
# Time positions are rounded to float32 by way of the window's last frame, as in the released model: windows that end
# elsewhere differ by that rounding. A wrong range moves results by 1e-3.
POSITION_TOLERANCE = 5e-6


def in_float64(window: ChunkWindow) -> ChunkWindow:
    text = PackedText(embeddings=window.text.embeddings.double(), lengths=window.text.lengths)
    return dataclasses.replace(window, latents=window.latents.double(), timesteps=window.timesteps.double(), text=text)


def cut(window: ChunkWindow, start: int, stop: int) -> ChunkWindow:
    """Chunks [start, stop) of a window with batch size 1."""
    lengths = window.text.lengths
    rows = slice(sum(lengths[:start]), sum(lengths[:stop]))
    return dataclasses.replace(
        window,
        latents=window.latents[:, :, start * FRAMES : stop * FRAMES],
        timesteps=window.timesteps[:, start:stop],
        text=PackedText(embeddings=window.text.embeddings[rows], lengths=lengths[start:stop]),
        first_chunk=window.first_chunk + start,
        key_ranges=window.key_ranges[start:stop],
    )


# In both, a chunk sees whatever the chunks it sees have seen.
@pytest.mark.parametrize("key_ranges", [((0, 1), (0, 2), (0, 3), (0, 4)), ((0, 1), (1, 2), (1, 3), (3, 4))])
@pytest.mark.parametrize("gated", [False, True])
def test_gradient_of_a_chunk_for_chunks_it_does_not_see_is_exactly_zero(gated, key_ranges):
    model = tiny_dit(3, gated_ffn=gated, duplicate_latents=gated).double()
    window = in_float64(random_window(model.config, chunks=4, key_ranges=key_ranges))
    latents = window.latents.requires_grad_()

    velocity = model(window)

    for chunk, (start, stop) in enumerate(window.key_ranges):
        part = velocity[:, :, chunk * FRAMES : (chunk + 1) * FRAMES].square().sum()
        (gradient,) = torch.autograd.grad(part, latents, retain_graph=True)
        by_chunk = gradient.abs().amax(dim=(0, 1, 3, 4)).view(4, FRAMES).amax(dim=1)
        seen = torch.tensor([start <= other < stop or other == chunk for other in range(4)])
        assert (by_chunk[~seen] == 0).all()
        assert (by_chunk[seen] > 0).all()


def test_model_in_float64_is_float64_throughout():
    model = tiny_dit(3).double()

    assert model(in_float64(random_window(model.config, chunks=1))).dtype == torch.float64


@pytest.mark.parametrize("gradients", [True, False], ids=["plain", "in_place"])
def test_chunk_by_chunk_with_the_cache_equals_all_at_once_with_the_mask(gradients):
    model = tiny_dit(4).double()
    window = in_float64(random_window(model.config, chunks=5, key_ranges=((0, 1), (0, 2), (1, 3), (0, 4), (2, 5))))
    cache = model.make_kv_cache(4, 6)

    with torch.set_grad_enabled(gradients):
        together = model(window)
        apart = [model(cut(window, chunk, chunk + 1), cache, write_chunks=1) for chunk in range(5)]

    torch.testing.assert_close(torch.cat(apart, dim=2), together, rtol=0, atol=POSITION_TOLERANCE)


def test_window_after_dropped_chunks_equals_all_at_once():
    model = tiny_dit(4).double()
    window = in_float64(random_window(model.config, chunks=5, key_ranges=((0, 1), (0, 2), (1, 3), (2, 4), (3, 5))))
    cache = model.make_kv_cache(4, 6)

    with torch.no_grad():
        together = model(window)
        model(cut(window, 0, 3), cache, write_chunks=3)
        cache.drop_before(2)
        after = model(cut(window, 3, 5), cache)

    torch.testing.assert_close(after, together[:, :, 3 * FRAMES :], rtol=0, atol=POSITION_TOLERANCE)


def test_a_chunk_does_not_see_the_text_of_others():
    model = tiny_dit(5)
    window = random_window(model.config, chunks=2, text_lengths=(3, 4))
    other = window.text.embeddings.clone()
    other[3:] += 1

    with torch.no_grad():
        before = model(window)
        changed = dataclasses.replace(window, text=PackedText(embeddings=other, lengths=(3, 4)))
        after = model(changed)

    assert torch.equal(before[:, :, :FRAMES], after[:, :, :FRAMES])
    assert not torch.equal(before[:, :, FRAMES:], after[:, :, FRAMES:])


def test_order_of_text_rows_does_not_matter():
    model = tiny_dit(5)
    window = random_window(model.config, chunks=1, text_lengths=(7,))
    turned = PackedText(embeddings=window.text.embeddings.flip(0), lengths=(7,))

    with torch.no_grad():
        torch.testing.assert_close(model(window), model(dataclasses.replace(window, text=turned)))


def test_same_model_compiles_into_one_graph():
    model = tiny_dit(6, num_layers=1)
    window = random_window(model.config, chunks=2, batch=2)
    compiled = torch.compile(model, backend="eager", fullgraph=True)

    torch.testing.assert_close(compiled(window), model(window))
