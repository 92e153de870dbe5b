"""A student in eight steps and one pass makes what its teacher makes in many steps and three."""

from dataclasses import replace

import pytest
import torch

from generation.config import SamplingConfig
from generation.training.runs.loop import LoopConfig
from generation.training.runs.schedule import LearningRate
from generation.training.shortcut import DistilledGuidance
from generation.training.shortcut_trainer import ShortcutTraining, train_shortcut
from generation.training.training_clips import CacheShare
from tests.support.training import TEXT, resampled

STEPS = 165
ONE_PASS = SamplingConfig(num_steps=8, guidance_passes=1, near_clean_context_weight=1.0)


@pytest.fixture(scope="module")
def student(learned, tmp_path_factory):
    rate = LearningRate(peak=2e-3, warmup_steps=10, decay_from=STEPS // 2, total_steps=STEPS, floor=1e-4)
    training = ShortcutTraining(
        dit=replace(learned.model.config, distilled=True),
        text=TEXT,
        teacher="0" * 64,
        caches=(CacheShare(cache="two clips", batch=8),),
        loop=LoopConfig(total_steps=STEPS, learning_rate=rate, sample_every=10**6),
        latent_scale=learned.cache.info.latent_scale,
        guidance=DistilledGuidance(timesteps=(0.0,), context=(1.0,), text=(1.0,)),
        tasks=learned.tasks,
        average_decay=0.97,
        bfloat16=False,
    )
    return train_shortcut(
        training, {"two clips": learned.cache}, tmp_path_factory.mktemp("student"), teacher=learned.model,
        draw_sample=lambda model, path: None,
    )  # fmt: skip


@pytest.mark.parametrize("clip", [0, 1])
@pytest.mark.parametrize("from_image", [False, True])
def test_student_makes_its_teachers_clips(learned, student, clip, from_image):
    batch = learned.batch
    prefix = batch.stills[clip : clip + 1] if from_image else None

    latents = resampled(student, batch.words[clip].caption, prefix, ONE_PASS)

    own, other = (batch.latents[index] for index in (clip, 1 - clip))
    error = (latents - own).square().mean()
    assert error < 0.4
    assert (latents - other).square().mean() > 1.5
    assert torch.isfinite(latents).all()
