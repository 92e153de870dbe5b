"""Long clips cost no more per chunk than short ones."""

import pytest

from generation.config import SamplingConfig
from generation.sampling.sampler import Sampler
from tests.support.fields import plain_texts
from tests.support.models import tiny_dit

NUM_CHUNKS = 60


@pytest.mark.parametrize(("clean_span", "chunks_known"), [(1, 1), (2, 2)])
def test_memory_and_work_per_chunk_do_not_grow_with_the_clip(clean_span, chunks_known):
    model = tiny_dit(1, num_layers=2)
    sampling = SamplingConfig(num_steps=4, guidance_passes=1, clean_attention_span=clean_span)
    sampler = Sampler(model, sampling, plain_texts(NUM_CHUNKS), weights_hash="tiny")
    state = sampler.start(num_chunks=NUM_CHUNKS, latent_height=2, latent_width=2, seed=1)
    costs, forwards = set(), []

    while not state.is_finished:
        state, _ = sampler.advance(state, on_step=lambda report: forwards.append(report.chunk_forwards))
        # From when the window is full and the past deep enough until the window drains.
        if 4 + chunks_known < state.stage < NUM_CHUNKS - 1:
            assert len(state.clean) == chunks_known
            costs.add((state.nbytes, sampler.kept_bytes, len(state.to_bytes()) // 100, forwards[-1]))

    assert len(costs) == 1
