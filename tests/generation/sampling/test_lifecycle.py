"""Chunks enter as noise, leave clean, and are forgotten."""

from dataclasses import replace

import pytest
import torch

from generation.config import ChunkPolicy, DiTConfig, NoisePolicy
from generation.errors import StateError
from generation.sampling.lifecycle import end_stage, enter_chunk, impose_prefix, oldest_needed, stage_of
from generation.sampling.noise import draw_chunk_noise, draw_clip_noise
from generation.sampling.state import SamplerState
from tests.support.fields import sampling_of
from tests.support.models import TINY

CONFIG = DiTConfig(**TINY)


def frames(count, value=0.0):
    return torch.full((1, 16, count, 2, 2), float(value))


def clip(**changes):
    """Five chunks to generate after two whole chunks and two frames of prefix."""
    fields = {
        "sampling": sampling_of(),
        "num_chunks": 5,
        "prefix_frames": 14,
        "num_prefix_chunks": 2,
        "stage": 0,
        "seed": 3,
        "text_key": "text",
        "weights_hash": "weights",
        "latents": frames(0),
        "clean": (frames(6, 1), frames(6, 2)),
        "clean_start": 0,
        "prefix": frames(2, 7),
        "noise": frames(0),
    }
    return SamplerState(**{**fields, **changes})


def test_prefix_frames_replace_the_head():
    latents = frames(12, 5)

    imposed = impose_prefix(latents, frames(2, 7))

    assert imposed[0, 0, :, 0, 0].tolist() == [7] * 2 + [5] * 10
    assert torch.equal(latents, frames(12, 5))
    assert impose_prefix(latents, frames(0)) is latents


def test_a_chunk_enters_as_its_own_noise_whatever_the_clips_length():
    short, long = clip(stage=1, latents=frames(6, 5)), clip(stage=1, latents=frames(6, 5), num_chunks=9)

    for state in (short, long):
        entered = enter_chunk(state, stage_of(state), CONFIG)
        assert torch.equal(entered[:, :, :6], state.latents)
        assert torch.equal(entered[:, :, 6:], draw_chunk_noise(3, 1, (1, 16, 6, 2, 2)))


def test_the_single_draw_is_cut_at_the_chunks_place_in_the_clip():
    state = clip(sampling=sampling_of(noise_policy=NoisePolicy.SINGLE_DRAW))

    entered = enter_chunk(state, stage_of(state), CONFIG)

    assert torch.equal(entered, draw_clip_noise(3, (1, 16, 42, 2, 2))[:, :, 12:18])


def test_given_noise_is_used_up_chunk_by_chunk():
    noise = torch.arange(30.0).view(1, 1, 30, 1, 1).expand(1, 16, 30, 2, 2)
    state = clip(noise=noise)

    entered = enter_chunk(state, stage_of(state), CONFIG)
    after, _ = end_stage(state, stage_of(state), entered, CONFIG)

    assert torch.equal(entered, noise[:, :, :6])
    assert torch.equal(after.noise, noise[:, :, 6:])


def test_nothing_enters_while_the_window_drains():
    state = clip(stage=6, latents=frames(18, 5))

    assert enter_chunk(state, stage_of(state), CONFIG) is state.latents


def test_nothing_leaves_while_the_window_fills():
    state = clip()

    after, clean_chunk = end_stage(state, stage_of(state), frames(6, 9), CONFIG)

    assert clean_chunk is None
    assert after.stage == 1
    assert torch.equal(after.latents, frames(6, 9))
    assert torch.equal(after.prefix, state.prefix)


def finish_first(policy, prefix_frames):
    offset = prefix_frames // 6
    state = clip(
        sampling=sampling_of(chunk_policy=policy),
        stage=3,
        prefix_frames=prefix_frames,
        num_prefix_chunks=offset,
        clean=(),
        clean_start=offset,
        prefix=frames(prefix_frames % 6, 7),
    )
    return end_stage(state, stage_of(state), frames(24, 9), CONFIG)


def test_a_finished_chunk_leaves_the_window_and_stays_known():
    after, clean_chunk = finish_first(ChunkPolicy.SEAMLESS, 14)

    assert clean_chunk.index == 0
    assert clean_chunk.latents[0, 0, :, 0, 0].tolist() == [7] * 2 + [9] * 4
    assert torch.equal(after.clean[-1], clean_chunk.latents)
    assert after.latents.shape[2] == 18
    assert after.prefix.shape[2] == 0
    assert after.clean_start + len(after.clean) == stage_of(after).first_chunk


@pytest.mark.parametrize(
    ("prefix_frames", "emitted"), [(0, [9] * 6), (1, [9] * 6), (8, [9] * 4), (12, [9] * 6), (17, [9])]
)
def test_the_released_policy_emits_an_image_moved_and_a_video_not_at_all(prefix_frames, emitted):
    after, clean_chunk = finish_first(ChunkPolicy.REFERENCE, prefix_frames)

    assert clean_chunk.latents[0, 0, :, 0, 0].tolist() == emitted
    # What later chunks look at is exact all the same.
    rest = prefix_frames % 6
    assert after.clean[-1][0, 0, :, 0, 0].tolist() == [7] * rest + [9] * (6 - rest)


@pytest.mark.parametrize("policy", list(ChunkPolicy))
def test_writing_to_an_emitted_chunk_does_not_touch_the_state(policy):
    after, clean_chunk = finish_first(policy, 0)

    clean_chunk.latents.zero_()

    assert torch.equal(after.clean[-1], frames(6, 9))


def test_chunks_out_of_reach_are_forgotten():
    state = clip(stage=3, latents=frames(18), prefix_frames=12, prefix=frames(0))

    after, _ = end_stage(state, stage_of(state), frames(24, 9), CONFIG)

    # Four chunks in flight look back one chunk at least and, while they are noise, four at most.
    assert after.clean_start == 2
    assert len(after.clean) == 1


def test_a_finished_clip_remembers_nothing():
    state = clip(stage=7, latents=frames(6, 5), clean_start=5, clean=(frames(6),))

    after, clean_chunk = end_stage(state, stage_of(state), frames(6, 9), CONFIG)

    assert clean_chunk.index == 4
    assert after.is_finished
    assert after.clean == ()
    assert after.latents.shape == (1, 16, 0, 2, 2)
    assert oldest_needed(state, 8, CONFIG) == after.clean_start == 7


def test_a_finished_clip_has_no_stage_left():
    with pytest.raises(StateError, match="5 chunks are all clean"):
        stage_of(replace(clip(), stage=8))
