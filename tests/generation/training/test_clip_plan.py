"""Text, image and continuation as one task."""

import pytest
import torch

from generation.errors import ConfigError
from generation.training.clip_plan import TaskMix, draw_task, plan_at, plan_clips
from generation.training.timestep_density import TimestepDensity

DENSITY = TimestepDensity()


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def plans(mix, *, batch=4, chunks=4, count=300):
    draw = generator()
    return [plan_clips(batch, chunks, mix, DENSITY, draw) for _ in range(count)]


def test_tasks_come_in_their_shares():
    mix = TaskMix(image_share=0.35, continuation_share=0.3)
    drawn = plans(mix, count=1500)

    continued = sum(plan.clean_chunks > 0 for plan in drawn) / len(drawn)
    from_image = sum(plan.from_image.float().mean().item() for plan in drawn) / len(drawn)
    assert continued == pytest.approx(0.3, abs=0.04)
    assert from_image == pytest.approx(0.35, abs=0.04)
    assert {plan.clean_chunks for plan in drawn} == {0, 1, 2, 3}


def test_clip_of_one_chunk_starts_from_an_image_where_it_cannot_be_continued():
    drawn = plans(TaskMix(image_share=0.25, continuation_share=0.25), chunks=1)

    assert {plan.clean_chunks for plan in drawn} == {0}
    from_image = sum(plan.from_image.float().mean().item() for plan in drawn) / len(drawn)
    assert from_image == pytest.approx(0.5, abs=0.05)


def test_continuation_alone_is_a_mix():
    drawn = plans(TaskMix(image_share=0, continuation_share=1), count=50)

    assert all(plan.clean_chunks > 0 and not plan.from_image.any() for plan in drawn)


def test_clean_chunk_sees_only_itself_and_noisy_ones_look_back():
    mix = TaskMix(short_span_share=0, attention_span=2)
    task = draw_task(2, 4, TaskMix(image_share=0, continuation_share=1), generator(3))
    plan = plan_at(torch.rand(2, 4 - task.clean_chunks), task, mix, generator())

    for chunk, (start, stop) in enumerate(plan.key_ranges):
        assert stop == chunk + 1
        assert start == (chunk if chunk < plan.clean_chunks else max(0, chunk + 1 - task.span))


def test_some_batches_look_back_less():
    mix = TaskMix(short_span_share=0.5, continuation_share=0, image_share=0)

    starts = [plan.key_ranges[-1][0] for plan in plans(mix, count=400)]

    assert set(starts) == {0, 1, 2, 3}
    assert sum(start == 3 for start in starts) / len(starts) == pytest.approx(0.125, abs=0.05)
    assert all(plan.key_ranges[-1][0] == 0 for plan in plans(TaskMix(short_span_share=0), count=100))


def test_clean_chunks_carry_up_to_their_noise_and_do_not_say_so():
    drawn = [plan for plan in plans(TaskMix(continuation_share=1, image_share=0)) if plan.clean_chunks]

    clean = torch.cat([plan.levels[:, : plan.clean_chunks].flatten() for plan in drawn])
    assert clean.min() >= 0.95
    assert clean.min() < 0.951
    assert clean.max() <= 1.0
    for plan in drawn:
        assert (plan.timesteps[:, : plan.clean_chunks] == 0.9999).all()
        assert torch.equal(plan.timesteps[:, plan.clean_chunks :], plan.levels[:, plan.clean_chunks :])


def test_rows_are_the_plan_of_some_clips():
    plan = plans(TaskMix(), count=1)[0]

    part = plan.rows(slice(1, 3))

    assert torch.equal(part.timesteps, plan.timesteps[1:3])
    assert torch.equal(part.from_image, plan.from_image[1:3])
    assert part.key_ranges == plan.key_ranges
    assert part.num_chunks == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"image_share": -0.1}, {"image_share": 0.8, "continuation_share": 0.3}, {"attention_span": 0},
        {"caption_dropout": 1.1}, {"second_captions_of_changing": 2},
    ],
)  # fmt: skip
def test_contradictions_are_refused(fields):
    with pytest.raises(ConfigError):
        TaskMix(**fields)
