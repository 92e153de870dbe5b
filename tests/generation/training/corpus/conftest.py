"""A small corpus that several tests share."""

import pytest

from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.corpus.procedural import ProceduralCorpus


@pytest.fixture(scope="session")
def small_config():
    return CorpusConfig(height=40, width=48, frames=24, seed=3, canvas_size=128, pool_size=2)


@pytest.fixture(scope="session")
def small_corpus(small_config):
    return ProceduralCorpus(small_config)


@pytest.fixture(scope="session")
def camera_corpus():
    """Clean pictures without sprites, so that nothing but the camera moves."""
    config = CorpusConfig(
        height=64, width=64, frames=24, seed=11, canvas_size=256, pool_size=3, sprite_counts=(1, 0, 0, 0),
        grain_share=0, soft_share=0, camera=CameraMix(hold_share_with_sprites=0),
    )  # fmt: skip
    return ProceduralCorpus(config)
