"""The forwards of one step and their mix."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.sampling.conditioning import WindowTexts
from generation.sampling.velocity import NoisyWindow, VelocityPasses, join_chunks, split_chunks
from tests.support.fields import Field, LatentKeys, plain_texts, sampling_of
from tests.support.models import tiny_dit


def noisy_window(timesteps, *, first=0, ranges=None, step_size=None, size=(1, 1)):
    count = len(timesteps)
    latents = torch.arange(1.0, count + 1).repeat_interleave(6).view(1, 1, -1, 1, 1).expand(1, 16, -1, *size)
    return NoisyWindow(
        latents=latents.clone(),
        timesteps=tuple(timesteps),
        key_ranges=tuple(ranges or [(0, first + position + 1) for position in range(count)]),
        first_chunk=first,
        step_size=step_size,
    )


def passes(field, sampling, *, first=0, count=4):
    texts = WindowTexts(plain_texts(count), field, chunks=range(first, first + count), num_prefix_chunks=first)
    return VelocityPasses(field, sampling, texts)


def per_chunk(velocity):
    return split_chunks(velocity, velocity.shape[2] // 6)[:, 0, 0, 0, 0].tolist()


def kind_of(view):
    """1 without a past and text, 10 with a past, 100 with text: tells the three passes apart."""
    told = bool((view.text > 0).any())
    value = 100.0 if told else 10.0 if view.past or not view.null_condition else 1.0
    return torch.full_like(view.latents, value)


def test_splitting_and_joining_are_inverse():
    latents = torch.randn(1, 3, 12, 2, 2)

    chunks = split_chunks(latents, 2)

    assert torch.equal(chunks[1], latents[0, :, 6:])
    assert torch.equal(join_chunks(chunks), latents)


def test_three_passes_are_mixed_by_their_weights():
    sampling = sampling_of(guidance_passes=3, context_guidance=(1.5,) * 5, text_guidance=(4.0,) * 5)
    window = noisy_window([0.5, 0.2], first=2, ranges=[(1, 3), (2, 4)])
    keys = LatentKeys()
    keys.chunks = {1: torch.zeros(16, 6, 1, 1)}

    velocity = passes(Field(kind_of), sampling, first=2).velocity(window, keys)

    assert per_chunk(velocity) == [-0.5 * 1 + -2.5 * 10 + 4 * 100] * 2


def test_each_pass_is_asked_as_the_weights_are_used_to():
    field = Field(kind_of)
    sampling = sampling_of(guidance_passes=3)

    passes(field, sampling, first=3).velocity(noisy_window([0.1, 0.0], first=3, ranges=[(3, 4), (3, 5)]), LatentKeys())

    alone, context, text = (call.window for call in field.calls)
    assert (alone.latents.shape[0], alone.first_chunk, alone.key_ranges) == (2, 0, ((0, 1),))
    assert (alone.null_condition, context.null_condition, text.null_condition) == (True, True, False)
    assert alone.text.lengths == context.text.lengths == (50, 50)
    assert text.text.embeddings[:, 0].tolist() == [1, 2]
    assert context.first_chunk == text.first_chunk == 3
    assert context.key_ranges == text.key_ranges == ((3, 4), (3, 5))
    assert [call.cached for call in field.calls] == [(), (), ()]


def test_passes_without_weight_are_left_out():
    field = Field(kind_of)

    passes(field, sampling_of(guidance_passes=3)).velocity(noisy_window([0.3, 0.4]), LatentKeys())

    assert [call.window.null_condition for call in field.calls] == [True]
    assert field.calls[0].window.latents.shape[0] == 1


def test_guidance_by_text_alone_takes_the_text_pass_alone():
    field = Field(kind_of)
    sampling = sampling_of(guidance_passes=3, context_guidance=(1.0,) * 5, text_guidance=(1.0,) * 5)

    velocity = passes(field, sampling).velocity(noisy_window([0.5, 0.1]), LatentKeys())

    assert per_chunk(velocity) == [100, 100]
    assert [call.window.null_condition for call in field.calls] == [False]


def test_only_chunks_with_weight_are_run_alone():
    field = Field(kind_of)

    passes(field, sampling_of(guidance_passes=3)).velocity(noisy_window([0.3, 0.1, 0.0]), LatentKeys())

    assert field.calls[0].window.timesteps.flatten().tolist() == pytest.approx([0.1, 0.0])
    assert [call.window.num_chunks for call in field.calls[1:]] == [3, 3]


def test_the_text_pass_leaves_out_chunks_that_nobody_in_it_sees():
    field = Field(kind_of)
    window = noisy_window([0.3, 0.1, 0.0], ranges=[(0, 1), (1, 2), (1, 3)])

    passes(field, sampling_of(guidance_passes=3)).velocity(window, LatentKeys())

    text = field.calls[-1].window
    assert (text.first_chunk, text.key_ranges) == (1, ((1, 2), (1, 3)))
    assert text.text.embeddings[:, 0].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("ranges", "asked"), [([(3, 5), (3, 6)], True), ([(3, 5), (5, 6)], False), ([(4, 5), (4, 6)], False)]
)
def test_keys_of_the_text_pass_are_made_only_if_it_looks_back(ranges, asked):
    made = []

    def text_keys():
        made.append(LatentKeys())
        made[0].chunks = {3: torch.zeros(16, 6, 1, 1)}
        return made[0]

    keys = LatentKeys()
    keys.chunks = {3: torch.zeros(16, 6, 1, 1)}
    window = noisy_window([0.3, 0.1], first=4, ranges=ranges)

    passes(Field(kind_of), sampling_of(guidance_passes=3), first=4).velocity(window, keys, text_keys=text_keys)

    assert bool(made) == asked


def test_a_nearly_clean_chunk_is_held_back_from_its_past():
    def formula(view):
        return torch.full_like(view.latents, 10.0 if view.past else 1.0)

    keys = LatentKeys()
    keys.chunks = {1: torch.zeros(16, 6, 1, 1)}
    window = noisy_window([0.5, 0.1], first=2, ranges=[(1, 3), (2, 4)], step_size=4.0)
    field = Field(formula)

    velocity = passes(field, sampling_of(near_clean_context_weight=0.75), first=2).velocity(window, keys)

    assert per_chunk(velocity) == [0.75 * 10 + 0.25 * 1, 10]
    own = field.calls[1].window
    assert (own.first_chunk, own.key_ranges, own.step_size) == (2, ((2, 3),), 4.0)
    assert own.text.embeddings[:, 0].tolist() == [1]
    assert not own.null_condition


@pytest.mark.parametrize(
    ("timestep", "start", "weight", "forwards"),
    [(0.30000001, 0, 0.7, 2), (0.3, 0, 0.7, 1), (0.5, 2, 0.7, 1), (0.5, 0, 1.0, 1)],
)
def test_its_own_view_is_asked_for_only_where_it_matters(timestep, start, weight, forwards):
    field = Field(lambda view: view.latents)
    keys = LatentKeys()
    keys.chunks = {chunk: torch.zeros(16, 6, 1, 1) for chunk in (0, 1)}
    window = noisy_window([timestep], first=2, ranges=[(start, 3)])
    sampling = sampling_of(near_clean_context_weight=weight)

    fast = passes(field, sampling, first=2).velocity(window, keys)

    assert len(field.calls) == forwards
    slow = passes(field, replace(sampling, skip_zero_weight_passes=False), first=2).velocity(window, keys)
    assert torch.allclose(fast, slow)


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_leaving_passes_out_changes_nothing(data):
    model = tiny_dit(3)
    count = data.draw(st.integers(1, 4))
    timesteps = sorted(data.draw(st.lists(st.sampled_from([0.0, 0.05, 0.2, 0.3, 0.8]), min_size=count, max_size=count)))
    ranges = [(data.draw(st.integers(0, position)), position + 1) for position in range(count)]
    window = noisy_window(timesteps[::-1], ranges=ranges, size=(2, 2))
    sampling = sampling_of(guidance_passes=data.draw(st.sampled_from([1, 3])))
    texts = WindowTexts(plain_texts(4), model, chunks=range(count), num_prefix_chunks=0)

    def velocity(sampling):
        keys = model.make_kv_cache(2, 2)
        return VelocityPasses(model, sampling, texts).velocity(window, keys)

    fast, slow = velocity(sampling), velocity(replace(sampling, skip_zero_weight_passes=False))

    assert (fast - slow).abs().max() <= 1e-5 * slow.abs().max()
