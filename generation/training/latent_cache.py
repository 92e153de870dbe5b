"""Clips as latents on disk: encoded once, read many times.

A cache is a folder of shards and ``cache.json``. Each shard is a safetensors file with ``latents`` (N, C, T, h, w) and
``stills`` (N, C, 1, h, w) in bfloat16, and a JSON file of the same name with the words. Shards are written whole or
not at all, so an interrupted run goes on with the next one.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from generation.errors import RequestError, WeightsError

CACHE_FILE = "cache.json"
FORMAT = "sceneloom-latents-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipWords:
    """What is said of a clip."""

    caption: str
    # One per second, the first of the whole first second, later ones of what changes; empty if there are none.
    second_captions: tuple[str, ...]
    # Whether something begins or ends at a second's border.
    changes: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheInfo:
    """What a cache holds."""

    # Fingerprint of the encoder that encoded it; decoders may differ.
    vae: str
    # Latents are multiplied by this, so that they have about unit variance: from the first shard.
    latent_scale: float
    # Frames and pixels of a clip.
    frames: int
    height: int
    width: int
    # Of the clips, in words and numbers that a person can follow.
    corpus: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentBatch:
    """A batch of cached clips."""

    # (B, C, T, h, w) float32, scaled for the transformer.
    latents: Tensor
    # (B, C, 1, h, w): the first frame alone, as a person's picture is encoded.
    stills: Tensor
    words: tuple[ClipWords, ...]


class LatentCache:
    """All shards of a folder in memory."""

    def __init__(self, folder: Path) -> None:
        """Read a folder.

        Raises:
            RequestError: If the folder holds no shard.
            WeightsError: If a file of it is corrupt.
        """
        self.folder = folder
        self.info = read_cache_info(folder)
        shards = [_read_shard(path) for path in shard_files(folder)]
        if not shards:
            raise RequestError(f"{folder} must hold cached latents, got none; encode a corpus into it first")
        self._latents = torch.cat([latents for latents, _, _ in shards])
        self._stills = torch.cat([stills for _, stills, _ in shards])
        self.words: tuple[ClipWords, ...] = tuple(words for _, _, group in shards for words in group)

    def __len__(self) -> int:
        """Clips in the cache."""
        return len(self._latents)

    @property
    def latent_shape(self) -> tuple[int, int, int, int]:
        """Channels, frames, height and width of a clip's latents."""
        channels, frames, height, width = self._latents.shape[1:]
        return channels, frames, height, width

    def batch(self, indices: Sequence[int], *, latent_scale: float) -> LatentBatch:
        """Some clips, scaled."""
        chosen = list(indices)
        return LatentBatch(
            latents=self._latents[chosen].float() * latent_scale,
            stills=self._stills[chosen].float() * latent_scale,
            words=tuple(self.words[index] for index in chosen),
        )

    def draw(self, batch: int, generator: torch.Generator, *, latent_scale: float) -> LatentBatch:
        """Clips drawn with replacement."""
        indices = torch.randint(len(self), (batch,), generator=generator).tolist()
        return self.batch(indices, latent_scale=latent_scale)


def read_cache_info(folder: Path) -> CacheInfo:
    """What a cache says of itself.

    Raises:
        RequestError: If there is no cache.
        WeightsError: If its description is corrupt.
    """
    path = folder / CACHE_FILE
    if not path.is_file():
        raise RequestError(f"{folder} must hold cached latents, got none; encode a corpus into it first")
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        if fields.pop("format") != FORMAT:
            raise ValueError("another format")
        return CacheInfo(**fields)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise WeightsError(f"{path} is damaged ({error}); delete the folder and encode again") from error


def shard_files(folder: Path) -> list[Path]:
    """The whole shards of a folder, in order."""
    return sorted(folder.glob("[0-9]*.safetensors"))


def words_file(shard: Path) -> Path:
    """Where the words of a shard are."""
    return shard.with_suffix(".json")


def words_to_json(words: Sequence[ClipWords]) -> bytes:
    """Words as they stand beside a shard."""
    return json.dumps([asdict(clip) for clip in words], ensure_ascii=False, indent=0).encode()


def _read_shard(path: Path) -> tuple[Tensor, Tensor, list[ClipWords]]:
    try:
        tensors = load_file(path)
        latents, stills = tensors["latents"], tensors["stills"]
        plain = json.loads(words_file(path).read_text(encoding="utf-8"))
        words = [
            ClipWords(
                caption=str(clip["caption"]),
                second_captions=tuple(str(text) for text in clip["second_captions"]),
                changes=bool(clip["changes"]),
            )
            for clip in plain
        ]
        if not len(latents) == len(stills) == len(words):
            raise ValueError(f"{len(latents)} clips but {len(words)} captions")
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"shard {path} is damaged ({error}); delete it and encode again") from error
    return latents, stills, words
