"""Distillation of a tiny model."""

from dataclasses import replace

import pytest
import torch

from generation.errors import ConfigError, WeightsError
from generation.training.clip_plan import TaskMix
from generation.training.dit_objective import window_of
from generation.training.guided_teacher import guided_velocity
from generation.training.runs.loop import LoopConfig, RunControl
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.runs.schedule import LearningRate
from generation.training.runs.team import Team
from generation.training.shortcut import ShortcutCycle, two_step_target
from generation.training.shortcut_trainer import (
    Networks,
    ShortcutTraining,
    draw_shortcut,
    shortcut_step,
    train_shortcut,
)
from generation.training.training_clips import CacheShare, pack_captions
from tests.support.training import DIT, TEXT, cache_in, generator, tiny_model

CPU = torch.device("cpu")
STUDENT = replace(DIT, distilled=True, name="tiny student")


@pytest.fixture(scope="module")
def caches(tmp_path_factory):
    return {"two seconds": cache_in(tmp_path_factory.mktemp("caches"))}


def training(steps=33, **fields):
    loop = LoopConfig(
        total_steps=steps, learning_rate=LearningRate(peak=3e-4, warmup_steps=2), log_every=11, save_every=11,
        sample_every=22,
    )  # fmt: skip
    plain = {
        "dit": STUDENT, "text": TEXT, "teacher": "0" * 64,
        "caches": (CacheShare(cache="two seconds", batch=4),), "loop": loop,
        "latent_scale": 1.5, "bfloat16": False,
    }  # fmt: skip
    return ShortcutTraining(**{**plain, **fields})


def run(folder, caches, *, stop_at=None, **fields):
    asked = []

    def should_stop():
        asked.append(None)
        return stop_at is not None and len(asked) > stop_at

    return train_shortcut(
        training(**fields), caches, folder, teacher=tiny_model(), draw_sample=lambda model, path: None,
        control=RunControl(should_stop=should_stop),
    )  # fmt: skip


