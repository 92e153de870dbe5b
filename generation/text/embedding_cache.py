"""Prompt embeddings kept on disk, so that a prompt seen before needs no 19 GB encoder in memory.

A cache may always be lost: damaged entries are dropped, a full disk is logged, and generation goes on.
"""

import hashlib
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from generation.artifacts import atomic_write
from generation.errors import StorageError

logger = logging.getLogger(__name__)

# A prompt of 800 tokens in MAGI's width takes 13 MB.
DEFAULT_MAX_BYTES = 2**30
# Goes into every key: raise it when cleaning or encoding changes what it returns.
_FORMAT = 1
_SUFFIX = ".safetensors"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CachedEmbeddings:
    """What is kept of one prompt."""

    # (tokens, text_dim) float32 on the CPU.
    embeddings: Tensor
    # The prompt had more tokens than the encoder takes.
    truncated: bool


def embedding_key(*, identity: str, dtype: torch.dtype, max_tokens: int, text: str) -> str:
    """The name of a prompt's embeddings: a hash of all that decides them.

    Args:
        identity: Of the encoder's folder.
        dtype: In which the encoder ran.
        max_tokens: At which prompts were cut.
        text: The cleaned prompt.
    """
    parts = [_FORMAT, identity, str(dtype), max_tokens, text]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class EmbeddingCache:
    """One folder of embeddings, bounded in bytes; several processes may share it."""

    def __init__(self, folder: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def get(self, key: str) -> CachedEmbeddings | None:
        """The embeddings of a key, or None if there are none or they are damaged."""
        path = self._path_of(key)
        try:
            entry = _unpack(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, ValueError, KeyError) as error:
            logger.warning("ignoring damaged cached embeddings %s: %s", path, error)
            return None
        # The entry used longest ago goes first when space runs out.
        with suppress(OSError):
            path.touch()
        return entry

    def put(self, key: str, entry: CachedEmbeddings) -> None:
        """Keep embeddings, in place of those under the same key; failing to is logged and nothing more."""
        data = _pack(entry)
        if len(data) > self._max_bytes:
            return
        try:
            atomic_write(self._path_of(key), data)
        except StorageError as error:
            logger.warning("prompt embeddings are not cached: %s", error)
        self._evict()

    def _path_of(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"

    def _evict(self) -> None:
        entries = []
        for path in self._folder.glob(f"*{_SUFFIX}"):
            # Another process may have deleted it meanwhile.
            with suppress(OSError):
                status = path.stat()
                entries.append((status.st_mtime_ns, status.st_size, path))
        excess = sum(size for _, size, _ in entries) - self._max_bytes
        for _, size, path in sorted(entries):
            if excess <= 0:
                return
            with suppress(OSError):
                path.unlink(missing_ok=True)
            excess -= size


def _pack(entry: CachedEmbeddings) -> bytes:
    digest = torch.tensor(list(_digest(entry)), dtype=torch.uint8)
    return save(
        {
            "embeddings": entry.embeddings.contiguous(),
            "truncated": torch.tensor(entry.truncated),
            "sha256": digest,
        }
    )


def _unpack(data: bytes) -> CachedEmbeddings:
    tensors = load(data)
    embeddings = tensors["embeddings"]
    if embeddings.ndim != 2 or embeddings.dtype != torch.float32:
        raise ValueError(f"embeddings must be (tokens, text_dim) float32, got {tuple(embeddings.shape)}")
    entry = CachedEmbeddings(embeddings=embeddings, truncated=bool(tensors["truncated"]))
    if list(_digest(entry)) != tensors["sha256"].tolist():
        raise ValueError("the content does not match its hash")
    return entry


def _digest(entry: CachedEmbeddings) -> bytes:
    return hashlib.sha256(entry.embeddings.numpy().tobytes() + bytes([entry.truncated])).digest()
