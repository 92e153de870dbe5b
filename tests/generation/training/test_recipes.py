"""The small model that ships."""

from dataclasses import asdict, replace

import pytest
import torch

from generation.model.dit import DiT
from generation.presets import find_preset
from generation.training.latent_cache import CacheInfo
from generation.training.recipes import STARTER, dit_training, served_sampling, shares_of, vae_training
from generation.training.runs.loop import LoopConfig
from generation.training.text_model import TextModel, train_tokenizer
from generation.training.training_clips import CacheShare
from generation.vae.vae import VideoVAE


def info(*, side=64, seconds=1):
    return CacheInfo(vae="", latent_scale=1.0, frames=24 * seconds, height=side, width=side, corpus="")


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


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5, 6])
def test_stages_of_the_autoencoder_are_complete(stage):
    training = vae_training(STARTER, stage=stage, rhythm=STARTER.vae_rhythms[stage - 1])

    shapes = {(shape.height, shape.width) for shape in training.shapes}
    assert any(shape.frames == 1 for shape in training.shapes)
    assert (len(shapes) > 1) == (stage > 1)
    assert (training.vae.decoder_scale > 1) == (stage >= 3)
    assert training.frozen_encoder == (stage in {3, 4, 6})
    assert training.as_served == training.orthogonal == (training.latent_noise > 0) == (stage >= 4)
    assert training.side_by_side == (training.weights.joint > 0) == (stage == 6)
    # Latents that can move are held in size.
    assert (training.weights.kl >= 1e-3) == (stage == 5)
    assert max(shape.height * shape.width * shape.frames * shape.batch for shape in training.shapes) < 4_000_000
    assert asdict(training)["loop"]["total_steps"] == training.loop.total_steps


def test_rate_falls_at_the_end_of_a_run():
    rhythm = STARTER.dit_stages[2].rhythm
    loop = rhythm.loop()

    assert isinstance(loop, LoopConfig)
    held = int(rhythm.decay_from * loop.total_steps)
    rates = [loop.learning_rate.at(step) for step in (0, rhythm.warmup_steps, held, loop.total_steps)]
    assert rates[0] < rates[1]
    assert rates[1:3] == [pytest.approx(rhythm.learning_rate)] * 2
    assert rates[3] == pytest.approx(rates[1] / 30)


@pytest.mark.parametrize(
    ("side", "seconds", "team", "clips"), [(64, 1, 1, 12), (64, 2, 1, 6), (128, 1, 1, 3), (256, 2, 1, 1), (64, 1, 8, 8)]
)
def test_steps_hold_the_same_number_of_tokens(side, seconds, team, clips):
    (share,) = shares_of(STARTER, "cache", info(side=side, seconds=seconds), share=1.0, team_size=team)

    assert (share.batch, share.seconds) == (clips, None)


def test_long_clips_take_part_in_pieces():
    shares = shares_of(STARTER, "cache", info(side=128, seconds=3), share=10.0, team_size=1, batch_factor=2)

    assert [(share.seconds, share.batch, share.share) for share in shares] == [(1, 6, 4.0), (2, 3, 6.0)]


@pytest.mark.parametrize("distilled", [False, True])
def test_the_shipped_model_is_served_as_its_recipe_says(distilled):
    shipped = find_preset("starter").sampling
    served = served_sampling(STARTER, distilled=distilled)

    assert served == replace(shipped, guidance_passes=1 if distilled else 3)


def test_transformer_trains_on_the_caches_it_is_given():
    shares = (CacheShare(cache="small", batch=12),)

    training = dit_training(STARTER, shares, latent_scale=0.25, stage=STARTER.dit_stages[0])

    assert (training.caches, training.latent_scale, training.dit) == (shares, 0.25, STARTER.dit)
