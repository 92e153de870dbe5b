"""A start from which little time is enough."""

import torch

from generation.training.vae_initialisation import FIRST_LOGVAR, init_vae
from generation.vae.vae import VideoVAE
from tests.support.training import VAE, generator


def made(seed):
    vae = VideoVAE(VAE)
    init_vae(vae, generator(seed))
    return vae


def test_weights_come_from_the_generator_alone():
    first, second = made(1), made(1)

    assert all(torch.equal(one, two) for one, two in zip(first.parameters(), second.parameters(), strict=True))
    assert not torch.equal(first.encoder.to_moments.weight, made(2).encoder.to_moments.weight)


def test_latents_are_nearly_certain_and_vary():
    video = torch.rand(2, 3, 8, 16, 16, generator=generator()) * 2 - 1

    posterior = made(0).encode_moments(video)

    assert (posterior.logvar.mean() - FIRST_LOGVAR).abs() < 1.5
    assert 0.2 < posterior.mean.std() < 5
    assert made(0).decode(posterior.mean).std() > 0.1
