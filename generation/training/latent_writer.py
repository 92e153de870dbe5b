"""Encodes a corpus into a :class:`~generation.training.latent_cache.LatentCache`, shard by shard."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from generation.artifacts import atomic_write, make_folder
from generation.config import ChunkPolicy
from generation.errors import ConfigError, RequestError
from generation.training.corpus.labels import ClipBatch
from generation.training.frames import to_video
from generation.training.latent_cache import (
    CACHE_FILE,
    FORMAT,
    CacheInfo,
    ClipWords,
    read_cache_info,
    words_file,
    words_to_json,
)
from generation.vae.policies import make_cuts
from generation.vae.vae import VideoVAE
from generation.weights.loading import fingerprint_of

# Of the decoder's tiles, which encoding shares.
_TILE_PIXELS = 256


def write_latents(
    folder: Path,
    vae: VideoVAE,
    clips_of_shard: Callable[[int], ClipBatch],
    *,
    shards: int,
    corpus: str,
    should_stop: Callable[[], bool],
    family: int = 1,
) -> int:
    """Encode the shards that are not there yet.

    Latents are stored as the encoder gives them; the cache's description holds the scale that they want.

    Args:
        folder: Made if missing.
        vae: The encoder; its mode is used, never a sample.
        clips_of_shard: Draws the clips of a shard; must depend on its number alone.
        shards: How many the folder shall hold.
        corpus: Said of the clips in the description.
        should_stop: Asked before every shard.
        family: So many clips in a row begin alike; shards hold whole families.

    Returns:
        Shards in the folder.

    Raises:
        StorageError: If the folder cannot be made, or the disk is full; whole shards stay.
        RequestError: If the folder holds latents of another autoencoder.
        ConfigError: If the clips are larger than one tile.
    """
    fingerprint = fingerprint_of(vae.encoder)
    if (folder / CACHE_FILE).exists() and (found := read_cache_info(folder)).vae != fingerprint:
        raise RequestError(
            f"{folder} holds latents of another autoencoder ({found.vae[:12]}, not {fingerprint[:12]}); choose another "
            "folder or delete it"
        )
    make_folder(folder)
    for shard in range(shards):
        path = folder / f"{shard:05d}.safetensors"
        if path.exists():
            continue
        if should_stop():
            return shard
        clips = clips_of_shard(shard)
        latents, stills = encode_clips(vae, clips.frames)
        if not (folder / CACHE_FILE).exists():
            _, frames, height, width, _ = clips.frames.shape
            info = CacheInfo(
                vae=fingerprint,
                latent_scale=round(1 / float(latents.float().std()), 4),
                frames=frames,
                height=height,
                width=width,
                corpus=corpus,
                family=family,
            )
            atomic_write(folder / CACHE_FILE, json.dumps({"format": FORMAT, **asdict(info)}, indent=2).encode())
        atomic_write(words_file(path), words_to_json(words_of(clips)))
        atomic_write(path, save({"latents": latents, "stills": stills}))
    return shards


@torch.no_grad()
def encode_clips(
    vae: VideoVAE, frames: Tensor, *, at_once: int = 16, chunk_latent_frames: int = 6
) -> tuple[Tensor, Tensor]:
    """Latents of clips as the seamless codec makes them, and of the first frame of every chunk as a picture.

    Args:
        vae: The encoder.
        frames: uint8 ``(N, T, H, W, 3)``, whole chunks long and at most one tile high and wide.
        at_once: Clips per forward.
        chunk_latent_frames: Latent frames of a chunk.

    Returns:
        ``(N, Z, t, h, w)`` and ``(N, Z, chunks, h, w)``, bfloat16 on the CPU, unscaled.

    Raises:
        ConfigError: If the clips have another length or are larger than a tile.
    """
    _, length, height, width, _ = frames.shape
    if max(height, width) > _TILE_PIXELS or length % (chunk_latent_frames * vae.config.patch_length):
        raise ConfigError(
            f"clips must be at most {_TILE_PIXELS} px wide and high and whole chunks of "
            f"{chunk_latent_frames * vae.config.patch_length} frames, got {length} of {width}x{height}"
        )
    cuts = make_cuts(ChunkPolicy.SEAMLESS, vae.config, fps=24, chunk_latent_frames=chunk_latent_frames)
    latents, stills = [], []
    for part in torch.split(frames, at_once):
        video = to_video(part.to(vae.device)).to(vae.dtype)
        pieces = [
            vae.encode(video[:, :, cut.start : cut.stop])[:, :, cut.kept_start : cut.kept_stop]
            for cut in cuts.encoding(length)
        ]
        latents.append(torch.cat(pieces, dim=2).to(torch.bfloat16).cpu())
        firsts = range(0, length, chunk_latent_frames * vae.config.patch_length)
        pictures = [vae.encode(video[:, :, first : first + 1]) for first in firsts]
        stills.append(torch.cat(pictures, dim=2).to(torch.bfloat16).cpu())
    return torch.cat(latents).contiguous(), torch.cat(stills).contiguous()


def words_of(clips: ClipBatch) -> list[ClipWords]:
    """The words of a corpus' clips; a clip without known truth changes if its seconds are told differently."""
    rows = zip(clips.captions, clips.second_captions, clips.truths, strict=True)
    return [
        ClipWords(
            caption=caption,
            second_captions=seconds,
            changes=len(set(seconds)) > 1 if truth is None else bool(truth.change_seconds),
        )
        for caption, seconds, truth in rows
    ]
