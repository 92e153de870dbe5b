"""Flow matching on chunks: what is noisy, what counts, and what gradients flow through."""

import pytest
import torch

from generation.errors import ConfigError
from generation.model.window import PackedText
from generation.training.clip_plan import ClipPlan
from generation.training.dit_objective import (
    EVEN,
    FlowWeights,
    add_noise,
    change_weights,
    flow_matching_loss,
    losses_by_timestep,
    window_of,
    with_stills,
)
from tests.support.models import tiny_dit

CHUNKS, FRAMES = 3, 6


def plan(*, clean=0, from_image=(False, False), span=3):
    timesteps = torch.tensor([[0.7, 0.4, 0.05], [0.6, 0.2, 0.0]])
    levels = timesteps.clone()
    timesteps[:, :clean], levels[:, :clean] = 0.9999, 0.97
    ranges = tuple((chunk if chunk < clean else max(0, chunk + 1 - span), chunk + 1) for chunk in range(CHUNKS))
    return ClipPlan(
        clean_chunks=clean, from_image=torch.tensor(from_image), timesteps=timesteps, levels=levels, key_ranges=ranges
    )


def latents(seed=0):
    return torch.randn(2, 16, CHUNKS * FRAMES, 4, 4, generator=torch.Generator().manual_seed(seed))


def text(seed=0):
    rows = torch.randn(2 * CHUNKS * 2, 24, generator=torch.Generator().manual_seed(seed))
    return PackedText(embeddings=rows, lengths=(2,) * (2 * CHUNKS))


def noise(seed=1):
    return torch.Generator().manual_seed(seed)


def loss(dit, noisy, some_plan):
    return flow_matching_loss(dit, noisy, some_plan, text(), null_condition=False, step_size=None)


def test_noise_is_mixed_as_the_levels_say():
    clean, some_plan = latents(), plan(clean=1)

    noisy = add_noise(clean, some_plan, noise())

    drawn = torch.randn(clean.shape, generator=noise())
    torch.testing.assert_close(noisy.target, clean - drawn)
    for chunk in range(CHUNKS):
        part = slice(chunk * FRAMES, (chunk + 1) * FRAMES)
        for clip in range(2):
            level = some_plan.levels[clip, chunk]
            expected = (1 - level) * drawn[clip, :, part] + level * clean[clip, :, part]
            torch.testing.assert_close(noisy.latents[clip, :, part], expected)


def test_latents_moved_along_the_target_become_clean():
    clean, some_plan = latents(), plan()

    noisy = add_noise(clean, some_plan, noise())

    way = 1 - some_plan.timesteps.repeat_interleave(FRAMES, dim=1)[:, None, :, None, None]
    torch.testing.assert_close(noisy.latents + way * noisy.target, clean, atol=1e-5, rtol=1e-5)


def test_frame_of_an_image_is_exact_and_does_not_count():
    clean, some_plan = latents(), plan(from_image=(True, False))

    noisy = add_noise(clean, some_plan, noise())

    assert torch.equal(noisy.latents[0, :, 0], clean[0, :, 0])
    assert not torch.equal(noisy.latents[1, :, 0], clean[1, :, 0])
    assert noisy.counted[:, 0, :, 0, 0].sum(dim=1).tolist() == [CHUNKS * FRAMES - 1, CHUNKS * FRAMES]
    assert noisy.counted[0, 0, 0] == 0


def test_image_is_seen_as_a_picture_of_its_own():
    clean, stills = latents(), latents(5)[:, :, :1]

    seen = with_stills(clean, stills, plan(from_image=(True, False)))

    assert torch.equal(seen[0, :, :1], stills[0])
    assert torch.equal(seen[0, :, 1:], clean[0, :, 1:])
    assert torch.equal(seen[1], clean[1])


def test_clean_frames_do_not_count():
    noisy = add_noise(latents(), plan(clean=2), noise())

    assert noisy.counted[:, 0, :, 0, 0].sum(dim=1).tolist() == [FRAMES, FRAMES]
    assert noisy.counted[:, 0, -FRAMES:].all()


