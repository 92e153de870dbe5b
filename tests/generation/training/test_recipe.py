"""Trainings follow from a recipe."""

from dataclasses import replace

import pytest

from generation.errors import ConfigError
from generation.training.latent_cache import CacheInfo
from generation.training.recipe import dit_training, shares_of, temper_training
from generation.training.recipes import STARTER
from generation.training.runs.loop import LoopConfig
from generation.training.training_clips import CacheShare
from tests.support.training import tiny_model, tiny_recipe


def info(*, side=64, seconds=1, family=1):
    return CacheInfo(vae="", latent_scale=1.0, frames=24 * seconds, height=side, width=side, corpus="", family=family)


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


def test_families_are_cut_however_short():
    shares = shares_of(STARTER, "cache", info(seconds=2, family=8), share=10.0, team_size=1)

    assert [(share.seconds, share.batch) for share in shares] == [(1, 12), (2, 6)]


def test_transformer_trains_on_the_caches_it_is_given():
    shares = (CacheShare(cache="small", batch=12),)

    training = dit_training(STARTER, shares, latent_scale=0.25, stage=STARTER.dit_stages[0])

    assert (training.caches, training.latent_scale, training.dit) == (
        shares,
        0.25,
        replace(STARTER.dit, num_layers=8),
    )


def test_a_student_is_tempered_at_the_steps_it_is_served_in():
    recipe, student = tiny_recipe(), tiny_model(distilled=True)
    shares, rhythm = (CacheShare(cache="one", batch=2),), recipe.temper_rhythm

    training = temper_training(recipe, student, shares, latent_scale=0.5, rhythm=rhythm)

    assert (training.num_steps, training.share) == (8, recipe.temper_share)
    assert training.loop.total_steps == rhythm.total_steps
    with pytest.raises(ConfigError, match="window_size"):
        temper_training(replace(recipe, window_size=2), student, shares, latent_scale=0.5, rhythm=rhythm)
