"""Colours from latents."""

import pytest
import torch

from generation.errors import RequestError, StateError
from generation.sampling.preview import LatentPreview, fit_latent_preview
from tests.generation.sampling.test_report import report

WEIGHT = torch.tensor([[40.0, 0.0, 10.0], [0.0, -30.0, 0.0], [5.0, 5.0, 20.0]])
BIAS = torch.tensor([100.0, 128.0, 90.0])


def pair(seed, *, size=(3, 4, 6), box=(4, 8, 8)):
    latents = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(seed)).clamp(-1.5, 1.5)
    colours = (latents[0].movedim(0, -1) @ WEIGHT + BIAS).round().to(torch.uint8)
    for axis, times in enumerate(box):
        colours = colours.repeat_interleave(times, dim=axis)
    return latents, colours


def test_a_linear_world_is_found_again():
    preview = fit_latent_preview(pair(seed) for seed in range(4))

    assert torch.allclose(preview.weight, WEIGHT, atol=0.2)
    assert torch.allclose(preview.bias, BIAS, atol=0.2)


def test_previews_are_small_frames():
    latents, _ = pair(9)
    preview = LatentPreview(weight=WEIGHT, bias=BIAS)

    frames = preview.frames(latents)

    assert frames.shape == (3, 4, 6, 3)
    assert frames.dtype == torch.uint8
    assert torch.equal(frames, (latents[0].movedim(0, -1) @ WEIGHT + BIAS).round().to(torch.uint8))


def test_colours_out_of_range_are_clamped():
    preview = LatentPreview(weight=torch.full((3, 3), 1000.0), bias=torch.zeros(3))

    frames = preview.frames(torch.tensor([1.0, -1.0]).repeat(3, 1).view(1, 3, 2, 1, 1))

    assert frames.flatten().tolist() == [255] * 3 + [0] * 3


def test_chunks_in_flight_are_shown_as_what_they_become():
    preview = LatentPreview(weight=torch.zeros(16, 3).index_fill(0, torch.tensor(0), 100.0), bias=torch.zeros(3))

    frames = preview.frames_in_flight(report())

    assert frames[:, 0, 0, 0].tolist() == [50] * 6 + [75] * 6


def test_an_image_is_one_latent_frame():
    assert fit_latent_preview([pair(0, size=(1, 8, 8), box=(1, 8, 8))]).weight.shape == (3, 3)


def test_a_constant_channel_does_not_break_the_fit():
    latents, frames = pair(0)
    latents = torch.cat([latents, torch.zeros_like(latents[:, :1])], dim=1)

    preview = fit_latent_preview([(latents, frames)])

    assert torch.isfinite(preview.weight).all()


def test_a_preview_comes_back_as_it_was():
    preview = LatentPreview(weight=WEIGHT, bias=BIAS)

    back = LatentPreview.from_bytes(preview.to_bytes())

    assert torch.equal(back.weight, WEIGHT)
    assert torch.equal(back.bias, BIAS)


def test_a_damaged_preview_is_refused():
    with pytest.raises(StateError):
        LatentPreview.from_bytes(LatentPreview(weight=WEIGHT, bias=BIAS).to_bytes()[:-1])


def test_a_fit_to_nothing_is_refused():
    with pytest.raises(RequestError, match="at least one pair"):
        fit_latent_preview([])


def test_frames_of_another_size_are_refused():
    latents, frames = pair(0)

    with pytest.raises(RequestError, match="multiples"):
        fit_latent_preview([(latents, frames[:-1])])
