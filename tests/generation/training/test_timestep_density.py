"""Where a transformer is trained along the way from noise to clean."""

import pytest
import torch

from generation.errors import ConfigError
from generation.sampling.timesteps import shifted_square
from generation.training.timestep_density import (
    TimestepDensity,
    draw_chunk_timesteps,
    draw_independent,
    draw_stages,
    schedule_timestep,
    share_below,
)

PAPER = TimestepDensity(schedule_share=0, zero_share=0)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    ("timestep", "share", "tolerance"),
    [(0.3, 0.6925, 0.002), (0.1, 0.014, 0.0005), (0.05, 0.0001, 0.0001), (0.6, 1 - 0.0013, 0.0003)],
)
def test_paper_density_has_the_published_shares(timestep, share, tolerance):
    assert share_below(PAPER, timestep, draws=1_000_000, generator=generator()) == pytest.approx(share, abs=tolerance)


def test_mixture_visits_the_noisy_end_where_inference_spends_half_its_steps():
    mixture = TimestepDensity()

    # 0.3 of the draws even in the schedule, half of which lies below 0.1, and 0.02 at 0.
    expected = 0.68 * 0.014 + 0.3 * 0.5 + 0.02
    assert share_below(mixture, 0.1, draws=400_000, generator=generator()) == pytest.approx(expected, abs=0.003)
    assert (draw_independent((100_000,), mixture, generator()) == 0).float().mean() == pytest.approx(0.02, abs=0.002)


def test_schedule_is_the_samplers():
    u = torch.linspace(0, 1, 65)

    torch.testing.assert_close(schedule_timestep(u), shifted_square(u))


@pytest.mark.parametrize("chunks", [1, 2, 4, 6])
@pytest.mark.parametrize("staircase_share", [0.0, 0.5, 1.0])
def test_earlier_chunks_are_never_noisier(chunks, staircase_share):
    density = TimestepDensity(staircase_share=staircase_share)

    timesteps = draw_chunk_timesteps(500, chunks, density, generator())

    assert timesteps.shape == (500, chunks)
    assert (timesteps.diff(dim=1) <= 0).all()
    assert (timesteps >= 0).all()
    assert (timesteps < 1).all()


@pytest.mark.parametrize("chunks", [1, 2, 3, 4])
def test_stages_of_inference_are_all_visited(chunks):
    stages = draw_stages(400, chunks, window_size=4, generator=generator())

    assert (stages.diff(dim=1) == -1).all()
    assert set(stages[:, -1].tolist()) == set(range(5 - chunks))
    assert set(stages[:, 0].tolist()) == set(range(chunks - 1, 4))


def test_staircase_of_a_single_chunk_is_even_along_the_schedule():
    density = TimestepDensity(staircase_share=1)

    timesteps = draw_chunk_timesteps(20_000, 1, density, generator())

    for quarter, border in ((0.25, 0.0217), (0.5, 0.1), (0.75, 0.3)):
        assert (timesteps < border).float().mean() == pytest.approx(quarter, abs=0.01)


def test_staircase_chunks_stand_a_quarter_of_the_schedule_apart():
    timesteps = draw_chunk_timesteps(50, 4, TimestepDensity(staircase_share=1), generator())

    # The inverse of the schedule.
    u = (3 * timesteps / (1 + 2 * timesteps)).sqrt()
    torch.testing.assert_close(u.diff(dim=1), torch.full((50, 3), -0.25), atol=2e-3, rtol=0)


@pytest.mark.parametrize(
    "fields",
    [
        {"schedule_share": -0.1}, {"schedule_share": 0.99}, {"logit_std": 0.0}, {"shift": 0.0}, {"shift": 1.1},
        {"window_size": 0}, {"staircase_share": 2.0},
    ],
)  # fmt: skip
def test_contradictions_are_refused(fields):
    with pytest.raises(ConfigError):
        TimestepDensity(**fields)


@pytest.mark.parametrize(("timestep", "draws"), [(float("nan"), 10), (0.5, 0)])
def test_share_of_nothing_is_refused(timestep, draws):
    with pytest.raises(ConfigError):
        share_below(PAPER, timestep, draws=draws, generator=generator())
