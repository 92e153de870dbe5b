"""A clip half-way, to disk and back."""

import pickle
from dataclasses import replace

import pytest
import torch

from generation.config import ChunkPolicy, NoisePolicy, SamplingConfig
from generation.errors import StateError, StorageError
from generation.sampling.sealed import seal, unseal
from generation.sampling.state import SamplerState


@pytest.fixture
def state():
    generator = torch.Generator().manual_seed(0)

    def latents(frames):
        return torch.randn(1, 16, frames, 2, 4, generator=generator)

    return SamplerState(
        sampling=SamplingConfig(num_steps=12, twelve_step_intervals=(1, 1, 2), near_clean_context_weight=0.1),
        num_chunks=5,
        prefix_frames=14,
        num_prefix_chunks=2,
        stage=2,
        seed=2**63 - 1,
        text_key="text",
        weights_hash="weights",
        latents=latents(12),
        clean=(latents(6).bfloat16(), latents(6)),
        clean_start=0,
        prefix=latents(2).bfloat16(),
        noise=latents(18),
    )


def test_a_state_comes_back_as_it_was(state):
    back = SamplerState.from_bytes(state.to_bytes())

    assert back.key == state.key
    assert back.to_bytes() == state.to_bytes()
    assert back.sampling == state.sampling
    assert back.seed == state.seed
    assert torch.equal(back.latents, state.latents)
    assert [part.dtype for part in back.clean] == [torch.bfloat16, torch.float32]
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(back.clean, state.clean, strict=True))


def test_policies_survive(state):
    sampling = replace(state.sampling, noise_policy=NoisePolicy.SINGLE_DRAW, chunk_policy=ChunkPolicy.REFERENCE)

    assert SamplerState.from_bytes(replace(state, sampling=sampling).to_bytes()).sampling == sampling


def test_a_state_knows_its_place(state):
    assert state.total_chunks == 7
    assert state.num_stages == 8
    assert not state.is_finished
    assert replace(state, stage=8).is_finished


@pytest.mark.parametrize(("stage", "finished"), [(0, 0), (3, 0), (4, 1), (7, 4), (8, 5)])
def test_a_state_knows_how_many_chunks_came_out(state, stage, finished):
    assert replace(state, stage=stage).num_finished_chunks == finished


def test_a_state_is_kept_in_a_file(state, tmp_path):
    state.save(tmp_path / "clip" / "state.safetensors")

    assert SamplerState.load(tmp_path / "clip" / "state.safetensors").key == state.key
    with pytest.raises(StorageError, match="must be readable"):
        SamplerState.load(tmp_path / "nothing")


def test_a_state_knows_its_size(state):
    assert state.nbytes == 16 * 2 * 4 * (12 * 4 + 6 * 2 + 6 * 4 + 2 * 2 + 18 * 4)


@pytest.mark.parametrize(
    "change",
    [{"stage": 3}, {"seed": 1}, {"text_key": "other"}, {"latents": torch.zeros(1, 16, 12, 2, 4)}, {"clean_start": 1}],
)
def test_the_key_names_the_content(state, change):
    assert replace(state).key == state.key
    assert replace(state, **change).key != state.key


def test_damaged_states_are_refused(state):
    blob = state.to_bytes()

    for damaged in (blob[:-1], blob[: len(blob) // 2], b"", pickle.dumps({"stage": 2}), blob[:-4] + b"abcd"):
        with pytest.raises(StateError):
            SamplerState.from_bytes(damaged)


def sealed_with(state, **changes):
    tensors, header = unseal("sampler state", state.to_bytes())
    return seal("sampler state", tensors, {**header, **changes})


def test_a_state_of_another_version_is_refused(state):
    with pytest.raises(StateError, match="version 1, got 2"):
        SamplerState.from_bytes(sealed_with(state, version=2))


@pytest.mark.parametrize("changes", [{"sampling": {}}, {"num_clean": 3}, {"sampling": {"noise_policy": "loud"}}])
def test_an_incomplete_state_is_refused(state, changes):
    with pytest.raises(StateError, match="must be complete"):
        SamplerState.from_bytes(sealed_with(state, **changes))


def test_impossible_settings_are_refused(state):
    _, header = unseal("sampler state", state.to_bytes())

    with pytest.raises(StateError, match="window_size"):
        SamplerState.from_bytes(sealed_with(state, sampling={**header["sampling"], "window_size": 5}))
