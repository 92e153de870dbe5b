"""Who sees whom, and what must be remembered for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.config import SamplingConfig
from generation.sampling.visibility import (
    attention_span,
    clean_attention_span,
    clean_reach,
    key_range,
    key_ranges,
)
from generation.sampling.window import plan_stages

spans = st.one_of(st.just(()), st.tuples(*[st.integers(1, 6)] * 4))
samplings = st.builds(
    SamplingConfig,
    num_steps=st.just(8),
    window_size=st.sampled_from([1, 2, 4, 8]),
    attention_span_by_stage=spans,
    clean_attention_span=st.sampled_from([-1, 1, 2, 3]),
)
clips = st.fixed_dictionaries({"num_chunks": st.integers(1, 9), "first_chunk": st.integers(0, 7)})


def test_spans_shrink_with_the_quarters_of_the_schedule():
    sampling = SamplingConfig(num_steps=16)

    assert [attention_span(sampling, index) for index in range(0, 16, 4)] == [5, 4, 3, 2]
    assert attention_span(sampling, 3) == 5


def test_a_span_of_one_at_high_noise_starts_a_new_shot():
    sampling = SamplingConfig(num_steps=8, attention_span_by_stage=(1, 1, 8, 8))

    assert key_range(sampling, chunk=5, schedule_index=0) == (5, 6)
    assert key_range(sampling, chunk=5, schedule_index=4) == (0, 6)


@given(sampling=samplings, clip=clips)
def test_a_chunk_sees_itself_and_at_most_its_span_before(sampling, clip):
    for stage in plan_stages(clip["num_chunks"], sampling.window_size, clip["first_chunk"]):
        for step in range(sampling.steps_per_stage):
            for chunk, block, (start, stop) in zip(
                stage.chunks, stage.blocks, key_ranges(sampling, stage, step), strict=True
            ):
                span = attention_span(sampling, block * sampling.steps_per_stage + step)
                assert stop == chunk + 1
                assert 0 <= start <= chunk
                assert span is None or stop - start <= span


@pytest.mark.parametrize(
    ("noisy", "clean", "in_prefix", "span"),
    [
        ((5, 4, 3, 2), 1, False, 1),
        ((5, 4, 3, 2), -1, True, 2),
        ((), 1, False, None),
        ((), -1, False, None),
        ((), -1, True, 8),
        ((), 3, True, 3),
    ],
)
def test_clean_chunks_have_a_span_of_their_own(noisy, clean, in_prefix, span):
    sampling = SamplingConfig(num_steps=8, attention_span_by_stage=noisy, clean_attention_span=clean)

    assert clean_attention_span(sampling, in_prefix=in_prefix) == span


@given(sampling=samplings, clip=clips, num_layers=st.integers(1, 4))
def test_nothing_is_forgotten_that_is_looked_at_later(sampling, clip, num_layers):
    first = clip["first_chunk"]
    total = first + clip["num_chunks"]
    stages = plan_stages(clip["num_chunks"], sampling.window_size, first)
    for stage in stages:
        reach = clean_reach(sampling, stage, total_chunks=total, num_layers=num_layers)
        looked_at = [
            start
            for later in stages[stage.index :]
            for step in range(sampling.steps_per_stage)
            for start, _ in key_ranges(sampling, later, step)
        ]
        assert reach.replay_start <= reach.keys_start <= stage.first_chunk
        assert min(looked_at) >= stage.first_chunk or reach.keys_start <= min(looked_at)


@given(sampling=samplings, clip=clips)
def test_what_is_out_of_reach_stays_out_of_reach(sampling, clip):
    first = clip["first_chunk"]
    stages = plan_stages(clip["num_chunks"], sampling.window_size, first)
    reaches = [clean_reach(sampling, stage, total_chunks=first + clip["num_chunks"], num_layers=3) for stage in stages]

    assert [reach.keys_start for reach in reaches] == sorted(reach.keys_start for reach in reaches)
    assert [reach.replay_start for reach in reaches] == sorted(reach.replay_start for reach in reaches)


def test_released_spans_remember_one_clean_chunk():
    stages = plan_stages(60, 4)

    for stage in stages[4:-4]:
        reach = clean_reach(SamplingConfig(), stage, total_chunks=60, num_layers=34)
        assert reach.keys_start == reach.replay_start == stage.first_chunk - 1


def test_longer_clean_spans_are_replayed_as_far_as_the_layers_reach():
    sampling = replace(SamplingConfig(), clean_attention_span=3)
    stage = plan_stages(60, 4)[40]

    reach = clean_reach(sampling, stage, total_chunks=60, num_layers=4)

    assert reach.keys_start == stage.first_chunk - 3
    assert reach.replay_start == stage.first_chunk - 1 - 3 * 2


def test_without_a_limit_everything_is_remembered():
    sampling = replace(SamplingConfig(), attention_span_by_stage=())
    stage = plan_stages(60, 4)[40]

    reach = clean_reach(sampling, stage, total_chunks=60, num_layers=4)

    assert reach.keys_start == reach.replay_start == 0
