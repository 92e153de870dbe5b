"""A tiny pipeline under each policy, and things to start a clip from."""

from pathlib import Path

import pytest

from generation.config import ChunkPolicy
from generation.contract.requests import GenerationRequest
from generation.pipeline.pipeline import VideoPipeline
from tests.support.pipelines import tiny_pipeline, write_picture


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def pipeline(cache: Path) -> VideoPipeline:
    return tiny_pipeline(cache)


@pytest.fixture(scope="session")
def reference_pipeline(cache: Path) -> VideoPipeline:
    """As released, in frame counts and noise."""
    return tiny_pipeline(cache, policy=ChunkPolicy.REFERENCE)


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_picture(tmp_path_factory.mktemp("picture") / "picture.png"))


@pytest.fixture(scope="session")
def ask():
    """Makes a request of two seconds, 32 x 24 pixels; what is given changes it."""

    def request(**changes) -> GenerationRequest:
        return GenerationRequest(**{"prompts": ("waves",), "seconds": 2, "width": 32, "height": 24, **changes})

    return request
