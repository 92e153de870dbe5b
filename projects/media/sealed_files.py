"""Files as they leave the studio: with the visible label where one is wanted, and with their credentials."""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from generation.artifacts import ArtifactStore
from projects.media.credentials import Statement, seal
from projects.media.signing_identity import SigningIdentity
from projects.media.visible_label import labelled_movie

MOVIE = "video/mp4"
_PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredCopy:
    """A sealed file in the store."""

    key: str
    sha256: str
    size: int


@contextmanager
def opened(store: ArtifactStore, key: str) -> Iterator[BinaryIO]:
    """An artifact as a file that can be read from anywhere; from memory where the store is far away.

    Raises:
        StorageError: If there is none.
    """
    path = store.path_of(key)
    if path is None or not path.is_file():
        yield io.BytesIO(store.get(key))
        return
    with path.open("rb") as file:
        yield file


def store_sealed(
    store: ArtifactStore, key: str, *, mime_type: str, statement: Statement, identity: SigningIdentity
) -> StoredCopy:
    """Store a copy of a file that says what it is.

    Args:
        store: Where the file is, and the copy will be.
        key: The file; it stays as it is.
        mime_type: Of both.
        statement: What to say; ``labelled``: draw the label, too.
        identity: Who says it.

    Raises:
        MediaError: If a label is wanted on what is no movie of ours.
        StorageError: If something cannot be read, signed or written.
    """
    with tempfile.TemporaryFile() as target:
        if statement.labelled:
            file: BinaryIO = io.BytesIO(labelled_movie(store.get(key)))
            seal(file, target, mime_type=mime_type, statement=statement, identity=identity)
        else:
            with opened(store, key) as file:
                seal(file, target, mime_type=mime_type, statement=statement, identity=identity)
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(target):
            digest.update(piece)
            size += len(piece)
        name = digest.hexdigest()
        made = StoredCopy(key=f"sealed/{name[:2]}/{name}", sha256=name, size=size)
        store.put(made.key, _pieces(target))
    return made


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
