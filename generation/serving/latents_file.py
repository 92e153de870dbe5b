"""Latents as artifacts: sealed, so that a changed or foreign file is refused instead of continued."""

from torch import Tensor

from generation.artifacts import ArtifactStore
from generation.errors import StateError
from generation.sampling.sealed import seal, unseal

KIND = "latents of a clip"


def latents_to_bytes(latents: Tensor) -> bytes:
    """Latents ``(1, C, t, h, w)`` as one blob; equal latents give equal bytes."""
    return seal(KIND, {"latents": latents.float()}, {})


def read_latents(store: ArtifactStore, key: str) -> Tensor:
    """Latents ``(1, C, t, h, w)`` float32 as they were stored.

    Raises:
        StorageError: If there are none under the key.
        StateError: If they were changed, or are something else.
    """
    tensors, _ = unseal(KIND, store.get(key))
    if "latents" not in tensors or tensors["latents"].dim() != 5:
        raise StateError(f"{key} must hold latents (1, C, t, h, w); it was changed, make the take again")
    return tensors["latents"]
