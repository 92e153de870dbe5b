"""The file of a finished take: its fragments joined, not encoded again, with the recipe that made it, and read back."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from generation.artifacts import ArtifactStore
from generation.media.movie import MovieFacts, write_movie

_PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredMovie:
    """A movie in the store, under the hash of its content."""

    key: str
    sha256: str
    size: int
    facts: MovieFacts


def blob_key(sha256: str) -> str:
    """Where bytes with this hash are kept: once, however many own them."""
    return f"blobs/{sha256[:2]}/{sha256}"


def store_movie(
    store: ArtifactStore, *, init_key: str, fragment_keys: Sequence[str], tags: dict[str, str]
) -> StoredMovie:
    """Join fragments into one movie that starts to play before it is whole.

    Args:
        store: Where the fragments are, and the movie will be.
        init_key: The init segment they share.
        fragment_keys: In order, from the first second.
        tags: What the file says of itself.

    Raises:
        StorageError: If something cannot be read or written; nothing is left then.
        MediaError: If the fragments do not follow each other.
    """
    with tempfile.TemporaryFile() as file:
        facts = write_movie(file, store.get(init_key), _Fragments(store, fragment_keys), tags)
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(file):
            digest.update(piece)
            size += len(piece)
        sha256 = digest.hexdigest()
        key = blob_key(sha256)
        if not store.exists(key):
            store.put(key, _pieces(file))
    return StoredMovie(key=key, sha256=sha256, size=size, facts=facts)


class _Fragments(Sequence[bytes]):
    """Fragments read when asked for, none kept."""

    def __init__(self, store: ArtifactStore, keys: Sequence[str]) -> None:
        self._store = store
        self._keys = list(keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, index):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN204 - as Sequence has it
        if isinstance(index, slice):
            return [self._store.get(key) for key in self._keys[index]]
        return self._store.get(self._keys[index])


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
