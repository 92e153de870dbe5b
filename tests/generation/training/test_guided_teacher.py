"""The teacher's velocity is what a sampler would compute."""

import pytest
import torch

from generation.config import SamplingConfig
from generation.sampling.conditioning import ChunkTexts, WindowTexts
from generation.sampling.velocity import NoisyWindow, VelocityPasses
from generation.training.clip_plan import ClipPlan
from generation.training.dit_objective import add_noise
from generation.training.guided_teacher import guided_velocity
from generation.training.shortcut import DistilledGuidance
from generation.training.training_clips import TrainingClips
from tests.support.training import CAPTIONS, generator, tiny_model


def clips_at(timesteps, *, span=5):
    batch, chunks = timesteps.shape
    plan = ClipPlan(
        clean_chunks=0,
        from_image=torch.zeros(batch, dtype=torch.bool),
        timesteps=timesteps,
        levels=timesteps,
        key_ranges=tuple((max(0, chunk + 1 - span), chunk + 1) for chunk in range(chunks)),
    )
    latents = torch.randn(batch, 4, 6 * chunks, 4, 4, generator=generator(1))
    captions = [tuple(CAPTIONS[(clip + chunk) % 4] for chunk in range(chunks)) for clip in range(batch)]
    return TrainingClips(noisy=add_noise(latents, plan, generator(2)), plan=plan, captions=captions)


@pytest.mark.parametrize("chunks", [1, 3, 4])
def test_teacher_agrees_with_the_sampler(chunks):
    model = tiny_model().requires_grad_(False)
    timesteps = torch.tensor([[0.6, 0.2, 0.07, 0.01], [0.31, 0.11, 0.03, 0.0]])[:, :chunks]
    clips, guidance = clips_at(timesteps), DistilledGuidance()

    velocity = guided_velocity(model, clips, guidance)

    sampling = SamplingConfig(
        guidance_timesteps=guidance.timesteps, context_guidance=guidance.context, text_guidance=guidance.text
    )
    for clip in range(2):
        texts = ChunkTexts.of(model.text(list(clips.captions[clip])))
        window = NoisyWindow(
            latents=clips.noisy.latents[clip : clip + 1],
            timesteps=tuple(timesteps[clip].tolist()),
            key_ranges=clips.plan.key_ranges,
            first_chunk=0,
            step_size=None,
        )
        told = WindowTexts(texts, model.dit, chunks=range(chunks), num_prefix_chunks=0)
        passes = VelocityPasses(model.dit, sampling, told)
        with torch.no_grad():
            expected = passes.velocity(window, model.dit.make_kv_cache(4, 4))
        torch.testing.assert_close(velocity[clip : clip + 1], expected, atol=1e-4, rtol=1e-4)


def test_teacher_without_guidance_is_the_model_in_context():
    model = tiny_model().requires_grad_(False)
    clips = clips_at(torch.tensor([[0.5, 0.1]]))

    plain = guided_velocity(model, clips, DistilledGuidance(timesteps=(0.0,), context=(1.0,), text=(1.0,)))

    from generation.training.dit_objective import window_of

    text = model.pack(clips.captions, clean_chunks=0)
    with torch.no_grad():
        expected = model.dit(window_of(clips.noisy.latents, clips.plan, text, null_condition=False, step_size=None))
    torch.testing.assert_close(plain, expected)
