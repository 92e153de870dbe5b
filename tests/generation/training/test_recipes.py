"""The small model that ships."""

from dataclasses import asdict, replace

import pytest
import torch

from generation.model.dit import DiT
from generation.presets import find_preset
from generation.training.recipe import served_sampling, vae_training
from generation.training.recipes import STARTER
from generation.training.text_model import TextModel, train_tokenizer
from generation.vae.vae import VideoVAE


def parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_starter_is_small():
    with torch.device("meta"):
        dit, vae = DiT(STARTER.dit), VideoVAE(STARTER.vae)
    text = TextModel(STARTER.text, train_tokenizer(["slow zoom in"], STARTER.text))

    total = parameters(dit) + parameters(vae) + parameters(text) + STARTER.text.vocabulary_size * STARTER.text.width

    assert total < 32e6
    assert 2 * total < 64e6


def test_parts_fit_together():
    assert STARTER.dit.latent_channels == STARTER.vae.latent_channels
    assert (STARTER.dit.text_dim, STARTER.dit.text_max_tokens) == (STARTER.text.width, STARTER.text.max_tokens)
    assert replace(STARTER.dit, distilled=True).distilled
    assert not STARTER.dit.distilled


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5, 6, 7])
def test_stages_of_the_autoencoder_are_complete(stage):
    training = vae_training(STARTER, stage=stage, rhythm=STARTER.vae_rhythms[stage - 1])

    shapes = {(shape.height, shape.width) for shape in training.shapes}
    assert any(shape.frames == 1 for shape in training.shapes)
    assert (len(shapes) > 1) == (stage > 1)
    assert (training.vae.decoder_scale > 1) == (stage >= 3)
    assert training.frozen_encoder == (stage in {3, 4, 6, 7})
    assert training.as_served == training.orthogonal == (training.latent_noise > 0) == (stage >= 4)
    assert training.side_by_side == (training.weights.joint > 0) == (stage >= 6)
    assert (training.made_share > 0) == (stage == 7)
    # Latents that can move are held in size.
    assert (training.weights.kl >= 1e-3) == (stage == 5)
    assert max(shape.height * shape.width * shape.frames * shape.batch for shape in training.shapes) < 4_000_000
    assert asdict(training)["loop"]["total_steps"] == training.loop.total_steps


@pytest.mark.parametrize("distilled", [False, True])
def test_the_shipped_model_is_served_as_its_recipe_says(distilled):
    shipped = find_preset("starter").sampling
    served = served_sampling(STARTER, distilled=distilled)

    assert served == replace(shipped, guidance_passes=1 if distilled else 3)
