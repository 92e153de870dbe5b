"""Clean chunks on their way into the cache."""

import pytest
import torch

from generation.sampling.clean_keys import CleanPasses
from generation.sampling.conditioning import WindowTexts
from tests.support.fields import Field, LatentKeys, plain_texts, sampling_of


def clean_passes(field, **settings):
    texts = WindowTexts(plain_texts(1), field, chunks=range(0), num_prefix_chunks=0)
    return CleanPasses(field, sampling_of(**settings), texts, num_prefix_chunks=0)


def chunk(value):
    return torch.full((1, 16, 6, 1, 1), float(value))


@pytest.fixture
def field():
    return Field(lambda view: view.latents)


def test_every_clean_chunk_has_a_forward_of_its_own(field):
    keys = LatentKeys()

    clean_passes(field).write(keys, [chunk(3), chunk(4)], first_chunk=3)

    assert [call.window.first_chunk for call in field.calls] == [3, 4]
    assert [call.write_chunks for call in field.calls] == [1, 1]
    assert [keys.chunks[index].mean().item() for index in (3, 4)] == [3, 4]


def test_clean_chunks_are_almost_at_one_and_told_nothing(field):
    clean_passes(field).write(LatentKeys(), [chunk(0)], first_chunk=0)

    window = field.calls[0].window
    assert window.timesteps.item() == pytest.approx(0.9999)
    assert window.text.lengths == (50,)
    assert not window.text.embeddings.any()


@pytest.mark.parametrize(("guidance_passes", "null_condition"), [(3, True), (1, False)])
def test_keys_are_those_of_the_context_pass_where_there_is_one(field, guidance_passes, null_condition):
    clean_passes(field, guidance_passes=guidance_passes).write(LatentKeys(), [chunk(0)], first_chunk=0)

    assert field.calls[0].window.null_condition is null_condition


def test_the_text_pass_has_its_own_condition(field):
    clean_passes(field, guidance_passes=3).write_as_text_pass_sees_it(LatentKeys(), chunk(0), chunk=0)

    assert field.calls[0].window.null_condition is False


@pytest.mark.parametrize(("num_steps", "step_size"), [(16, 8), (12, 4)])
def test_distilled_models_see_the_step_size_of_the_first_step(num_steps, step_size):
    field = Field(lambda view: view.latents, distilled=True)

    clean_passes(field, num_steps=num_steps).write(LatentKeys(), [chunk(0)], first_chunk=0)

    assert field.calls[0].window.step_size == step_size


def test_other_models_see_no_step_size(field):
    clean_passes(field).write(LatentKeys(), [chunk(0)], first_chunk=0)

    assert field.calls[0].window.step_size is None


def test_a_clean_span_looks_back_as_far_as_is_known(field):
    clean_passes(field, clean_attention_span=3).write(
        LatentKeys(), [chunk(index) for index in range(4, 8)], first_chunk=4, history_start=4
    )

    assert [call.window.key_ranges for call in field.calls] == [((4, 5),), ((4, 6),), ((4, 7),), ((5, 8),)]


def test_prefix_latents_keep_their_dtype(field):
    clean_passes(field).write(LatentKeys(), [chunk(0).bfloat16()], first_chunk=0)

    assert field.calls[0].window.latents.dtype == torch.bfloat16
