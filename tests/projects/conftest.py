"""A studio in one process for every test that wants one."""

import pytest

from projects.artifact_store import artifacts
from tests.support.studio import Studio, person, project_of


@pytest.fixture
def store(settings, tmp_path):
    """Artifacts of this test alone."""
    settings.DATA_FOLDER = tmp_path
    settings.ARTIFACTS_FOLDER = tmp_path / "artifacts"
    artifacts.cache_clear()
    yield artifacts()
    artifacts.cache_clear()


@pytest.fixture
def studio(db, store, tmp_path, monkeypatch):
    return Studio(tmp_path, monkeypatch)


@pytest.fixture
def ada(db):
    return person("ada")


@pytest.fixture
def project(ada):
    return project_of(ada)
