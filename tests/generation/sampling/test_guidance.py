"""How strongly chunks are guided, and which forwards that takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.config import SamplingConfig
from generation.sampling.guidance import pass_weights, positions_to_run
from generation.sampling.timesteps import make_timesteps


@pytest.mark.parametrize("timestep", [0.0, 0.0217391, 0.1, 0.2999])
def test_the_first_three_quarters_are_guided_by_past_and_text(timestep):
    weights = pass_weights(SamplingConfig(), timestep)

    assert (weights.none, weights.context, weights.text) == (-0.5, -6.0, 7.5)


@pytest.mark.parametrize("timestep", [0.3, 0.5, 0.9999])
def test_the_last_quarter_follows_the_past_alone(timestep):
    weights = pass_weights(SamplingConfig(), timestep)

    assert (weights.none, weights.context, weights.text) == (0.0, 1.0, 0.0)


def test_a_level_begins_at_its_threshold_up_to_rounding():
    sampling = SamplingConfig(
        guidance_timesteps=(0.0, 0.1, 0.3), context_guidance=(1.0, 2.0, 3.0), text_guidance=(0.0, 0.0, 0.0)
    )
    timesteps = make_timesteps(8)

    assert [pass_weights(sampling, timesteps[index].item()).context for index in (0, 3, 4, 5, 6)] == [1, 1, 2, 2, 3]


@given(timestep=st.floats(0, 1))
def test_weights_sum_to_one(timestep):
    weights = pass_weights(SamplingConfig(), timestep)

    assert weights.none + weights.context + weights.text == pytest.approx(1)


@st.composite
def windows(draw):
    """Weights and key ranges of a window that begins at some chunk of a clip."""
    first = draw(st.integers(0, 3))
    count = draw(st.integers(1, 5))
    weights = draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=count, max_size=count))
    ranges = [
        (max(0, first + position + 1 - draw(st.integers(1, 5))), first + position + 1) for position in range(count)
    ]
    return weights, ranges, first


@given(window=windows())
def test_a_pass_runs_what_has_weight_and_everything_that_those_see(window):
    weights, ranges, first = window

    run = positions_to_run(weights, ranges, first, skip_zero_weights=True)

    wanted = {position for position, weight in enumerate(weights) if weight}
    assert wanted <= set(run)
    for position in run:
        assert set(range(max(0, ranges[position][0] - first), position)) <= set(run)
    if wanted:
        assert run.stop == max(wanted) + 1
    else:
        assert len(run) == 0


def test_leading_chunks_that_nobody_sees_are_left_out():
    run = positions_to_run([0, 1, 0], [(4, 5), (5, 6), (4, 7)], 4, skip_zero_weights=True)

    assert run == range(1, 2)


def test_leading_chunks_that_are_seen_run_along():
    run = positions_to_run([0, 0, 1], [(3, 5), (4, 6), (5, 7)], 4, skip_zero_weights=True)

    assert run == range(3)


def test_the_slow_way_runs_everything():
    assert positions_to_run([0, 0], [(0, 1), (0, 2)], 0, skip_zero_weights=False) == range(2)
