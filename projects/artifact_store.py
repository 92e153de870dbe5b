"""The store of artifacts that this studio uses, as the settings name it."""

from functools import cache

from django.conf import settings

from generation.artifacts import ArtifactStore, LocalArtifacts


@cache
def artifacts() -> ArtifactStore:
    """The store; one for the whole process."""
    return LocalArtifacts(settings.ARTIFACTS_FOLDER)
