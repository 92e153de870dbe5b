"""What watchers are told."""

import torch

from generation.sampling.report import StepReport


def report(**changes):
    fields = {
        "stage": 1,
        "num_stages": 3,
        "step": 1,
        "steps_in_stage": 2,
        "first_chunk": 4,
        "stop_chunk": 6,
        "timesteps": (0.3, 0.0),
        "next_timesteps": (0.5, 0.25),
        "key_ranges": ((3, 5), (3, 6)),
        "forwards": 1,
        "chunk_forwards": 2,
        "velocity": torch.ones(1, 16, 12, 1, 1),
        "latents": torch.zeros(1, 16, 12, 1, 1),
    }
    return StepReport(**{**fields, **changes})


def test_progress_ends_at_one():
    assert report().progress == 4 / 6
    assert report(stage=2).progress == 1


def test_a_straight_line_shows_what_each_chunk_becomes():
    clean = report().predicted_clean()

    assert torch.equal(clean[0, 0, :, 0, 0], torch.tensor([0.5] * 6 + [0.75] * 6))
