"""Targets of large steps, and what they are good for on a toy with an exact teacher."""

import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from generation.config import SamplingConfig
from generation.errors import ConfigError
from generation.sampling.guidance import pass_weights
from generation.sampling.timesteps import make_timesteps
from generation.training.runs.averaging import WeightAverage
from generation.training.shortcut import (
    DistilledGuidance,
    ShortcutCycle,
    StepSpan,
    draw_span,
    embedded_step_size,
    guidance_weights,
    two_step_target,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_cycle_has_eleven_steps_of_which_eight_are_the_smallest():
    cycle = ShortcutCycle()

    assert [cycle.steps_at(step) for step in range(11)] == [64] * 8 + [32, 16, 8]
    assert cycle.steps_at(11) == 64
    assert cycle.most_steps == 64


def test_step_sizes_are_told_as_released():
    assert [embedded_step_size(count) for count in (64, 32, 16, 8)] == [32, 16, 8, 4]


@pytest.mark.parametrize("counts", [(), (32, 64), (64, 16), (64, 32, 8), (64, 63)])
def test_counts_must_halve_from_the_first(counts):
    with pytest.raises(ConfigError, match="halve"):
        ShortcutCycle(step_counts=counts)


def test_guidance_is_that_of_the_sampler():
    timesteps = torch.tensor([[0.9995, 0.5, 0.3], [0.2, 0.05, 0.0]])

    weights = guidance_weights(DistilledGuidance(), timesteps)

    for clip in range(2):
        for chunk in range(3):
            expected = pass_weights(SamplingConfig(), float(timesteps[clip, chunk]))
            assert weights.none[clip, chunk] == pytest.approx(expected.none)
            assert weights.context[clip, chunk] == pytest.approx(expected.context)
            assert weights.text[clip, chunk] == pytest.approx(expected.text)
    assert weights.text[:, 0].tolist() == [0.0, 7.5]


def test_guidance_that_a_sampler_would_refuse_is_refused():
    with pytest.raises(ConfigError):
        DistilledGuidance(text=(1.0,))


@pytest.mark.parametrize("num_steps", [64, 32, 16, 8])
def test_steps_are_those_of_inference(num_steps):
    stages = torch.tensor([[3, 2, 1, 0]] * 200)

    span = draw_span(stages, num_steps=num_steps, window_size=4, generator=generator())

    schedule = make_timesteps(num_steps)
    starts = {round(value, 5) for value in span.start.flatten().tolist()}
    assert starts == {round(value, 5) for value in schedule[:-1].tolist()}
    # All chunks of a clip take the step of the same number in their stage.
    index = (schedule[None, None] - span.start[..., None]).abs().argmin(-1)
    assert (index.diff(dim=1) == -num_steps // 4).all()
    torch.testing.assert_close(span.stop, schedule[index + 1], atol=1e-6, rtol=0)
    assert ((span.start < span.middle) & (span.middle < span.stop)).all()


def test_target_is_where_two_small_steps_end():
    latents = torch.randn(2, 3, 4, 1, 1, generator=generator())
    span = StepSpan(
        start=torch.tensor([[0.3, 0.1], [0.5, 0.0]]), middle=torch.tensor([[0.4, 0.15], [0.55, 0.1]]),
        stop=torch.tensor([[0.6, 0.2], [0.8, 0.3]]),
    )  # fmt: skip

    def velocity(latents, timesteps):
        return latents.sin() + timesteps.repeat_interleave(2, dim=1)[:, None, :, None, None]

    target = two_step_target(velocity, latents, span, torch.ones(2, 1, 4, 1, 1))

    for clip in range(2):
        for frame in range(4):
            start, middle, stop = (part[clip, frame // 2] for part in (span.start, span.middle, span.stop))
            x = latents[clip, :, frame]
            x = x + (middle - start) * (x.sin() + start)
            x = x + (stop - middle) * (x.sin() + middle)
            end = latents[clip, :, frame] + (stop - start) * target[clip, :, frame]
            torch.testing.assert_close(end, x)


def test_given_frames_and_clean_chunks_stay_where_they_are():
    latents = torch.randn(1, 3, 4, 1, 1, generator=generator())
    span = StepSpan(start=torch.tensor([[0.1]]), middle=torch.tensor([[0.2]]), stop=torch.tensor([[0.4]]))
    seen = []

    def velocity(latents, timesteps):
        seen.append((latents.clone(), timesteps))
        return torch.ones_like(latents)

    moving = torch.tensor([0.0, 0, 0, 1]).view(1, 1, 4, 1, 1)
    target = two_step_target(velocity, latents, span.after(torch.tensor([[0.9999]])), moving)

    assert torch.equal(seen[1][0][:, :, :3], latents[:, :, :3])
    torch.testing.assert_close(seen[1][0][:, :, 3], latents[:, :, 3] + 0.1)
    assert seen[1][1][0, 0] == pytest.approx(0.9999)
    assert target.isfinite().all()
    torch.testing.assert_close(target[:, :, 2:], torch.ones(1, 3, 2, 1, 1))


# Eight Gaussians on a circle, whose velocity is known (method F.2, 3).
SPREAD = 0.15
ANGLES = torch.arange(8) * 2 * math.pi / 8
CENTRES = 2 * torch.stack([ANGLES.cos(), ANGLES.sin()], dim=1)
POINTS = 3000


def exact_velocity(points, timesteps):
    x, t = points.flatten(1), timesteps.reshape(-1, 1)
    variance = (1 - t) ** 2 + (t * SPREAD) ** 2
    away = x[:, None] - t[:, None] * CENTRES
    share = (-away.square().sum(2) / (2 * variance)).softmax(1)
    gain = (t * SPREAD**2 - (1 - t)) / variance
    velocity = (share[:, :, None] * (CENTRES + gain[:, None] * away)).sum(1)
    return velocity[:, :, None, None, None]


class Student(nn.Module):
    """A small network that is told where it is on the way and how far it goes."""

    def __init__(self, width=64):
        super().__init__()
        sizes = [(22, width), (width, width), (width, width)]
        layers = [layer for size in sizes for layer in (nn.Linear(*size), nn.SiLU())]
        self.layers = nn.Sequential(*layers, nn.Linear(width, 2))
        draw = generator(4)
        with torch.no_grad():
            for parameter in self.parameters():
                spread = parameter.shape[1] ** -0.5 if parameter.ndim == 2 else 0
                parameter.normal_(generator=draw).mul_(spread)

    def forward(self, points, timesteps, num_steps):
        x, t = points.flatten(1), timesteps.reshape(-1, 1)
        # Even along the schedule.
        u = (3 * t / (1 + 2 * t)).clamp(0, 1).sqrt()
        waves = torch.cat(
            [function(u * math.pi * order) for order in range(1, 5) for function in (torch.sin, torch.cos)], 1
        )
        told = torch.zeros(len(x), 4)
        told[:, int(math.log2(64 // num_steps))] = 1
        features = torch.cat([x, (2 * x).sin(), (2 * x).cos(), u, t, u * u, t * u, waves, told], dim=1)
        return self.layers(features)[:, :, None, None, None]


def drawn_points(count, draw):
    return CENTRES[torch.randint(8, (count,), generator=draw)] + SPREAD * torch.randn(count, 2, generator=draw)


def distance(velocity, num_steps):
    """Sliced Wasserstein distance between the truth and what a velocity makes of noise."""
    points = torch.randn(POINTS, 2, 1, 1, 1, generator=generator(5))
    with torch.no_grad():
        for start, stop in pairwise(make_timesteps(num_steps)):
            points = points + (stop - start) * velocity(points, start.expand(POINTS, 1))
    angles = torch.arange(32) * math.pi / 32
    directions = torch.stack([angles.cos(), angles.sin()])
    truth = drawn_points(POINTS, generator(9))
    return ((points.flatten(1) @ directions).sort(0).values - (truth @ directions).sort(0).values).abs().mean().item()


def distilled(iterations=550, batch=256):
    student, target = Student(), Student()
    average, cycle, draw = WeightAverage(student, decay=0.99), ShortcutCycle(), generator(1)
    optimizer = torch.optim.AdamW(student.parameters(), weight_decay=0.0, fused=True)
    moving = torch.ones(batch, 1, 1, 1, 1)
    for step in range(iterations):
        optimizer.param_groups[0]["lr"] = 1e-3 * (1 + math.cos(math.pi * step / iterations)) * min(1, (step + 1) / 30)
        num_steps = cycle.steps_at(step)
        stages = torch.randint(4, (batch, 1), generator=draw)
        span = draw_span(stages, num_steps=num_steps, window_size=4, generator=draw)
        noise, data = torch.randn(batch, 2, generator=draw), drawn_points(batch, draw)
        points = ((1 - span.start) * noise + span.start * data)[:, :, None, None, None]
        with torch.no_grad():
            if num_steps == cycle.most_steps:
                wanted = exact_velocity(points, span.start)
            else:
                average.copy_to(target)
                wanted = two_step_target(lambda x, t, n=2 * num_steps: target(x, t, n), points, span, moving)
        optimizer.zero_grad()
        (student(points, span.start, num_steps) - wanted).square().mean().backward()
        optimizer.step()
        average.update(student)
    average.copy_to(student)
    return student


def test_student_is_better_in_eight_steps_than_its_teacher_and_the_step_size_is_why():
    student = distilled()

    teacher = distance(exact_velocity, 8)
    told = distance(lambda x, t: student(x, t, 8), 8)
    not_told = distance(lambda x, t: student(x, t, 64), 8)

    assert teacher == pytest.approx(0.26, abs=0.02)
    assert told < 0.6 * teacher
    assert not_told > 1.8 * told
    assert told < 1.3 * distance(lambda x, t: student(x, t, 64), 64)
