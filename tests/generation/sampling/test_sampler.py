"""The denoise loop on fields whose answer is known."""

from itertools import pairwise

import pytest
import torch

from generation.config import ChunkPolicy
from generation.errors import Cancelled, NumericsError, RequestError, StateError
from generation.sampling.noise import draw_chunk_noise
from generation.sampling.sampler import Sampler
from generation.sampling.timesteps import make_timesteps
from tests.support.fields import Field, plain_texts, sampling_of

SHAPE = (1, 16, 6, 2, 2)


def sampler_of(formula, *, num_chunks=3, overrides=None, **settings):
    field = Field(formula, **(overrides or {}))
    return Sampler(field, sampling_of(**settings), plain_texts(num_chunks), weights_hash="weights"), field


def start(sampler, *, num_chunks=3, seed=5, **given):
    return sampler.start(num_chunks=num_chunks, latent_height=2, latent_width=2, seed=seed, **given)


def run(sampler, state, **watch):
    return [chunk.latents for chunk in sampler.run(state, **watch)]


def step_lengths(num_steps):
    return make_timesteps(num_steps).diff().tolist()


@pytest.mark.parametrize("window_size", [1, 2, 4, 8])
def test_a_constant_field_moves_every_chunk_by_itself(window_size):
    sampler, _ = sampler_of(lambda view: torch.full_like(view.latents, 3.0), window_size=window_size)

    chunks = run(sampler, start(sampler))

    assert len(chunks) == 3
    for index, latents in enumerate(chunks):
        assert torch.allclose(latents, draw_chunk_noise(5, index, SHAPE) + 3 * 1.0000001, atol=1e-5)


@pytest.mark.parametrize("num_steps", [8, 12, 16])
def test_a_linear_field_multiplies_once_per_step(num_steps):
    sampler, _ = sampler_of(lambda view: -0.5 * view.latents, num_steps=num_steps)
    factor = torch.tensor([1 - 0.5 * length for length in step_lengths(num_steps)], dtype=torch.float64).prod().item()

    for index, latents in enumerate(run(sampler, start(sampler))):
        assert torch.allclose(latents, factor * draw_chunk_noise(5, index, SHAPE), atol=1e-5)


def test_a_field_of_time_is_asked_at_the_start_of_every_step():
    sampler, _ = sampler_of(lambda view: torch.full_like(view.latents, view.timestep))
    moved = sum(t * length for t, length in zip(make_timesteps(8).tolist(), step_lengths(8), strict=False))

    for index, latents in enumerate(run(sampler, start(sampler))):
        assert torch.allclose(latents, draw_chunk_noise(5, index, SHAPE) + moved, atol=1e-5)


def gaussian_velocity(view):
    """Exact velocity towards a normal distribution with the mean of what the chunk is told and variance 1 / 4."""
    t, mean, variance = view.timestep, view.text.mean(), 0.25
    gain = (t * variance - (1 - t)) / (t * t * variance + (1 - t) ** 2)
    return mean + gain * (view.latents - t * mean)


def test_many_steps_reach_the_distribution_they_are_told():
    sampler, _ = sampler_of(gaussian_velocity, num_steps=256, window_size=2)

    for index, latents in enumerate(run(sampler, start(sampler))):
        expected = index + 1 + 0.5 * draw_chunk_noise(5, index, SHAPE)
        assert torch.allclose(latents, expected, atol=0.05)


def test_a_chunk_does_not_depend_on_how_long_the_clip_is():
    def follow(view):
        past = sum(past.mean() for past in view.past) if view.past else 0.0
        return past - view.latents

    short, _ = sampler_of(follow, num_chunks=3)
    long, _ = sampler_of(follow, num_chunks=6)

    for ours, theirs in zip(run(short, start(short)), run(long, start(long, num_chunks=6)), strict=False):
        assert torch.equal(ours, theirs)


def test_every_step_is_reported():
    sampler, field = sampler_of(lambda view: view.latents, num_steps=8, window_size=4)
    reports = []

    run(sampler, start(sampler), on_step=reports.append)

    assert [(report.stage, report.step) for report in reports] == [(s, e) for s in range(6) for e in range(2)]
    assert sum(report.forwards for report in reports) == len(field.calls)
    assert sum(report.chunk_forwards for report in reports) == sum(call.window.num_chunks for call in field.calls)
    assert reports[-1].progress == 1
    assert all(before.progress < after.progress for before, after in pairwise(reports))


def test_prefix_frames_are_put_back_before_every_forward():
    sampler, field = sampler_of(lambda view: torch.ones_like(view.latents))
    prefix = torch.full((1, 16, 8, 2, 2), 42.0)

    chunks = run(sampler, start(sampler, prefix=prefix))

    for call in field.calls:
        if call.window.first_chunk == 1:
            assert (call.window.latents[:, :, :2] == 42).all()
    assert (chunks[0][:, :, :2] == 42).all()
    assert (chunks[0][:, :, 2:] != 42).all()


