"""A clip that is interrupted anywhere goes on with the same bytes."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from generation.config import SamplingConfig
from generation.errors import Cancelled
from generation.model.precision import cast_for_inference
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.sampling.state import SamplerState
from tests.support.models import TINY, tiny_dit

ROOT = Path(__file__).resolve().parents[3]
NUM_CHUNKS = 4
KILLS_PER_CLIP = 3


def texts():
    generator = torch.Generator().manual_seed(1)
    prompts = [torch.randn(3 + index, TINY["text_dim"], generator=generator) for index in range(NUM_CHUNKS)]
    return ChunkTexts.of(prompts, negative=prompts[0][:2])


def new_sampler(sampling, *, distilled, num_layers=2):
    return Sampler(tiny_dit(7, num_layers=num_layers, distilled=distilled), sampling, texts(), weights_hash="tiny")


def begin(sampler, prefix_frames):
    prefix = torch.randn(1, 16, prefix_frames, 4, 4, generator=torch.Generator().manual_seed(2))
    return sampler.start(num_chunks=NUM_CHUNKS, latent_height=4, latent_width=4, seed=3, prefix=prefix)


def whole_clip(sampler, state):
    """Every state of a clip that is never interrupted, and its chunks by the stage that finished them."""
    states, chunks = [state], {}
    while not state.is_finished:
        state, chunk = sampler.advance(state)
        states.append(state)
        if chunk is not None:
            chunks[state.stage] = chunk
    return states, chunks


def assert_same(sampler, state, states, chunks, *, num_stages=2):
    """Advance from a state: first without kept keys, then with them. Equal states go on equally."""
    for _ in range(min(num_stages, state.num_stages - state.stage)):
        state, chunk = sampler.advance(state)
        assert (chunk is None) == (state.stage not in chunks)
        if chunk is not None:
            assert chunk.index == chunks[state.stage].index
            assert chunk.latents.numpy().tobytes() == chunks[state.stage].latents.numpy().tobytes()
        assert state.to_bytes() == states[state.stage].to_bytes()


@pytest.mark.parametrize("guidance_passes", [1, 3], ids=["distilled", "base"])
@pytest.mark.parametrize("prefix_frames", [0, 1, 8], ids=["no prefix", "image", "video"])
@pytest.mark.parametrize("window_size", [1, 2, 4])
def test_a_clip_goes_on_byte_for_byte_wherever_it_was_killed(window_size, prefix_frames, guidance_passes):
    sampling = SamplingConfig(num_steps=4, window_size=window_size, guidance_passes=guidance_passes)
    sampler = new_sampler(sampling, distilled=guidance_passes == 1)
    states, chunks = whole_clip(sampler, begin(sampler, prefix_frames))
    assert len(chunks) == NUM_CHUNKS

    kills = random.Random(f"{window_size} {prefix_frames} {guidance_passes}").sample(states[:-1], KILLS_PER_CLIP)
    for state in kills:
        restored = SamplerState.from_bytes(state.to_bytes())
        assert_same(new_sampler(sampling, distilled=guidance_passes == 1), restored, states, chunks)


@pytest.mark.parametrize("clean_span", [2, 3, -1])
@pytest.mark.parametrize("spans", [(3, 2, 2, 2), ()])
def test_longer_clean_spans_are_replayed_byte_for_byte(clean_span, spans):
    sampling = SamplingConfig(
        num_steps=4, window_size=2, attention_span_by_stage=spans, clean_attention_span=clean_span
    )
    sampler = new_sampler(sampling, distilled=False, num_layers=3)
    states, chunks = whole_clip(sampler, begin(sampler, 20))

    for state in states[1:-1:3]:
        assert_same(new_sampler(sampling, distilled=False, num_layers=3), state, states, chunks)


def test_bfloat16_models_go_on_byte_for_byte():
    model = tiny_dit(7, num_layers=2)
    cast_for_inference(model, torch.bfloat16)
    sampling = SamplingConfig(num_steps=4, window_size=2)
    sampler = Sampler(model, sampling, texts(), weights_hash="tiny")
    states, chunks = whole_clip(sampler, begin(sampler, 8))

    for state in states[1:-1:2]:
        assert_same(Sampler(model, sampling, texts(), weights_hash="tiny"), state, states, chunks)


@pytest.mark.gpu
def test_a_clip_on_a_gpu_goes_on_byte_for_byte_and_agrees_with_the_cpu():
    sampling = SamplingConfig(num_steps=4, window_size=2)
    model = tiny_dit(7, num_layers=2).to("cuda")
    sampler = Sampler(model, sampling, texts(), weights_hash="tiny")
    states, chunks = whole_clip(sampler, begin(sampler, 8))
    on_cpu = new_sampler(sampling, distilled=False)
    _, expected = whole_clip(on_cpu, begin(on_cpu, 8))

    for state in states[1:-1:2]:
        assert_same(Sampler(model, sampling, texts(), weights_hash="tiny"), state, states, chunks)
    for stage, chunk in chunks.items():
        torch.testing.assert_close(chunk.latents, expected[stage].latents, rtol=1e-3, atol=1e-3)


def test_a_stage_that_was_stopped_half_way_can_be_run_again():
    sampling = SamplingConfig(num_steps=8, window_size=2)
    sampler = new_sampler(sampling, distilled=False)
    states, chunks = whole_clip(sampler, begin(sampler, 8))

    state, _ = sampler.advance(sampler.advance(states[0])[0])
    answers = iter([False, False, True])
    with pytest.raises(Cancelled):
        sampler.advance(state, should_stop=lambda: next(answers))

    assert_same(sampler, state, states, chunks)


def test_clips_that_take_turns_do_not_mix():
    sampling = SamplingConfig(num_steps=4, window_size=2)
    sampler = new_sampler(sampling, distilled=False)
    ours, theirs = begin(sampler, 0), begin(sampler, 8)
    apart = [whole_clip(sampler, state)[0] for state in (ours, theirs)]

    for stage in range(1, len(apart[0])):
        ours, _ = sampler.advance(ours)
        theirs, _ = sampler.advance(theirs)
        assert (ours.key, theirs.key) == (apart[0][stage].key, apart[1][stage].key)


CHILD = """
import sys
import torch
from generation.sampling.state import SamplerState
from tests.generation.sampling.test_sampler_resume import new_sampler

torch.set_num_threads(int(sys.argv[1]))
state = SamplerState.from_bytes(sys.stdin.buffer.read())
for chunk in new_sampler(state.sampling, distilled=False).run(state):
    sys.stdout.buffer.write(chunk.latents.numpy().tobytes())
"""


def test_another_process_goes_on_byte_for_byte():
    sampling = SamplingConfig(num_steps=4, window_size=4)
    sampler = new_sampler(sampling, distilled=False)
    states, chunks = whole_clip(sampler, begin(sampler, 8))

    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(torch.get_num_threads())],
        input=states[4].to_bytes(),
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=120,
    )

    expected = [chunk.latents.numpy().tobytes() for stage, chunk in sorted(chunks.items()) if stage > 4]
    assert child.stdout == b"".join(expected)
