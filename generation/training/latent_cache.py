"""Clips as latents on disk: encoded once, read many times.

A cache is a folder of shards and ``cache.json``. Each shard is a safetensors file with ``latents`` (N, C, T, h, w) and
``stills`` (N, C, seconds, h, w) in bfloat16, and a JSON file of the same name with the words. Beside a shard may stand
seconds that a model made of its clips (:mod:`generation.training.own_seconds`). Shards are written whole or not at all,
so an interrupted run goes on with the next one.

Clips may be cut: a batch is whole clips, or as many of their seconds as a step wants.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import ConfigError, RequestError, WeightsError

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
    # So many clips in a row begin alike, and are drawn together.
    family: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentBatch:
    """A batch of cached clips."""

    # (B, C, T, h, w) float32, scaled for the transformer.
    latents: Tensor
    # (B, C, 1, h, w): the first frame alone, as a person's picture is encoded.
    stills: Tensor
    words: tuple[ClipWords, ...]
    # (B, C, T of a second, h, w): the first second as a model made it of the one before it, for the clips that have
    # such a second, (B,) bool; None: no clip of the cache has.
    own: Tensor | None = None
    has_own: Tensor | None = None


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
        own = [_read_own(path, latents) for path, (latents, _, _) in zip(shard_files(folder), shards, strict=True)]
        self._own = _joined(own, [len(latents) for latents, _, _ in shards])
        self._has_own = torch.tensor([part is not None for part in own]).repeat_interleave(
            torch.tensor([len(latents) for latents, _, _ in shards])
        )

    def __len__(self) -> int:
        """Clips in the cache."""
        return len(self._latents)

    @property
    def latent_shape(self) -> tuple[int, int, int, int]:
        """Channels, frames, height and width of a clip's latents."""
        channels, frames, height, width = self._latents.shape[1:]
        return channels, frames, height, width

    @property
    def seconds(self) -> int:
        """Length of a clip."""
        return self.info.frames // FRAMES_PER_SECOND

    def batch(
        self,
        indices: Sequence[int],
        *,
        latent_scale: float,
        starts: Sequence[int] | None = None,
        seconds: int | None = None,
    ) -> LatentBatch:
        """Some clips, scaled.

        Args:
            indices: Which.
            latent_scale: What latents are multiplied by.
            starts: The second of each clip that comes first; None: all of them begin where they begin.
            seconds: How many seconds of each; None: whole clips.

        Raises:
            ConfigError: If the clips are shorter, or were cached without a picture of every second.
        """
        chosen = list(indices)
        if seconds is None:
            return LatentBatch(
                latents=self._latents[chosen].float() * latent_scale,
                stills=self._stills[chosen, :, :1].float() * latent_scale,
                words=tuple(self.words[index] for index in chosen),
            )
        begins = [0] * len(chosen) if starts is None else list(starts)
        self.check_cut(max(begins, default=0) + seconds)
        length = self._latents.shape[2] // self.seconds
        rows = list(zip(chosen, begins, strict=True))
        own, has_own = None, None
        if self._own is not None:
            first = [max(0, min(begin - 1, self._own.shape[2] // length - 1)) * length for begin in begins]
            own = torch.stack(
                [self._own[index, :, at : at + length] for index, at in zip(chosen, first, strict=True)]
            ).float()
            own = own * latent_scale
            has_own = torch.tensor([begin > 0 and bool(self._has_own[index]) for index, begin in rows])
        return LatentBatch(
            latents=torch.stack(
                [self._latents[index, :, begin * length : (begin + seconds) * length] for index, begin in rows]
            ).float()
            * latent_scale,
            stills=torch.stack([self._stills[index, :, begin : begin + 1] for index, begin in rows]).float()
            * latent_scale,
            words=tuple(_cut_words(self.words[index], begin, seconds) for index, begin in rows),
            own=own,
            has_own=has_own,
        )

    def draw(
        self, batch: int, generator: torch.Generator, *, latent_scale: float, seconds: int | None = None
    ) -> LatentBatch:
        """Clips drawn with replacement, whole or cut anywhere between two seconds; families by their last seconds."""
        if self.info.family > 1:
            indices = _draw_families(len(self), self.info.family, batch, generator)
        else:
            indices = torch.randint(len(self), (batch,), generator=generator).tolist()
        if seconds is None:
            return self.batch(indices, latent_scale=latent_scale)
        self.check_cut(seconds)
        spare = self.seconds - seconds
        if self.info.family > 1:
            starts = [spare] * batch
        else:
            starts = torch.randint(spare + 1, (batch,), generator=generator).tolist()
        return self.batch(indices, latent_scale=latent_scale, starts=starts, seconds=seconds)

    def check_cut(self, seconds: int) -> None:
        """See that clips can be cut to so many seconds.

        Raises:
            ConfigError: If they are shorter, or were cached without a picture of every second.
        """
        if not 1 <= seconds <= self.seconds:
            raise ConfigError(f"clips of {self.folder} are {self.seconds} s long and cannot be cut to {seconds} s")
        if self._stills.shape[2] != self.seconds:
            raise ConfigError(
                f"{self.folder} must hold a picture of each of its {self.seconds} seconds to be cut, got "
                f"{self._stills.shape[2]}; delete the folder and encode again"
            )


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


def clips_in(shard: Path) -> int:
    """How many clips a shard holds."""
    return len(json.loads(words_file(shard).read_text(encoding="utf-8")))


def own_file(shard: Path) -> Path:
    """Where the seconds are that a model made of a shard's clips."""
    return shard.with_name(f"own_{shard.name}")


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


def _read_own(shard: Path, latents: Tensor) -> Tensor | None:
    path = own_file(shard)
    if not path.is_file():
        return None
    try:
        own = load_file(path)["latents"]
        if len(own) != len(latents) or own.shape[3:] != latents.shape[3:]:
            raise ValueError(f"{tuple(own.shape)} of {tuple(latents.shape)}")
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise WeightsError(f"{path} is damaged ({error}); delete it and make it again") from error
    return own


def _joined(parts: Sequence[Tensor | None], lengths: Sequence[int]) -> Tensor | None:
    """Parts in a row, zeros for those that are not there."""
    there = next((part for part in parts if part is not None), None)
    if there is None:
        return None
    return torch.cat(
        [
            there.new_zeros(length, *there.shape[1:]) if part is None else part
            for part, length in zip(parts, lengths, strict=True)
        ]
    )


def _draw_families(clips: int, family: int, batch: int, generator: torch.Generator) -> list[int]:
    """Members of as few families as there must be, in random order."""
    drawn: list[int] = []
    while len(drawn) < batch:
        first = family * int(torch.randint(clips // family, (), generator=generator))
        drawn += (first + torch.randperm(family, generator=generator)).tolist()
    return drawn[:batch]


def _cut_words(words: ClipWords, begin: int, seconds: int) -> ClipWords:
    return replace(words, second_captions=words.second_captions[begin : begin + seconds])
