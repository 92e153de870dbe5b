"""A trained model makes seconds as the engine does."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from generation.config import SamplingConfig
from generation.training.served_model import MADE_BY, ServedModel, maker_of
from tests.support.training import generator, resampled, tiny_model

SAMPLING = SamplingConfig(num_steps=2, window_size=1, guidance_passes=3, attention_span_by_stage=(2,))


@pytest.fixture(scope="module")
def maker():
    return ServedModel(model=tiny_model(), sampling=SAMPLING, latent_scale=1.5)


def test_it_makes_what_the_sampler_makes(maker):
    before = torch.randn(1, 4, 6, 2, 2, generator=generator())

    made = maker.second_after(before, "slow zoom in", seed=3)

    assert torch.equal(made[0], resampled(maker.model, "slow zoom in", before, SAMPLING))


def test_other_weights_and_other_steps_are_another(maker):
    again = ServedModel(model=tiny_model(), sampling=SAMPLING, latent_scale=1.5)

    assert again.identity == maker.identity
    assert replace(maker, model=tiny_model(seed=1)).identity != maker.identity
    assert replace(maker, sampling=replace(SAMPLING, num_steps=4)).identity != maker.identity


def test_a_file_says_who_made_it(tmp_path):
    path = tmp_path / "made.safetensors"
    assert maker_of(path) is None

    save_file({"latents": torch.zeros(1)}, path, metadata={MADE_BY: "somebody"})
    assert maker_of(path) == "somebody"

    save_file({"latents": torch.zeros(1)}, path)
    assert maker_of(path) is None

    path.write_bytes(b"no tensors")
    assert maker_of(path) is None
