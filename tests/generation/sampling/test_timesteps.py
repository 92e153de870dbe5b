"""The schedule, to the last bit."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from generation.config import SamplingConfig
from generation.errors import ConfigError
from generation.sampling.timesteps import make_timesteps, shifted_square, step_size_of
from generation.verification.transformer.schedules import check_schedules
from tests.support.golden import golden_case, require_agreement


def test_schedules_and_intervals_are_the_released_ones_to_the_last_bit():
    made = {comparison.what for comparison in require_agreement(check_schedules(golden_case("dit/schedules")))}

    assert {"t sd3_64_any", "t sd3_12_16,16,8", "t piecewise_16", "t sd3_shift1_16", "interval_12_8,16,16"} <= made


@given(num_steps=st.integers(1, 200))
def test_timesteps_rise_from_noise_to_clean(num_steps):
    timesteps = make_timesteps(num_steps)

    assert timesteps.shape == (num_steps + 1,)
    assert timesteps[0] == 0
    assert timesteps[-1] == pytest.approx(1)
    assert (timesteps.diff() > 0).all()


def test_the_third_quarter_lies_just_above_its_threshold():
    assert make_timesteps(16)[12].item() > 0.3


@pytest.mark.parametrize("num_steps", [8, 16, 32, 64])
def test_a_step_size_is_half_the_number_of_steps(num_steps):
    sampling = SamplingConfig(num_steps=num_steps)

    assert {step_size_of(sampling, step) for step in range(sampling.steps_per_stage)} == {num_steps / 2}


@pytest.mark.parametrize(("intervals", "sizes"), [((2, 1, 1), [4, 8, 8]), ((1, 1, 2), [8, 8, 4])])
def test_twelve_steps_mix_two_step_sizes(intervals, sizes):
    sampling = SamplingConfig(num_steps=12, twelve_step_intervals=intervals)

    assert [step_size_of(sampling, step) for step in range(3)] == sizes


def test_twelve_steps_repeat_their_sizes_in_every_quarter_of_a_long_stage():
    sampling = SamplingConfig(num_steps=12, window_size=1)

    assert [step_size_of(sampling, step) for step in range(12)] == [4, 8, 8] * 4


def test_a_schedule_without_steps_is_refused():
    with pytest.raises(ConfigError, match="num_steps must be at least 1, got 0"):
        make_timesteps(0)


@pytest.mark.parametrize("intervals", [(4, 0, 0), (2, 2, 1)])
def test_intervals_that_do_not_fill_a_quarter_are_refused(intervals):
    with pytest.raises(ConfigError, match="sum to 4"):
        make_timesteps(12, intervals)


def test_a_shift_below_one_is_refused():
    with pytest.raises(ConfigError, match="shift must be at least 1"):
        shifted_square(torch.linspace(0, 1, 3), shift=0.5)
