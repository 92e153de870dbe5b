"""Whole clips of MAGI-1's own code, sampled again: every step's window and every chunk that comes out."""

import pytest
import torch

from generation.verification.transformer.clips import load_golden_clip
from generation.verification.transformer.sampler import check_clip
from tests.support.golden import golden_case, golden_names, require_agreement

CLIPS = golden_names("dit/sampler_*")


@pytest.mark.parametrize("name", CLIPS)
def test_clips_agree_with_the_released_code(name):
    made = {comparison.what for comparison in require_agreement(check_clip(golden_case(name)))}

    assert {"step 0", "yields", "yield.0"} <= made


@pytest.mark.parametrize("name", ["dit/sampler_i2v_base_24b", "dit/sampler_i2v_distill_24b_8steps"])
def test_clips_agree_without_leaving_passes_out(name):
    require_agreement(check_clip(golden_case(name), skip_zero_weight_passes=False))


def test_the_seed_draws_the_noise_of_the_released_code():
    case = golden_case("dit/sampler_v2v_base_4b_exact2chunks")
    clip = load_golden_clip(case)
    start = clip.sampler.start(
        num_chunks=2, latent_height=4, latent_width=6, seed=24, prefix=case.tensor("prefix_latent")
    )

    for drawn, given in zip(clip.sampler.run(start), clip.sampler.run(clip.start), strict=True):
        assert torch.equal(drawn.latents, given.latents)