@pytest.fixture(scope="module")
def distilled(caches, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shortcut")
    return folder, run(folder, caches)


def networks_with_another_average():
    networks = Networks.of(tiny_model(), training())
    with torch.no_grad():
        for weight in networks.average.weights.values():
            weight.add_(0.05 * torch.randn(weight.shape, generator=generator(8)))
    return networks


def test_every_step_size_is_logged(distilled):
    records = read_records(RunFolder(root=distilled[0]).log)

    assert len(records) == 3
    assert {"loss_64_steps", "loss_32_steps", "loss_16_steps", "loss_8_steps", "loss_t0.1_0.3"} <= set(records[0])


def test_student_comes_nearer_to_its_teacher(distilled, caches):
    begun, learned = (Networks.of(tiny_model(), training()) for _ in range(2))
    learned.student.load_state_dict(distilled[1].state_dict())

    with torch.no_grad():
        before, after = (
            sum(shortcut_step(networks, training(), caches, 11 * cycle).total for cycle in range(10, 20))
            for networks in (begun, learned)
        )

    assert after < 0.95 * before


def test_only_the_transformer_learns(distilled):
    begun, student = dict(tiny_model().named_parameters()), distilled[1]

    for name, parameter in student.named_parameters():
        if name.startswith("text."):
            assert torch.equal(parameter, begun[name])
    assert not torch.equal(student.dit.final_proj.weight, begun["dit.final_proj.weight"])


def test_stopped_and_resumed_run_ends_with_the_same_bytes(distilled, caches, tmp_path):
    run(tmp_path, caches, stop_at=10)
    run(tmp_path, caches)

    for name in ("checkpoint.safetensors", "metrics.jsonl"):
        assert (tmp_path / name).read_bytes() == (distilled[0] / name).read_bytes()


def test_another_teacher_is_refused_on_resume(caches, tmp_path):
    run(tmp_path, caches, stop_at=1)

    with pytest.raises(WeightsError, match="teacher"):
        run(tmp_path, caches, teacher="1" * 64)


def error_of(networks, clips, target, step_size):
    text = pack_captions(networks.student, clips, told_nothing=False)
    window = window_of(clips.noisy.latents, clips.plan, text, null_condition=False, step_size=step_size)
    squares = (networks.student.dit(window) - target).square().mean(dim=(1, 3, 4))
    counted = clips.noisy.counted.flatten(1)
    return ((squares * counted).sum(1) / counted.sum(1)).mean()


def test_smallest_step_imitates_the_guided_teacher(caches):
    networks = networks_with_another_average()

    loss = shortcut_step(networks, training(), caches, 3)

    clips, _ = draw_shortcut(training(), caches, 3, CPU)
    target = guided_velocity(networks.teacher, clips, training().guidance)
    torch.testing.assert_close(loss.total, error_of(networks, clips, target, 32.0))
    torch.testing.assert_close(loss.metrics["loss_64_steps"], loss.total)


@pytest.mark.parametrize(("step", "told", "told_small"), [(8, 16.0, 32.0), (9, 8.0, 16.0), (10, 4.0, 8.0)])
def test_larger_steps_imitate_two_of_the_average(caches, step, told, told_small):
    networks = networks_with_another_average()

    loss = shortcut_step(networks, training(), caches, step)

    clips, span = draw_shortcut(training(), caches, step, CPU)
    average = tiny_model(distilled=True)
    networks.average.copy_to(average)
    text = pack_captions(average, clips, told_nothing=False)

    def velocity(latents, timesteps):
        plan = replace(clips.plan, timesteps=timesteps)
        return average.dit(window_of(latents, plan, text, null_condition=False, step_size=told_small))

    with torch.no_grad():
        target = two_step_target(velocity, clips.noisy.latents, span, clips.noisy.counted)
    torch.testing.assert_close(loss.total, error_of(networks, clips, target, told))


def test_no_more_chunks_are_noisy_than_stages(caches, tmp_path):
    longer = {"two seconds": cache_in(tmp_path, shards=1, frames=72, count=4)}
    short = training(window_size=2, cycle=ShortcutCycle(step_counts=(16, 8)))

    cleans = {draw_shortcut(short, longer, step, CPU)[0].plan.clean_chunks for step in range(20)}

    assert min(cleans) == 1


def test_clean_chunks_stand_still(caches):
    continuing = training(tasks=TaskMix(continuation_share=1, image_share=0))

    clips, span = draw_shortcut(continuing, caches, 9, CPU)

    assert clips.plan.clean_chunks == 1
    assert torch.equal(span.start[:, 0], span.stop[:, 0])
    assert torch.equal(span.start, clips.plan.timesteps)
    assert shortcut_step(Networks.of(tiny_model(), continuing), continuing, caches, 9).total.isfinite()


@pytest.mark.parametrize("step", [0, 9])
def test_team_takes_the_step_of_one_process(caches, step):
    networks = networks_with_another_average()
    parameters = [parameter for parameter in networks.student.parameters() if parameter.requires_grad]

    whole = shortcut_step(networks, training(), caches, step).total
    parts = [shortcut_step(networks, training(), caches, step, team=Team(rank=rank, size=2)).total for rank in range(2)]

    torch.testing.assert_close(whole, (parts[0] + parts[1]) / 2)
    expected = torch.autograd.grad(whole, parameters, materialize_grads=True)
    shares = [torch.autograd.grad(part, parameters, materialize_grads=True) for part in parts]
    for gradient, first, second in zip(expected, *shares, strict=True):
        torch.testing.assert_close(gradient, (first + second) / 2, atol=1e-5, rtol=1e-3)


def test_student_begins_as_its_teacher():
    networks = Networks.of(tiny_model(), training())

    for name, parameter in networks.teacher.dit.named_parameters():
        assert torch.equal(parameter, dict(networks.student.dit.named_parameters())[name])
    assert not any(parameter.requires_grad for parameter in networks.teacher.parameters())
    assert not any(parameter.requires_grad for parameter in networks.target.parameters())


def test_student_of_another_shape_is_refused():
    with pytest.raises(ConfigError, match="architecture"):
        Networks.of(tiny_model(), training(dit=replace(STUDENT, num_layers=3)))


@pytest.mark.parametrize("fields", [{"dit": DIT}, {"window_size": 3}, {"caches": ()}, {"latent_scale": 0}])
def test_contradictions_are_refused(fields):
    with pytest.raises(ConfigError):
        training(**fields)
