"""What trainings on latents share: a step's clips depend on the step alone, and a run is one whatever it learns."""

from dataclasses import replace

import pytest
import torch

from generation.training.dit_trainer import DiTTraining
from generation.training.latent_training import clips_of_step, hidden_matrices, run_latent_training
from generation.training.runs.averaging import WeightAverage
from generation.training.runs.checkpoints import read_average
from generation.training.runs.loop import UNATTENDED, LoopConfig, StepLoss
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.runs.schedule import LearningRate
from generation.training.training_clips import CacheShare, draw_clips, pick_cache
from tests.support.training import DIT, TEXT, cache_in, tiny_model

SHARES = (CacheShare(cache="two seconds", batch=4), CacheShare(cache="one second", batch=6))


@pytest.fixture(scope="module")
def caches(tmp_path_factory):
    root = tmp_path_factory.mktemp("caches")
    return {"two seconds": cache_in(root / "two"), "one second": cache_in(root / "one", frames=24)}


def training(**fields):
    loop = LoopConfig(
        total_steps=4, learning_rate=LearningRate(peak=1e-2, warmup_steps=1), log_every=1, save_every=2, sample_every=2
    )
    return replace(
        DiTTraining(dit=DIT, text=TEXT, caches=SHARES, loop=loop, latent_scale=1.5, average_decay=0.5), **fields
    )


def test_a_steps_clips_are_those_of_the_cache_that_it_picks(caches):
    seen = set()
    for step in range(12):
        share = pick_cache(SHARES, 0, step)
        slow = draw_clips(caches[share.cache], share.batch, step, 0, latent_scale=1.5)

        drawn = clips_of_step(training(), caches, step)

        assert (drawn.count, drawn.chunks) == (share.batch, 2 if share.cache == "two seconds" else 1)
        assert torch.equal(drawn.clips.latents, slow.latents)
        again = clips_of_step(training(), caches, step)
        assert torch.equal(torch.rand(3, generator=drawn.generator), torch.rand(3, generator=again.generator))
        seen.add(share.cache)
    assert seen == set(caches)


def test_steps_and_seeds_draw_differently(caches):
    one = clips_of_step(training(), caches, 0).generator
    others = [clips_of_step(training(), caches, 1).generator, clips_of_step(training(seed=1), caches, 0).generator]

    drawn = torch.rand(4, generator=one)
    assert all(not torch.equal(drawn, torch.rand(4, generator=other)) for other in others)


def test_seconds_are_cut_where_a_share_asks_for_it(caches):
    cut = training(caches=(CacheShare(cache="two seconds", batch=3, seconds=1),))

    assert clips_of_step(cut, caches, 0).chunks == 1


def test_hidden_matrices_are_those_of_the_blocks_without_gates():
    model = tiny_model()
    chosen = {id(parameter) for parameter in hidden_matrices(model)}
    names = {name for name, parameter in model.named_parameters() if id(parameter) in chosen}

    assert names
    assert all(name.startswith("dit.blocks") and "gates" not in name for name in names)
    assert not any("norm" in name for name in names)


@pytest.mark.parametrize("orthogonal", [False, True])
def test_a_run_ends_with_its_average_in_the_model_and_on_disk(tmp_path, orthogonal):
    model, drawn = tiny_model(), []
    average = WeightAverage(model, decay=0.5)
    begun = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}

    ended = run_latent_training(
        training(orthogonal=orthogonal),
        tmp_path,
        model,
        average,
        loss_of_step=lambda step: StepLoss(total=sum(it.square().sum() for it in model.parameters()), metrics={}),
        draw_sample=lambda shown, path: drawn.append(path.name),
        control=UNATTENDED,
    )

    assert ended is model
    assert [record["step"] for record in read_records(RunFolder(root=tmp_path).log)] == [1, 2, 3, 4]
    assert len(drawn) == 2
    kept = read_average(RunFolder(root=tmp_path).checkpoint)
    now = dict(model.named_parameters())
    assert all(torch.equal(now[name], average.weights[name]) for name in now)
    assert any(not torch.equal(now[name], begun[name]) for name in now)
    assert all(torch.equal(now[name], kept[name]) for name in now)
