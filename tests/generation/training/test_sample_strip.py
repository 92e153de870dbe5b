"""Pictures of progress."""

import pytest
import torch

from generation.training.corpus.labels import ClipBatch
from generation.training.sample_strip import SampleStrip, sample_clip
from generation.training.trained import with_latent_scale
from tests.support.training import clips, tiny_model, tiny_trained_vae


def some_clips():
    whole = clips(0, count=2, frames=48)
    return ClipBatch(
        frames=whole.frames, captions=whole.captions, second_captions=whole.second_captions, truths=whole.truths
    )


@pytest.mark.parametrize("distilled", [False, True])
def test_sample_is_as_long_as_its_captions_and_starts_from_the_picture(distilled):
    model, vae = tiny_model(distilled=distilled).requires_grad_(False), tiny_trained_vae()
    still = vae.encode(torch.rand(1, 3, 1, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1)

    frames = sample_clip(model, vae, still, ("slow zoom in", "pan left"), num_steps=8, seed=1)
    again = sample_clip(model, vae, still, ("slow zoom in", "pan left"), num_steps=8, seed=1)
    other = sample_clip(model, vae, still, ("slow zoom in", "pan left"), num_steps=8, seed=2)

    assert frames.shape == (48, 16, 16, 3)
    assert frames.dtype == torch.uint8
    assert torch.equal(frames, again)
    assert not torch.equal(frames, other)


def test_strip_is_drawn_to_a_file(tmp_path):
    strip = SampleStrip(vae=with_latent_scale(tiny_trained_vae(), 0.5), clips=some_clips(), num_steps=4)

    strip(tiny_model().requires_grad_(False), tmp_path / "strip.png")

    assert (tmp_path / "strip.png").read_bytes()[:4] == b"\x89PNG"


def test_scale_changes_the_configuration_and_no_weight():
    vae = tiny_trained_vae()

    scaled = with_latent_scale(vae, 0.25)

    assert scaled.config.latent_scale == 0.25
    assert vae.config.latent_scale == 1.0
    assert all(torch.equal(one, two) for one, two in zip(vae.parameters(), scaled.parameters(), strict=True))