def test_loss_is_the_plain_mean_over_noisy_frames():
    dit, some_plan = tiny_dit(0), plan(clean=1, from_image=(False, False))
    noisy = add_noise(latents(), some_plan, noise())

    got = loss(dit, noisy, some_plan)

    velocity = dit(window_of(noisy.latents, some_plan, text(), null_condition=False, step_size=None))
    expected = (velocity - noisy.target)[:, :, FRAMES:].square().mean()
    torch.testing.assert_close(got.total, expected)


def test_image_loss_leaves_the_given_frame_out():
    dit, some_plan = tiny_dit(0), plan(from_image=(True, True))
    noisy = add_noise(latents(), some_plan, noise())

    got = loss(dit, noisy, some_plan)

    velocity = dit(window_of(noisy.latents, some_plan, text(), null_condition=False, step_size=None))
    torch.testing.assert_close(got.total, (velocity - noisy.target)[:, :, 1:].square().mean())


def gradients(dit, noisy, some_plan):
    dit.zero_grad()
    loss(dit, noisy, some_plan).total.backward()
    return {name: parameter.grad.clone() for name, parameter in dit.named_parameters() if parameter.grad is not None}


def test_gradient_flows_through_clean_keys_and_values(monkeypatch):
    """Blocking what flows back through the keys and values of clean chunks changes the gradients of their weights."""
    dit = tiny_dit(0).requires_grad_(True)
    some_plan = plan(clean=2)
    noisy = add_noise(latents(), some_plan, noise())
    whole = gradients(dit, noisy, some_plan)

    from generation.model import attention as module

    clean_tokens = 2 * dit.config.chunk_tokens(4, 4)
    attend = module.attend

    def blocking(query, key, value, mask):
        # Self-attention only: as many keys as queries.
        if key.shape[1] == query.shape[1]:
            key, value = (
                torch.cat([part[:, :clean_tokens].detach(), part[:, clean_tokens:]], dim=1) for part in (key, value)
            )
        return attend(query, key, value, mask)

    monkeypatch.setattr(module, "attend", blocking)
    blocked = gradients(dit, noisy, some_plan)

    for name in ("blocks.0.attention.key.weight", "blocks.0.attention.value.weight", "blocks.0.attention.query.weight"):
        difference = (whole[name] - blocked[name]).norm() / whole[name].norm()
        assert difference > 0.01, name


def test_clean_latents_influence_the_loss_only_through_attention():
    dit, some_plan = tiny_dit(0), plan(clean=1, span=1)
    noisy = add_noise(latents(), some_plan, noise())
    noisy.latents.requires_grad_(True)

    (alone,) = torch.autograd.grad(loss(dit, noisy, some_plan).total, noisy.latents)
    (seen,) = torch.autograd.grad(loss(dit, noisy, plan(clean=1)).total, noisy.latents)

    assert alone[:, :, :FRAMES].abs().max() == 0
    assert seen[:, :, :FRAMES].abs().max() > 0


def test_clean_chunk_sees_only_itself():
    dit, some_plan = tiny_dit(0), plan(clean=2)
    noisy = add_noise(latents(), some_plan, noise())
    noisy.latents.requires_grad_(True)

    velocity = dit(window_of(noisy.latents, some_plan, text(), null_condition=False, step_size=None))
    (gradient,) = torch.autograd.grad(velocity[:, :, FRAMES : 2 * FRAMES].square().sum(), noisy.latents)

    seen = gradient.abs().amax(dim=(0, 1, 3, 4)) > 0
    assert seen.tolist() == [False] * FRAMES + [True] * FRAMES + [False] * FRAMES


def test_losses_are_told_apart_by_timestep():
    error = torch.arange(36.0).view(2, 18)
    counted = torch.ones(2, 18)
    counted[0, 0] = 0

    metrics = losses_by_timestep(error, counted, plan())

    # Chunks at 0.05 and 0.0 are alone in their quarters.
    assert metrics["loss_t0.0217_0.1"] == pytest.approx(error[0, 12:].mean().item())
    assert metrics["loss_t0_0.0217"] == pytest.approx(error[1, 12:].mean().item())
    assert metrics["loss_t0.1_0.3"] == pytest.approx(error[1, 6:12].mean().item())
    assert metrics["loss_t0.3_1"] == pytest.approx((error[0, 1:12].sum() + error[1, :6].sum()).item() / 17)
    assert losses_by_timestep(error, counted, plan(clean=0))["loss_t0_0.0217"].isfinite()


