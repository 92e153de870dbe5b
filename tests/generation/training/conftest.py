"""A tiny transformer that knows two clips by heart, for tests of what trainings are good for."""

from dataclasses import dataclass

import pytest

from generation.training.captioned_dit import CaptionedDiT
from generation.training.clip_plan import TaskMix
from generation.training.dit_trainer import DiTTraining, train_dit
from generation.training.latent_cache import LatentBatch, LatentCache
from generation.training.runs.loop import LoopConfig
from generation.training.runs.schedule import LearningRate
from generation.training.training_clips import CacheShare
from tests.support.training import DIT, TEXT, cache_in, tiny_model

STEPS = 220
CACHE = "two clips"


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What was learned, and from what."""

    model: CaptionedDiT
    cache: LatentCache
    tasks: TaskMix

    @property
    def batch(self) -> LatentBatch:
        return self.cache.batch([0, 1], latent_scale=self.cache.info.latent_scale)


@pytest.fixture(scope="session")
def learned(tmp_path_factory) -> Learned:
    root = tmp_path_factory.mktemp("learned")
    cache = cache_in(root / "cache", shards=1, count=2)
    rate = LearningRate(peak=5e-3, warmup_steps=10, decay_from=STEPS // 2, total_steps=STEPS, floor=1e-4)
    tasks = TaskMix(image_share=0.4, continuation_share=0.2)
    training = DiTTraining(
        dit=DIT,
        text=TEXT,
        caches=(CacheShare(cache=CACHE, batch=8),),
        loop=LoopConfig(total_steps=STEPS, learning_rate=rate, sample_every=10**6),
        latent_scale=cache.info.latent_scale,
        tasks=tasks,
        average_decay=0.98,
        bfloat16=False,
    )
    model = train_dit(training, {CACHE: cache}, root / "run", model=tiny_model(), draw_sample=lambda model, path: None)
    return Learned(model=model.requires_grad_(False), cache=cache, tasks=tasks)
