"""A transformer that was given layers answers as before, and learns with them."""

from dataclasses import replace

import pytest
import torch

from generation.config import SamplingConfig
from generation.errors import ConfigError
from generation.training.deepening import deepened_weights
from generation.training.dit_trainer import DiTTraining, build_model, dit_step
from generation.training.runs.loop import LoopConfig
from generation.training.runs.schedule import LearningRate
from generation.training.training_clips import CacheShare
from tests.support.training import DIT, TEXT, cache_in, resampled, tiny_model

SAMPLING = SamplingConfig(num_steps=8, window_size=1, guidance_passes=1)


def grown(layers, *, own=4):
    model = tiny_model(num_layers=own)
    config = replace(DIT, num_layers=layers)
    deeper = build_model(config, TEXT, model.text.tokenizer, seed=7, start_from=deepened_weights(model, config))
    return model, deeper


@pytest.mark.parametrize("layers", [4, 5, 6, 7, 8])
def test_it_answers_as_the_one_it_grew_from(layers):
    model, deeper = grown(layers)

    before, after = (resampled(each, "slow zoom in", None, SAMPLING) for each in (model, deeper))

    assert len(deeper.dit.blocks) == layers
    # What comes in adds zeros, so not a bit may differ.
    assert torch.equal(before, after)


def test_blocks_come_in_evenly_each_after_the_one_it_copies():
    model, deeper = grown(6)

    taken = [block.ffn.contract.weight for block in deeper.dit.blocks]
    own = [block.ffn.contract.weight for block in model.dit.blocks]
    assert all(torch.equal(a, own[b]) for a, b in zip(taken, (0, 1, 1, 2, 3, 3), strict=True))


def test_new_blocks_are_turned_up_by_learning(tmp_path):
    _, deeper = grown(5)
    loop = LoopConfig(total_steps=1, learning_rate=LearningRate(peak=1e-3, warmup_steps=1))
    training = DiTTraining(
        dit=deeper.config, text=TEXT, caches=(CacheShare(cache="one", batch=4),), loop=loop, latent_scale=1.5,
        bfloat16=False,
    )  # fmt: skip
    deeper.requires_grad_(requires_grad=True)

    dit_step(deeper, training, {"one": cache_in(tmp_path, frames=24)}, 0).total.backward()

    for norm in (deeper.dit.blocks[-1].attention_post_norm, deeper.dit.blocks[-1].ffn_post_norm):
        assert norm.weight.grad is not None
        assert norm.weight.grad.abs().max() > 0


@pytest.mark.parametrize("layers", [3, 9])
def test_other_depths_are_refused(layers):
    model = tiny_model(num_layers=4)

    with pytest.raises(ConfigError, match=f"4 to 8 layers, got {layers}"):
        deepened_weights(model, replace(DIT, num_layers=layers))
