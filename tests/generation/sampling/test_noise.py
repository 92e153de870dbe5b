"""Noise from a seed alone."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from generation.sampling.noise import chunk_seed, draw_chunk_noise, draw_clip_noise

SHAPE = (1, 16, 6, 8, 8)


def test_a_chunk_has_the_same_noise_every_time():
    assert torch.equal(draw_chunk_noise(7, 3, SHAPE), draw_chunk_noise(7, 3, SHAPE))


def test_noise_is_what_it_was_when_first_released():
    noise = draw_chunk_noise(1234, 0, (16,))

    assert noise.dtype == torch.float32
    assert noise[:4].tolist() == pytest.approx([-0.0572145, 0.1101532, -0.7038576, -0.6581904], abs=1e-6)


def test_drawing_leaves_the_global_generator_alone():
    before = torch.get_rng_state()

    draw_chunk_noise(7, 3, SHAPE)
    draw_clip_noise(7, SHAPE)

    assert torch.equal(torch.get_rng_state(), before)


def test_noise_is_standard_normal_and_unlike_its_neighbours():
    draws = torch.stack([draw_chunk_noise(seed, chunk, SHAPE).flatten() for seed in (1, 2) for chunk in (0, 1)])

    assert draws.mean().abs() < 0.02
    assert abs(draws.std() - 1) < 0.02
    assert (torch.corrcoef(draws) - torch.eye(4)).abs().max() < 0.05


@given(seed=st.integers(0, 2**63 - 1), chunk=st.integers(0, 100))
def test_neighbouring_seeds_and_chunks_are_mixed_apart(seed, chunk):
    mixed = {chunk_seed(seed + a, chunk + b) % 2**32 for a in (0, 1, 2**32) for b in (0, 1)}

    assert len(mixed) == 6


def test_the_single_draw_is_the_released_one(reference_root):
    golden = load_file(reference_root / "dit" / "sampler_v2v_base_4b_exact2chunks.safetensors")["noise"]

    assert torch.equal(draw_clip_noise(24, tuple(golden.shape)), golden)
