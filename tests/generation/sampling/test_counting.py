"""Counting forwards."""

import torch

from generation.model.window import ChunkWindow, PackedText
from generation.sampling.counting import CountedModel
from tests.support.fields import TEXT_DIM, Field


def window(batch, chunks):
    return ChunkWindow(
        latents=torch.zeros(batch, 16, 6 * chunks, 1, 1),
        timesteps=torch.zeros(batch, chunks),
        text=PackedText(embeddings=torch.zeros(0, TEXT_DIM), lengths=(0,) * batch * chunks),
        first_chunk=0,
        key_ranges=tuple((chunk, chunk + 1) for chunk in range(chunks)),
    )


def test_forwards_and_the_chunks_in_them_are_counted_until_asked():
    model = CountedModel(Field(lambda view: view.latents))

    model(window(1, 3))
    model(window(2, 1))

    assert model.take_counts() == (2, 5)
    assert model.take_counts() == (0, 0)


def test_everything_else_is_the_models_own():
    field = Field(lambda view: view.latents + 1)
    model = CountedModel(field)
    keys = model.make_kv_cache(1, 1)

    velocity = model(window(1, 2), keys, write_chunks=1)

    assert model.config is field.config
    assert model.null_text is field.null_text
    assert torch.equal(velocity, torch.ones(1, 16, 12, 1, 1))
    assert list(keys.chunks) == [0]