def test_chunks_look_at_clean_chunks_as_they_came_out():
    seen = {}

    def formula(view):
        if view.past and view.timestep < 0.999:
            seen.setdefault(float(view.text.mean()), view.past[0])
        return -view.latents

    sampler, _ = sampler_of(formula, window_size=1, attention_span_by_stage=(2,))
    chunks = run(sampler, start(sampler))

    assert torch.equal(seen[2.0], chunks[0][0])
    assert torch.equal(seen[3.0], chunks[1][0])


@pytest.mark.parametrize(("prefix_frames", "shapes"), [(1, [6, 6, 6]), (8, [4, 6, 6]), (12, [6, 6, 6])])
def test_released_and_seamless_clips_differ_in_what_they_emit(prefix_frames, shapes):
    prefix = torch.randn(1, 16, prefix_frames, 2, 2)

    def emitted(policy):
        sampler, _ = sampler_of(lambda view: -view.latents, chunk_policy=policy)
        return [latents.shape[2] for latents in run(sampler, start(sampler, prefix=prefix))]

    assert emitted(ChunkPolicy.REFERENCE) == shapes
    assert emitted(ChunkPolicy.SEAMLESS) == [6, 6, 6]


def test_distilled_models_are_told_the_length_of_every_step():
    sampler, field = sampler_of(lambda view: view.latents, num_steps=12, overrides={"distilled": True}, num_chunks=1)

    run(sampler, start(sampler, num_chunks=1))

    assert [call.window.step_size for call in field.calls] == [4, 8, 8] * 4


def test_nothing_is_made_clean_that_nobody_looks_at():
    sampler, field = sampler_of(lambda view: view.latents, attention_span_by_stage=(1,))

    run(sampler, start(sampler))

    assert all(call.write_chunks == 0 for call in field.calls)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_numbers_that_are_none_stop_the_chunk_by_name(bad):
    def formula(view):
        wrong = view.text.mean() == 2 and view.timestep > 0.2
        return torch.full_like(view.latents, bad) if wrong else view.latents

    sampler, _ = sampler_of(formula)

    with pytest.raises(NumericsError, match=r"velocity .* in chunk 2 at step 1 of stage 5"):
        run(sampler, start(sampler))


def test_latents_that_overflow_are_named_too():
    sampler, _ = sampler_of(lambda view: torch.full_like(view.latents, 3e38), num_chunks=1)
    noise = torch.full((1, 16, 6, 2, 2), 3e38)

    with pytest.raises(NumericsError, match="latents must be finite"):
        run(sampler, start(sampler, num_chunks=1, noise=noise))


def test_stopping_leaves_the_state_as_it_was():
    sampler, _ = sampler_of(lambda view: view.latents)
    state, _ = sampler.advance(start(sampler))
    key, asked = state.key, []

    def should_stop():
        asked.append(None)
        return len(asked) == 2

    with pytest.raises(Cancelled, match="before step 2 of stage 2"):
        sampler.advance(state, should_stop=should_stop)

    assert state.key == key
    again, _ = sampler.advance(state)
    fresh, _ = sampler_of(lambda view: view.latents)
    assert again.key == fresh.advance(state)[0].key


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"weights_hash": "other"}, "weights"),
        ({"texts": plain_texts(4)}, "text"),
        ({"sampling": sampling_of(num_steps=16)}, "settings"),
    ],
)
def test_a_clip_goes_on_with_what_it_began_with(other, what):
    sampler, field = sampler_of(lambda view: view.latents)
    state = start(sampler)
    own = {"sampling": sampling_of(), "texts": plain_texts(3), "weights_hash": "weights", **other}

    stranger = Sampler(field, own["sampling"], own["texts"], weights_hash=own["weights_hash"])

    with pytest.raises(StateError, match=f"other {what}"):
        stranger.advance(state)


def test_a_finished_clip_cannot_be_advanced():
    sampler, _ = sampler_of(lambda view: view.latents, num_chunks=1, window_size=1)
    state, chunk = sampler.advance(start(sampler, num_chunks=1))

    assert chunk.index == 0
    assert state.is_finished
    assert sampler.kept_bytes == 0
    with pytest.raises(StateError, match="all clean"):
        sampler.advance(state)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"num_chunks": 2}, RequestError, r"one text each \(3\), got 2"),
        ({"latent_height": 0}, RequestError, "multiples of 1"),
        ({"prefix": torch.zeros(1, 16, 1, 2, 3)}, RequestError, r"prefix must be \(1, 16, 1, 2, 2\)"),
        ({"prefix": torch.zeros(16, 1, 2, 2)}, RequestError, "prefix must be"),
        ({"noise": torch.zeros(1, 16, 17, 2, 2)}, RequestError, r"noise must be \(1, 16, 18, 2, 2\)"),
        ({"prefix": torch.full((1, 16, 1, 2, 2), float("nan"))}, NumericsError, "prefix must be finite"),
    ],
)
def test_what_does_not_fit_is_refused_at_the_start(given, error, message):
    sampler, _ = sampler_of(lambda view: view.latents)

    with pytest.raises(error, match=message):
        sampler.start(**{"num_chunks": 3, "latent_height": 2, "latent_width": 2, "seed": 1, **given})
