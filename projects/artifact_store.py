"""The store of artifacts that this studio uses, as the settings name it."""

from functools import cache

from django.conf import settings

from generation.artifacts import ArtifactStore
from generation.artifacts.bucket import open_store


@cache
def artifacts() -> ArtifactStore:
    """The store; one for the whole process."""
    return open_store(settings.ARTIFACTS_ADDRESS or str(settings.ARTIFACTS_FOLDER), endpoint=settings.S3_ENDPOINT)
