"""Clips as latents on disk: encoded once, read many times.

A cache is a folder of shards. Each shard is a safetensors file with ``latents`` (N, C, T, h, w) in bfloat16 and a JSON
file of the same name with the captions. Shards are written whole or not at all, so an interrupted run goes on with the
next one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from generation.artifacts import atomic_write
from generation.errors import RequestError, WeightsError
from generation.training.vae_trainer import to_video
from generation.vae.vae import VideoVAE


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionedClips:
    """Clips with their words."""

    # uint8 (N, T, H, W, 3).
    frames: Tensor
    captions: tuple[str, ...]
    # Per clip one caption for each second.
    second_captions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentBatch:
    """A batch of cached clips."""

    # (B, C, T, h, w) float32, scaled for the transformer.
    latents: Tensor
    captions: tuple[str, ...]
    second_captions: tuple[tuple[str, ...], ...]


def write_latents(
    folder: Path, vae: VideoVAE, clips_of_shard: Callable[[int], CaptionedClips], *, shards: int, at_once: int = 16
) -> None:
    """Encode shards that are not there yet.

    Latents are stored as the encoder gives them; :class:`LatentCache` scales them.

    Args:
        folder: Made if missing.
        vae: The encoder; its mode is used, never a sample.
        clips_of_shard: Draws the clips of a shard; must depend on its number alone.
        shards: How many the folder shall hold.
        at_once: Clips per forward of the encoder.

    Raises:
        StorageError: If the disk is full; whole shards stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for shard in range(shards):
        tensors, words = folder / f"{shard:05d}.safetensors", folder / f"{shard:05d}.json"
        if tensors.exists():
            continue
        clips = clips_of_shard(shard)
        latents = torch.cat([_encode(vae, part) for part in torch.split(clips.frames, at_once)])
        atomic_write(words, json.dumps([clips.captions, clips.second_captions], ensure_ascii=False).encode())
        atomic_write(tensors, save({"latents": latents}))


@torch.no_grad()
def _encode(vae: VideoVAE, frames: Tensor) -> Tensor:
    tile = 3 * vae.config.patch_length
    video = to_video(frames).to(vae.device, vae.dtype)
    # Seconds are encoded in halves, as the codec does when a clip is generated.
    parts = [vae.encode(part) for part in torch.split(video, tile, dim=2)]
    return torch.cat(parts, dim=2).to(torch.bfloat16).cpu()


class LatentCache:
    """All shards of a folder in memory."""

    def __init__(self, folder: Path, *, latent_scale: float) -> None:
        """Read a folder.

        Args:
            folder: Written by :func:`write_latents`.
            latent_scale: Latents are multiplied by this, so that they have unit variance.

        Raises:
            RequestError: If the folder holds no shard.
            WeightsError: If a shard is corrupt.
        """
        paths = sorted(folder.glob("*.safetensors"))
        if not paths:
            raise RequestError(f"{folder} must hold cached latents, got none; encode a corpus into it first")
        self.latent_scale = latent_scale
        self._latents: list[Tensor] = []
        self.captions: list[str] = []
        self._second_captions: list[tuple[str, ...]] = []
        for path in paths:
            try:
                self._latents.append(load_file(path)["latents"])
                captions, seconds = json.loads(path.with_suffix(".json").read_text())
            except (SafetensorError, OSError, ValueError, KeyError) as error:
                raise WeightsError(f"shard {path.name} is corrupt ({error}); delete it and encode again") from error
            self.captions.extend(captions)
            self._second_captions.extend(tuple(words) for words in seconds)
        self._all = torch.cat(self._latents)
        self._latents.clear()

    def __len__(self) -> int:
        """Clips in the cache."""
        return len(self._all)

    def batch(self, indices: Sequence[int]) -> LatentBatch:
        """Some clips, scaled."""
        return LatentBatch(
            latents=self._all[list(indices)].float() * self.latent_scale,
            captions=tuple(self.captions[index] for index in indices),
            second_captions=tuple(self._second_captions[index] for index in indices),
        )

    def draw(self, batch: int, generator: torch.Generator) -> LatentBatch:
        """Clips drawn with replacement."""
        return self.batch(torch.randint(len(self), (batch,), generator=generator).tolist())

    def standard_deviation(self) -> float:
        """Of the stored latents, over everything: its inverse is the ``latent_scale`` to train with."""
        return float(self._all[:: max(1, len(self) // 1000)].float().std())
