"""Latents of mean 0 and deviation 1 by a change of weights that nobody sees."""

import pytest
import torch

from generation.errors import WeightsError
from generation.training.frames import to_video
from generation.training.latent_statistics import (
    LatentStatistics,
    measure_latents,
    read_statistics,
    save_statistics,
    standardise_latents,
)
from tests.support.training import clips, tiny_trained_vae


@pytest.fixture
def frames():
    return clips(0, count=9, frames=24).frames


def odd_vae():
    """Channels of very different means and deviations."""
    vae = tiny_trained_vae()
    vae.encoder.to_moments.weight[:4] *= torch.tensor([[0.2], [1.0], [5.0], [2.0]])
    vae.encoder.to_moments.bias[:4] += torch.tensor([5.0, -3.0, 0.0, 1.0])
    return vae


def test_standardised_latents_have_mean_0_and_deviation_1(frames):
    vae = odd_vae()

    standardise_latents(vae, measure_latents(vae, frames))

    after = measure_latents(vae, frames)
    assert after.mean == pytest.approx((0,) * 4, abs=1e-3)
    assert after.deviation == pytest.approx((1,) * 4, abs=1e-3)


def test_videos_come_out_as_before(frames):
    plain, standardised = odd_vae(), odd_vae()
    video = to_video(frames)

    standardise_latents(standardised, measure_latents(plain, frames))

    before, after = (vae.decode(vae.encode(video)) for vae in (plain, standardised))
    torch.testing.assert_close(after, before, atol=1e-3, rtol=1e-3)


def test_posterior_is_the_same_in_other_units(frames):
    plain, standardised = odd_vae(), odd_vae()
    video = to_video(frames)

    statistics = measure_latents(plain, frames)
    standardise_latents(standardised, statistics)

    before, after = plain.encode_moments(video), standardised.encode_moments(video)
    deviation = torch.tensor(statistics.deviation).view(1, -1, 1, 1, 1)
    torch.testing.assert_close(after.std * deviation, before.std, atol=1e-5, rtol=1e-4)


def test_statistics_survive_the_disk(tmp_path):
    assert read_statistics(tmp_path) is None
    statistics = LatentStatistics(mean=(0.1, -2.0), deviation=(1.0, 1 / 3))

    save_statistics(tmp_path, statistics)

    assert read_statistics(tmp_path) == statistics


@pytest.mark.parametrize("text", ["{", "{}", '{"mean": [1], "deviation": ["x"]}', "[]"])
def test_damaged_statistics_are_refused(tmp_path, text):
    (tmp_path / "latents.json").write_text(text)

    with pytest.raises(WeightsError, match=r"latents\.json"):
        read_statistics(tmp_path)


def test_statistics_of_another_model_are_refused():
    with pytest.raises(WeightsError, match="4 channels"):
        standardise_latents(tiny_trained_vae(), LatentStatistics(mean=(0.0,), deviation=(1.0,)))
