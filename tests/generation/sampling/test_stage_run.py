"""One stage while it runs."""

import pytest
import torch

from generation.sampling.lifecycle import end_stage
from generation.sampling.sampler import Sampler
from generation.sampling.stage_run import StageRun
from tests.support.fields import Field, plain_texts, sampling_of

TEXTS = plain_texts(3)


def at_stage(field, stage, *, prefix_frames=0, **settings):
    """The state before a stage, and the field with no calls yet."""
    sampler = Sampler(field, sampling_of(**settings), TEXTS, weights_hash="weights")
    state = sampler.start(
        num_chunks=3, latent_height=1, latent_width=1, seed=1, prefix=torch.ones(1, 16, prefix_frames, 1, 1)
    )
    for _ in range(stage):
        state, _ = sampler.advance(state)
    field.calls.clear()
    return state


def first_step(field, state):
    run = StageRun(field, state, TEXTS)
    keys = run.clean_keys()
    return run, keys, run.take_step(0, run.enter_chunk(), keys.cache)


@pytest.fixture
def field():
    return Field(lambda view: torch.ones_like(view.latents))


def test_the_text_pass_of_the_first_step_has_its_own_view_of_the_new_clean_chunk(field):
    state = at_stage(field, 4, guidance_passes=3)

    run, keys, report = first_step(field, state)
    run.take_step(1, report.latents, keys.cache)

    writes = [(index, call.window.null_condition) for index, call in enumerate(field.calls) if call.write_chunks]
    # Once for all passes, once more right before the text pass of the first step, never in the second.
    assert writes == [(0, True), (3, False)]
    assert report.forwards == 5


def test_prefix_chunks_look_the_same_to_every_pass(field):
    state = at_stage(field, 0, guidance_passes=3, prefix_frames=12)

    first_step(field, state)

    assert [call.window.null_condition for call in field.calls if call.write_chunks] == [True, True]


def test_no_fork_is_made_where_the_text_has_no_weight(field):
    state = at_stage(field, 5, guidance_passes=3)

    first_step(field, state)

    assert [call.window.null_condition for call in field.calls] == [True, True]


def test_kept_keys_are_continued_by_the_missing_chunk_only(field):
    state = at_stage(field, 4, num_steps=4)
    run = StageRun(field, state, TEXTS)
    keys = run.clean_keys()
    latents = run.take_step(0, run.enter_chunk(), keys.cache).latents
    after, _ = end_stage(state, run.stage, latents, field.config)
    field.calls.clear()

    continued = StageRun(field, after, TEXTS).clean_keys(keys)

    assert [call.window.first_chunk for call in field.calls] == [1]
    assert continued.stop == 2
    assert list(continued.cache.chunks) == [1]


def test_a_step_moves_by_the_velocity_of_every_chunk(field):
    state = at_stage(field, 1)
    run = StageRun(field, state, TEXTS)
    latents = run.enter_chunk()

    report = run.take_step(0, latents, run.clean_keys().cache)

    lengths = [after - before for before, after in zip(report.timesteps, report.next_timesteps, strict=True)]
    moved = (report.latents - latents)[0, 0, ::6, 0, 0].tolist()
    assert moved == pytest.approx(lengths, abs=1e-6)
    assert torch.equal(report.velocity, torch.ones_like(latents))
    assert (report.first_chunk, report.stop_chunk, report.key_ranges) == (0, 2, ((0, 1), (0, 2)))
