"""Models and texts to measure with."""

from dataclasses import replace

import torch

from generation.evaluation.benchmark.random_models import TEXT_TOKENS, random_dit, random_texts, random_vae
from generation.presets import find_preset

TINY = find_preset("tiny")


def test_a_random_transformer_is_the_same_every_time():
    first, second = (random_dit(TINY.dit) for _ in range(2))

    assert all(torch.equal(one, other) for one, other in zip(first.parameters(), second.parameters(), strict=True))
    assert not any(parameter.requires_grad for parameter in first.parameters())


def test_a_random_transformer_runs_in_the_asked_dtype():
    assert random_dit(replace(TINY.dit, num_layers=1), dtype=torch.bfloat16).dtype is torch.bfloat16


def test_a_random_autoencoder_is_the_same_every_time():
    first, second = (random_vae(TINY.vae) for _ in range(2))

    assert all(torch.equal(one, other) for one, other in zip(first.parameters(), second.parameters(), strict=True))


def test_every_chunk_has_a_text_of_its_own():
    texts = random_texts(3, text_dim=8)

    rows = [texts.conditional_rows(chunk) for chunk in range(3)]
    assert [tuple(part.shape) for part in rows] == [(TEXT_TOKENS, 8)] * 3
    assert not torch.equal(rows[0], rows[1])
