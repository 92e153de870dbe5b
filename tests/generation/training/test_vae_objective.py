"""The terms of the autoencoder's loss."""

import pytest
import torch

from generation.errors import ConfigError
from generation.training.vae_objective import (
    VAELossWeights,
    psnr,
    pyramid_gradient_loss,
    pyramid_motion_loss,
    root_mean_square,
    vae_loss,
)

SHAPE = (2, 3, 4, 16, 16)


def video(seed=0):
    return torch.rand(SHAPE, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def unit(shape=(2, 4, 1, 2, 2)):
    return torch.zeros(shape), torch.zeros(shape)


def test_perfect_output_with_unit_latents_costs_nothing():
    loss = vae_loss(video(), video(), *unit(), VAELossWeights())

    assert loss.total == loss.l1 == loss.gradient == loss.kl == 0


def test_total_is_the_weighted_sum():
    mean, logvar = torch.full((1, 4), 0.5), torch.full((1, 4), -1.0)

    loss = vae_loss(video(0), video(1), mean, logvar, VAELossWeights(gradient=0.1, kl=1e-3))

    torch.testing.assert_close(loss.total, loss.l1 + 0.1 * loss.gradient + 1e-3 * loss.kl)
    torch.testing.assert_close(loss.l1, (video(0) - video(1)).abs().mean())
    torch.testing.assert_close(loss.kl, torch.tensor(0.5 * (0.25 + 0.36788 - 1 + 1)), atol=1e-4, rtol=0)


def test_squares_and_motion_join_the_sum():
    loss = vae_loss(video(0), video(1), *unit(), VAELossWeights(gradient=0.0, square=2.0, motion=0.5))

    torch.testing.assert_close(loss.total, loss.l1 + 2 * loss.square + 0.5 * loss.motion)


def test_square_is_the_root_of_each_clips_own_mean():
    error = torch.stack([torch.full((3, 2, 4, 4), 0.5), torch.full((3, 2, 4, 4), -0.1)])

    assert root_mean_square(error) == pytest.approx(0.3, abs=1e-4)


def test_motion_loss_is_the_plain_sum_over_the_pyramid():
    change = (video(0) - video(1)).diff(dim=2)
    halved = change.unflatten(4, (8, 2)).mean(5).unflatten(3, (8, 2)).mean(4)

    got = pyramid_motion_loss(video(0), video(1), levels=2)

    expected = sum(part.square().mean(dim=(1, 2, 3, 4)).sqrt().mean() for part in (change, halved))
    torch.testing.assert_close(got, expected, atol=1e-3, rtol=0)


def test_a_leap_costs_more_than_the_same_change_spread_out():
    even = torch.linspace(-1, 1, 9).view(1, 1, 9, 1, 1).expand(1, 3, 9, 16, 16)
    leaps = even[:, :, [0, 0, 0, 0, 4, 4, 4, 4, 8]]
    blurred = even * 0.5

    assert pyramid_motion_loss(leaps, even, levels=1) > 1.1 * (leaps - even).diff(dim=2).abs().mean()
    assert pyramid_motion_loss(leaps, even, levels=1) > pyramid_motion_loss(blurred, even, levels=1)


def test_pictures_and_perfect_clips_have_no_motion_loss_and_finite_gradients():
    perfect = video().requires_grad_()
    loss = pyramid_motion_loss(perfect, video(), levels=3) + root_mean_square(perfect - video())
    loss.backward()

    assert loss.detach() == pytest.approx(0, abs=1e-6)
    assert perfect.grad.isfinite().all()
    assert pyramid_motion_loss(video()[:, :, :1], video(1)[:, :, :1], levels=3) == 0


def test_shift_of_brightness_has_no_gradient_loss():
    loss = pyramid_gradient_loss(video() + 0.3, video(), levels=3)

    assert loss == pytest.approx(0, abs=1e-5)


def test_gradient_loss_is_the_plain_sum_over_the_pyramid():
    error = video(0) - video(1)
    halved = error.unflatten(4, (8, 2)).mean(5).unflatten(3, (8, 2)).mean(4)

    got = pyramid_gradient_loss(video(0), video(1), levels=2)

    expected = sum(part.diff(dim=axis).abs().mean() for part in (error, halved) for axis in (2, 3, 4))
    torch.testing.assert_close(got, expected)


def test_pyramid_of_pictures_stops_before_it_vanishes():
    output, target = (torch.rand(1, 3, 1, 9, 20, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))

    assert pyramid_gradient_loss(output, target, levels=6).isfinite()


def test_blur_costs_more_than_its_pixels_say():
    sharp = torch.where(torch.arange(16) % 4 < 2, 1.0, -1.0).expand(SHAPE)
    blurred = torch.zeros(SHAPE)
    darker = sharp * 0 + sharp - sharp.sign()

    weights = VAELossWeights(gradient=1.0)
    assert vae_loss(blurred, sharp, *unit(), weights).total > 1.5 * (blurred - sharp).abs().mean()
    assert vae_loss(darker, darker, *unit(), weights).total == 0


def test_psnr_is_of_the_clamped_output():
    target = torch.ones(SHAPE)

    assert psnr(target * 3, target) == pytest.approx(100)
    assert psnr(target * 0.8, target) == pytest.approx(20.0, abs=1e-3)


@pytest.mark.parametrize(
    "fields", [{"gradient": -1.0}, {"kl": -1e-6}, {"pyramid_levels": 0}, {"square": -1.0}, {"motion": -0.1}]
)
def test_contradictions_are_refused(fields):
    with pytest.raises(ConfigError):
        VAELossWeights(**fields)