def test_quarter_without_chunks_knows_nothing():
    metrics = losses_by_timestep(torch.ones(2, 18), torch.zeros(2, 18), plan())

    assert all(value.isnan() for value in metrics.values())


def weighed(noisy, weights):
    return flow_matching_loss(
        lambda window: torch.zeros_like(window.latents), noisy, plan(clean=2), text(),
        null_condition=False, step_size=None, weights=weights,
    )  # fmt: skip


def test_weights_count_frames_and_means_as_they_say():
    noisy = add_noise(latents(), plan(clean=2), noise())
    frames = (3.0, 1.0, 0.0, 1.0, 1.0, 0.5)

    even, weighted = weighed(noisy, EVEN), weighed(noisy, FlowWeights(frames=frames))
    with_means = weighed(noisy, FlowWeights(frames=frames, mean=2.0))

    target = noisy.target[:, :, 12:]
    by_hand = sum(weight * target[:, :, frame].square().mean() for frame, weight in enumerate(frames)) / 6
    means = target.mean(dim=(3, 4)).square().mean()
    torch.testing.assert_close(even.total, target.square().mean())
    torch.testing.assert_close(weighted.total, by_hand)
    torch.testing.assert_close(with_means.total, by_hand + 2 * means)
    assert with_means.metrics["loss_t0.0217_0.1"] == even.metrics["loss_t0.0217_0.1"]


@pytest.mark.parametrize("fields", [{"frames": (1.0, -1.0)}, {"mean": -1.0}])
def test_negative_weights_are_refused(fields):
    with pytest.raises(ConfigError, match="negative"):
        FlowWeights(**fields)


def test_weights_of_another_chunk_length_are_refused():
    with pytest.raises(ConfigError, match="must be 6"):
        weighed(add_noise(latents(), plan(clean=2), noise()), FlowWeights(frames=(1.0, 2.0)))


def test_change_counts_where_it_is_and_everything_counts_one_on_average():
    clean = torch.zeros(2, 16, 6, 8, 8)
    # The second clip stands still but for one place, which changes in every frame.
    clean[1, :, ::2, 2, 2] = 1.0

    weights = change_weights(clean, 1.5)

    assert torch.equal(weights[0], torch.ones(6, 8, 8))
    torch.testing.assert_close(weights.mean(dim=(1, 2, 3)), torch.ones(2))
    # Its neighbours too, all alike; what is far counts less than one.
    near = weights[1, :, 1:4, 1:4]
    assert torch.equal(near, near[:1, :1, :1].expand_as(near))
    # 1/9 of the change, against 1/64 of it on average and the floor.
    change, mean = 1 / 9, 1 / 64
    ratio = (1 + 1.5 * change / (mean + 0.02)) / 1
    torch.testing.assert_close(near[0, 0, 0] / weights[1, 0, 7, 7], torch.tensor(ratio))


def test_what_changes_beyond_all_measure_counts_at_most_so_much():
    clean = torch.zeros(1, 16, 4, 40, 40)
    clean[:, :, ::2, 20, 20] = 100.0

    weights = change_weights(clean, 1.0)

    assert float(weights.max() / weights.min()) == pytest.approx(13.0)


def test_weights_of_change_turn_the_loss_and_leave_its_metrics():
    clean, some_plan = latents(), plan()
    noisy = add_noise(clean, some_plan, noise())
    dit = tiny_dit(seed=0)
    ask = {"null_condition": False, "step_size": None}

    even = flow_matching_loss(dit, noisy, some_plan, text(), **ask)
    changing = flow_matching_loss(dit, noisy, some_plan, text(), **ask, weights=FlowWeights(change=3.0))

    wrong = dit(window_of(noisy.latents, some_plan, text(), **ask)).float() - noisy.target
    slow = (wrong.square() * change_weights(clean, 3.0)[:, None]).mean()
    torch.testing.assert_close(changing.total, slow)
    assert not torch.isclose(changing.total, even.total, rtol=1e-4)
    for name, value in even.metrics.items():
        torch.testing.assert_close(changing.metrics[name], value, equal_nan=True)
