"""Training of the transformer with its text model."""

from dataclasses import replace

import pytest
import torch

from generation.errors import ConfigError, WeightsError
from generation.training.clip_plan import TaskMix
from generation.training.dit_trainer import DiTTraining, build_model, dit_step, train_dit
from generation.training.runs.checkpoints import read_average
from generation.training.runs.loop import LoopConfig, RunControl
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.runs.schedule import LearningRate
from generation.training.runs.team import Team
from generation.training.training_clips import CacheShare
from tests.support.training import DIT, TEXT, cache_in, tiny_model

SHARES = (CacheShare(cache="two seconds", batch=4, share=2), CacheShare(cache="one second", batch=6))


@pytest.fixture(scope="module")
def caches(tmp_path_factory):
    root = tmp_path_factory.mktemp("caches")
    return {"two seconds": cache_in(root / "two"), "one second": cache_in(root / "one", frames=24)}


def training(steps=60, **fields):
    loop = LoopConfig(
        total_steps=steps, learning_rate=LearningRate(peak=5e-3, warmup_steps=2), log_every=5, save_every=10,
        sample_every=30,
    )  # fmt: skip
    plain = {"dit": DIT, "text": TEXT, "caches": SHARES, "loop": loop, "latent_scale": 1.5, "bfloat16": False}
    return DiTTraining(**{**plain, **fields})


def run(folder, caches, *, stop_at=None, sample=lambda model, path: None, **fields):
    asked = []

    def should_stop():
        asked.append(None)
        return stop_at is not None and len(asked) > stop_at

    control = RunControl(should_stop=should_stop)
    return train_dit(training(**fields), caches, folder, model=tiny_model(), draw_sample=sample, control=control)


@pytest.fixture(scope="module")
def trained(caches, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dit")
    sampled = []
    model = run(folder, caches, sample=lambda model, path: sampled.append(path.name))
    assert sampled == ["step_0000030.png", "step_0000060.png"]
    return folder, model


def test_loss_falls_and_is_told_by_timestep(trained):
    records = read_records(RunFolder(root=trained[0]).log)

    assert records[-1]["loss"] < 0.8 * records[0]["loss"]
    assert {"loss_t0_0.0217", "loss_t0.0217_0.1", "loss_t0.1_0.3", "loss_t0.3_1"} <= {
        name for record in records for name in record
    }


def test_transformer_and_text_model_both_learn(trained):
    begun, model = tiny_model(), trained[1]

    for name in ("dit.blocks.0.attention.query.weight", "dit.text_embed.null_text", "text.encoder.shared.weight"):
        assert not torch.equal(dict(begun.named_parameters())[name], dict(model.named_parameters())[name])


def test_stopped_and_resumed_run_ends_with_the_same_bytes(trained, caches, tmp_path):
    run(tmp_path, caches, stop_at=13)
    run(tmp_path, caches)

    for name in ("checkpoint.safetensors", "metrics.jsonl"):
        assert (tmp_path / name).read_bytes() == (trained[0] / name).read_bytes()


def test_other_settings_are_refused(trained, caches, tmp_path):
    run(tmp_path, caches, stop_at=2)

    with pytest.raises(WeightsError, match=r"tasks\.image_share"):
        run(tmp_path, caches, tasks=TaskMix(image_share=0.1))


def test_recomputed_activations_change_no_step(caches):
    from generation.training.runs.recomputing import recompute_in_backward

    plain, recomputed = tiny_model(), tiny_model()
    recompute_in_backward(recomputed.dit.blocks)

    losses = []
    for model in (plain, recomputed):
        loss = dit_step(model, training(), caches, 3).total
        loss.backward()
        losses.append(loss.item())

    assert losses[0] == losses[1]
    for one, two in zip(plain.parameters(), recomputed.parameters(), strict=True):
        assert (one.grad is None and two.grad is None) or torch.equal(one.grad, two.grad)


@pytest.mark.parametrize("step", range(4))
def test_team_takes_the_step_of_one_process(caches, step):
    model = tiny_model()
    parameters = list(model.parameters())

    whole = dit_step(model, training(), caches, step).total
    parts = [dit_step(model, training(), caches, step, team=Team(rank=rank, size=2)).total for rank in range(2)]

    torch.testing.assert_close(whole, (parts[0] + parts[1]) / 2)
    expected = torch.autograd.grad(whole, parameters, allow_unused=True, materialize_grads=True)
    shares = [torch.autograd.grad(part, parameters, allow_unused=True, materialize_grads=True) for part in parts]
    for gradient, first, second in zip(expected, *shares, strict=True):
        torch.testing.assert_close(gradient, (first + second) / 2, atol=1e-5, rtol=1e-3)


def test_step_without_captions_trains_no_text(caches):
    model = tiny_model()

    dit_step(model, training(tasks=TaskMix(caption_dropout=1)), caches, 0).total.backward()

    assert all(parameter.grad is None for parameter in model.text.parameters())
    assert model.dit.null_text.grad.abs().sum() > 0


def test_run_starts_from_the_weights_of_another(trained, caches):
    average = read_average(RunFolder(root=trained[0]).checkpoint)

    model = build_model(DIT, TEXT, tiny_model().text.tokenizer, seed=5, start_from=average)

    assert all(torch.equal(parameter, average[name]) for name, parameter in model.named_parameters())
    wider = replace(DIT, ffn_hidden_size=64)
    with pytest.raises(WeightsError, match="other shapes"):
        build_model(wider, TEXT, tiny_model().text.tokenizer, seed=5, start_from=average)


@pytest.mark.parametrize("fields", [{"caches": ()}, {"latent_scale": 0.0}])
def test_contradictions_are_refused(fields):
    with pytest.raises(ConfigError):
        training(**fields)
