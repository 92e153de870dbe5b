"""What guidance and step counts do, shown where the exact velocity is known (no network, no training).

Chunks are a chain x_i = 0.9 x_{i-1} + noise of variance 0.19, so that every chunk has variance 1. The released
schedule and guidance run on the exact velocity; all latents are independent chains.
"""

import pytest
import torch

from generation.sampling.sampler import Sampler
from tests.support.fields import Field, plain_texts, sampling_of

NUM_CHUNKS = 24
SIDE = 8


def exact_velocity(view):
    """Towards N(0.9 x_prev, 0.19) with a past, towards N(0, 1) without."""
    t = view.timestep
    mean, variance = (0.9 * view.past[-1], 0.19) if view.past else (0.0, 1.0)
    gain = (t * variance - (1 - t)) / (t * t * variance + (1 - t) ** 2)
    return mean + gain * (view.latents - t * mean)


def guided(strength, *, released=True):
    """A clip of 24 chunks after a true one, ``(chunks, chains)``; guided by the past up to 0.3 or to the end."""
    sampling = sampling_of(
        num_steps=64,
        window_size=1,
        attention_span_by_stage=(2,),
        guidance_passes=3,
        guidance_timesteps=(0.0, 0.3),
        context_guidance=(strength, 1.0 if released else strength),
        text_guidance=(0.0, 0.0),
    )
    sampler = Sampler(Field(exact_velocity), sampling, plain_texts(NUM_CHUNKS), weights_hash="exact")
    truth = torch.randn(1, 16, 6, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    state = sampler.start(num_chunks=NUM_CHUNKS, latent_height=SIDE, latent_width=SIDE, seed=1, prefix=truth)
    return torch.stack([chunk.latents.flatten() for chunk in sampler.run(state)])


@pytest.mark.parametrize(
    ("strength", "released", "jump", "first", "last"),
    [(1.0, True, 0.201, 0.97, 0.83), (1.5, True, 0.069, 1.09, 2.17), (1.5, False, 0.006, 1.22, 51)],
)
def test_stronger_guidance_by_the_past_smooths_and_in_the_end_saturates(strength, released, jump, first, last):
    chains = guided(strength, released=released)

    jumped = (chains[-1] - chains[-2]).square().mean() / chains[-1].var()
    assert jumped.item() == pytest.approx(jump, rel=0.1, abs=0.001)
    assert chains[0].var().item() == pytest.approx(first, rel=0.05)
    assert chains[-1].var().item() == pytest.approx(last, rel=0.1)


@pytest.mark.parametrize(("num_steps", "variance"), [(64, 0.965), (32, 0.936), (16, 0.890), (8, 0.838)])
def test_fewer_steps_lose_variance(num_steps, variance):
    sampling = sampling_of(num_steps=num_steps, attention_span_by_stage=(2,), near_clean_context_weight=1.0)
    sampler = Sampler(Field(exact_velocity), sampling, plain_texts(1), weights_hash="exact")
    # The field is linear: what comes of the past alone and of the noise alone adds up, and so do their variances.
    past, noise = torch.ones(1, 16, 6, 1, 1), torch.zeros(1, 16, 12, 1, 1)

    def moved(past, noise):
        state = sampler.start(num_chunks=1, latent_height=1, latent_width=1, seed=1, prefix=past, noise=noise)
        return next(sampler.run(state)).latents.mean().item()

    assert moved(past, noise) ** 2 + moved(0 * past, noise + 1) ** 2 == pytest.approx(variance, abs=0.006)
