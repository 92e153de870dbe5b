"""Generators derived from seed, step and purpose."""

import torch

from generation.training.runs.randomness import step_generator


def draw(*key):
    return torch.rand(8, generator=step_generator(*key)).tolist()


def test_same_key_draws_the_same():
    assert draw(1, 2, "noise") == draw(1, 2, "noise")


def test_every_part_of_the_key_matters():
    draws = [draw(1, 2, "noise"), draw(2, 2, "noise"), draw(1, 3, "noise"), draw(1, 2, "plan"), draw(12, 2, "noise")]

    assert len({tuple(values) for values in draws}) == len(draws)


def test_nothing_is_taken_from_everybodys_generator():
    before = torch.random.get_rng_state()

    draw(1, 2, "noise")

    assert torch.equal(before, torch.random.get_rng_state())
