"""Whole clips of MAGI-1's own code, sampled again: every step's window and every chunk that comes out."""

from pathlib import Path

import pytest
import torch

from tests.support.golden_clips import load_golden_clip

TOLERANCE = 5e-6
FOLDER = Path(__file__).resolve().parents[2] / "reference" / "dit"
CLIPS = sorted(FOLDER.glob("sampler_*.json"))


def difference(got, expected):
    assert got.shape == expected.shape
    return ((got - expected).abs().max() / expected.abs().max()).item()


def check(file, **overrides):
    clip = load_golden_clip(file, **overrides)
    recorded = iter(enumerate(clip.steps))

    def compare(report):
        number, golden = next(recorded)
        extra = int(golden["fwd_extra_1st_chunk"])
        assert (report.stage, report.step) == (golden["stage"], golden["denoise_idx"])
        assert (report.first_chunk, report.stop_chunk) == (golden["chunk_start"], golden["chunk_end"])
        assert list(report.timesteps) == golden["t"][extra:]
        assert [list(pair) for pair in report.key_ranges] == golden["kv_range_chunks"][extra:]
        frames = report.latents.shape[2]
        for name, got in (("x_after", report.latents), ("velocity", report.velocity)):
            expected = clip.tensors.get(f"step{number:03d}.{name}")
            if expected is not None:
                assert difference(got, expected[:, :, -frames:]) <= TOLERANCE

    chunks = list(clip.sampler.run(clip.start, on_step=compare))

    assert next(recorded, None) is None
    assert [[chunk.index, list(chunk.latents.shape)] for chunk in chunks] == clip.yields
    for chunk in chunks:
        assert difference(chunk.latents, clip.tensors[f"yield.{chunk.index}"]) <= TOLERANCE


@pytest.mark.parametrize("file", CLIPS, ids=lambda file: file.stem)
def test_clips_agree_with_the_released_code(file):
    check(file)


@pytest.mark.parametrize("name", ["sampler_i2v_base_24b", "sampler_i2v_distill_24b_8steps"])
def test_clips_agree_without_leaving_passes_out(name):
    check(FOLDER / f"{name}.json", skip_zero_weight_passes=False)


def test_the_seed_draws_the_noise_of_the_released_code():
    clip = load_golden_clip(FOLDER / "sampler_v2v_base_4b_exact2chunks.json")
    start = clip.sampler.start(
        num_chunks=2, latent_height=4, latent_width=6, seed=24, prefix=clip.tensors["prefix_latent"]
    )

    for drawn, given in zip(clip.sampler.run(start), clip.sampler.run(clip.start), strict=True):
        assert torch.equal(drawn.latents, given.latents)
