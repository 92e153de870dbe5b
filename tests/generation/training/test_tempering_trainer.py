"""Tempering of a tiny student."""

from dataclasses import replace

import pytest
import torch

from generation.errors import ConfigError, WeightsError
from generation.sampling.timesteps import make_timesteps
from generation.training.clip_plan import TaskMix
from generation.training.dit_objective import window_of
from generation.training.runs.checkpoints import read_average
from generation.training.runs.loop import LoopConfig, RunControl
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.runs.schedule import LearningRate
from generation.training.runs.team import Team
from generation.training.tempering_trainer import TemperTraining, draw_tempering, temper_step, train_temper
from generation.training.training_clips import CacheShare, pack_captions
from tests.support.training import DIT, TEXT, cache_in, tiny_model

CPU = torch.device("cpu")
STUDENT = replace(DIT, distilled=True)
SHARES = (CacheShare(cache="two seconds", batch=4), CacheShare(cache="one second", batch=6))


@pytest.fixture(scope="module")
def caches(tmp_path_factory):
    root = tmp_path_factory.mktemp("caches")
    return {"two seconds": cache_in(root / "two"), "one second": cache_in(root / "one", frames=24)}


def training(steps=40, **fields):
    loop = LoopConfig(
        total_steps=steps, learning_rate=LearningRate(peak=1e-3, warmup_steps=2), log_every=5, save_every=10,
        sample_every=20,
    )  # fmt: skip
    plain = {
        "dit": STUDENT, "text": TEXT, "begun": "0" * 64, "caches": SHARES, "loop": loop,
        "latent_scale": 1.5, "share": 0.5, "bfloat16": False,
    }  # fmt: skip
    return TemperTraining(**{**plain, **fields})


def run(folder, caches, *, stop_at=None, **fields):
    asked = []

    def should_stop():
        asked.append(None)
        return stop_at is not None and len(asked) > stop_at

    return train_temper(
        training(**fields), caches, folder, model=tiny_model(distilled=True), draw_sample=lambda model, path: None,
        control=RunControl(should_stop=should_stop),
    )  # fmt: skip


@pytest.fixture(scope="module")
def tempered(caches, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tempered")
    return folder, run(folder, caches)


def test_the_truth_comes_nearer(tempered, caches):
    records = read_records(RunFolder(root=tempered[0]).log)
    begun, learned = tiny_model(distilled=True), tempered[1]

    with torch.no_grad():
        before, after = (
            sum(temper_step(model, training(), caches, step).total for step in range(100, 110))
            for model in (begun, learned)
        )

    assert records[-1]["loss"] < 0.9 * records[0]["loss"]
    assert after < 0.95 * before


def test_only_the_transformer_learns(tempered):
    begun, model = dict(tiny_model(distilled=True).named_parameters()), tempered[1]

    for name, parameter in model.named_parameters():
        if name.startswith("text."):
            assert torch.equal(parameter, begun[name])
    assert not torch.equal(model.dit.final_proj.weight, begun["dit.final_proj.weight"])


def test_what_is_kept_is_part_of_what_is_learned(caches, tmp_path):
    name = "dit.final_proj.weight"
    begun = dict(tiny_model(distilled=True).named_parameters())[name]

    half = dict(run(tmp_path / "half", caches, steps=6).named_parameters())[name]
    whole = dict(run(tmp_path / "whole", caches, steps=6, share=1.0).named_parameters())[name]

    torch.testing.assert_close(half, (begun + whole) / 2)
    assert torch.equal(read_average(RunFolder(root=tmp_path / "half").checkpoint)[name], half)


def test_stopped_and_resumed_run_ends_with_the_same_bytes(tempered, caches, tmp_path):
    run(tmp_path, caches, stop_at=13)
    run(tmp_path, caches)

    for name in ("checkpoint.safetensors", "metrics.jsonl"):
        assert (tmp_path / name).read_bytes() == (tempered[0] / name).read_bytes()


def test_another_student_is_refused_on_resume(caches, tmp_path):
    run(tmp_path, caches, stop_at=1)

    with pytest.raises(WeightsError, match="begun"):
        run(tmp_path, caches, begun="1" * 64)


@pytest.mark.parametrize("mix", [TaskMix(), TaskMix(image_share=1, continuation_share=0)])
def test_the_last_second_alone_is_noisy_and_stands_at_a_taught_step(caches, mix):
    taught = set(make_timesteps(8)[:7].tolist())
    seen = set()

    for step in range(12):
        clips = draw_tempering(training(tasks=mix), caches, step, CPU)
        plan = clips.plan
        seen.add(plan.num_chunks)
        assert plan.clean_chunks == plan.num_chunks - 1
        assert set(plan.timesteps[:, -1].tolist()) <= taught
        # A clip that continues a whole second is given no picture beside it.
        assert not (plan.clean_chunks and plan.from_image.any())

    assert seen == {1, 2}


def test_loss_is_the_error_of_the_velocity_at_the_served_step_size(caches):
    model = tiny_model(distilled=True)

    loss = temper_step(model, training(), caches, 3).total

    clips = draw_tempering(training(), caches, 3, CPU)
    text = pack_captions(model, clips, told_nothing=False)
    window = window_of(clips.noisy.latents, clips.plan, text, null_condition=False, step_size=4.0)
    squares = (model.dit(window) - clips.noisy.target).square().mean(dim=(1, 3, 4))
    counted = clips.noisy.counted.flatten(1)
    torch.testing.assert_close(loss, ((squares * counted).sum(1) / counted.sum(1)).mean())


@pytest.mark.parametrize("step", [0, 1, 2])
def test_team_takes_the_step_of_one_process(caches, step):
    model = tiny_model(distilled=True)
    model.text.requires_grad_(False)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]

    whole = temper_step(model, training(), caches, step).total
    parts = [temper_step(model, training(), caches, step, team=Team(rank=rank, size=2)).total for rank in range(2)]

    torch.testing.assert_close(whole, (parts[0] + parts[1]) / 2)
    expected = torch.autograd.grad(whole, parameters, allow_unused=True, materialize_grads=True)
    shares = [torch.autograd.grad(part, parameters, allow_unused=True, materialize_grads=True) for part in parts]
    for gradient, first, second in zip(expected, *shares, strict=True):
        torch.testing.assert_close(gradient, (first + second) / 2, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize("fields", [{"dit": DIT}, {"untaught_steps": 8}, {"caches": ()}, {"latent_scale": 0}])
def test_contradictions_are_refused(fields):
    with pytest.raises(ConfigError):
        training(**fields)
