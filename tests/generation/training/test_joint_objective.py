"""What a decoder learns where two seconds meet."""

import pytest
import torch

from generation.training.frames import to_video
from generation.training.joint_objective import draw_joint_task, faded, joint_loss
from generation.training.made_joints import JointBatch
from generation.training.vae_objective import VAELossWeights
from tests.support.training import generator, tiny_trained_vae

WEIGHTS = VAELossWeights(gradient=0.1, kl=0.0, square=1.0, motion=0.5, joint=3.0)


def batch(seed=0):
    draw = generator(seed)
    pixels = [torch.randint(256, (2, count, 16, 16, 3), generator=draw, dtype=torch.uint8) for count in (16, 8)]
    before, after, made = (torch.randn(2, 4, 3, 2, 2, generator=draw) for _ in range(3))
    return JointBatch(frames=pixels[0], drawn=pixels[1], before=before, after=after, made=made)


def tasks(noise=0.0):
    """The two kinds of task, by whether what follows is true."""
    joints, found = batch(), {}
    for seed in range(40):
        task = draw_joint_task(joints, noise, generator(seed))
        found.setdefault(torch.equal(task.target, to_video(joints.frames)), []).append(task)
    return joints, found


def test_most_tasks_are_on_what_was_made():
    joints, found = tasks()

    assert 4 <= len(found[True]) <= 18
    assert all(torch.equal(task.after, joints.after) for task in found[True])
    assert all(torch.equal(task.after, joints.made) for task in found[False])


def test_the_aim_is_true_at_the_joint_and_fades_to_what_was_drawn():
    joints, found = tasks()
    target, true, drawn = found[False][0].target, to_video(joints.frames), to_video(joints.drawn)

    # All of the second before, and the first frame after it.
    assert torch.equal(target[:, :, :9], true[:, :, :9])
    torch.testing.assert_close(target[:, :, 12], (true[:, :, 12] + drawn[:, :, 4]) / 2)
    torch.testing.assert_close(target[:, :, 15], true[:, :, 15] / 8 + drawn[:, :, 7] * 7 / 8)


def test_fading_is_even():
    shares = faded(torch.zeros(1, 3, 16, 1, 1), torch.ones(1, 3, 8, 1, 1))[0, 0, 8:, 0, 0]

    assert shares.tolist() == [step / 8 for step in range(8)]


def test_noise_is_at_most_what_was_said():
    joints, found = tasks(noise=0.1)

    spread = [float((task.before - joints.before).std()) for group in found.values() for task in group]
    assert 0.02 < sum(spread) / len(spread) < 0.08
    assert max(spread) < 0.13


def test_a_leap_at_the_joint_costs_more_than_the_same_error_elsewhere():
    vae, task = tiny_trained_vae(), draw_joint_task(batch(), 0.0, generator())
    whole = joint_loss(vae, task, WEIGHTS)
    without = joint_loss(vae, task, VAELossWeights(gradient=0.1, kl=0.0, square=1.0, motion=0.5))

    assert float(whole.total) == pytest.approx(float(without.total) + 3 * float(whole.metrics["made_joint"]))
    assert float(whole.metrics["made_joint"]) > 0


def test_only_the_decoder_is_asked():
    vae = tiny_trained_vae()
    vae.decoder.requires_grad_(requires_grad=True)

    joint_loss(vae, draw_joint_task(batch(), 0.05, generator()), WEIGHTS).total.backward()

    assert all(parameter.grad is None for parameter in vae.encoder.parameters())
    assert any(parameter.grad is not None and parameter.grad.abs().max() > 0 for parameter in vae.decoder.parameters())
