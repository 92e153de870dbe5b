"""The seam ratio on clips whose jumps are known."""

import pytest
import torch
from torch.nn import functional as F

from generation.config import ChunkPolicy
from generation.errors import ConfigError
from generation.vae.codec import FrameCodec
from generation.vae.seams import frame_jumps, seam_ratio
from generation.verification.autoencoder.checkpoint import load_golden_autoencoder


def clip_with_steps(steps):
    """A grey clip whose frame-to-frame differences are given."""
    levels = torch.tensor([0, *steps]).cumsum(0).to(torch.uint8)
    return levels[:, None, None, None].expand(-1, 4, 4, 3)


def test_jumps_are_mean_absolute_differences():
    assert frame_jumps(clip_with_steps([1, 2, 5])).tolist() == [1.0, 2.0, 5.0]


def test_even_motion_has_no_visible_seams():
    assert seam_ratio(clip_with_steps([2] * 11), period=4) == pytest.approx(1.0)


def test_seams_are_counted_where_a_period_ends():
    assert seam_ratio(clip_with_steps([1, 1, 1, 3, 1, 1, 1, 3, 1]), period=4) == pytest.approx(3.0)


def test_a_still_clip_has_no_seams():
    assert seam_ratio(clip_with_steps([0] * 5), period=3) == 1.0


def test_a_slide_show_is_all_seams():
    assert seam_ratio(clip_with_steps([0, 0, 9, 0, 0]), period=3) == float("inf")


@pytest.mark.parametrize(("frames", "period"), [(4, 4), (10, 1)])
def test_clips_without_seams_are_refused(frames, period):
    with pytest.raises(ConfigError, match="period"):
        seam_ratio(clip_with_steps([1] * (frames - 1)), period=period)


def drifting_latents(frames, seed):
    """Latents that change smoothly in time and space, with a new direction every six frames."""
    knots = torch.randn(1, 4, frames // 6 + 2, 3, 3, generator=torch.Generator().manual_seed(seed))
    return 0.18 * F.interpolate(knots, size=(frames, 8, 8), mode="trilinear", align_corners=True)


def played(codec, latents):
    """All chunks, each with its left context."""
    chunks = []
    for start in range(0, latents.shape[2], 6):
        context = latents[:, :, start - codec.context_latent_frames : start] if start else None
        chunks.append(codec.decode_chunk(latents[:, :, start : start + 6], context))
    return torch.cat(chunks)


@pytest.mark.parametrize("period", [12, 24])
def test_seamless_joints_stand_out_less_than_released_ones(reference_root, period):
    vae = load_golden_autoencoder(reference_root / "vae" / "tiny_vae")
    latents = drifting_latents(24, seed=0)

    off = {policy: abs(seam_ratio(played(FrameCodec(vae, policy), latents), period) - 1) for policy in ChunkPolicy}

    assert off[ChunkPolicy.SEAMLESS] < off[ChunkPolicy.REFERENCE]
