"""The store of artifacts that this studio uses, as the settings name it."""

from collections.abc import Mapping
from functools import cache

from django.conf import settings

from generation.artifacts import ArtifactStore
from generation.artifacts.bucket import S3Artifacts, open_store


@cache
def artifacts() -> ArtifactStore:
    """The store; one for the whole process."""
    return open_store(
        settings.ARTIFACTS_ADDRESS or str(settings.ARTIFACTS_FOLDER),
        endpoint=settings.S3_ENDPOINT,
        public_endpoint=settings.S3_PUBLIC_ENDPOINT,
    )


def signed_address(key: str, *, headers: Mapping[str, str], seconds: int) -> str:
    """Where a browser may fetch an artifact from the bucket itself, for a while; empty: from us.

    Raises:
        StorageError: If it cannot be signed.
    """
    store = artifacts()
    return store.signed_address(key, headers=headers, seconds=seconds) if isinstance(store, S3Artifacts) else ""
