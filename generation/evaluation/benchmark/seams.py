"""How visible the joints between windows and chunks are, released way against ours."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from generation.config import ChunkPolicy
from generation.contract.requests import FRAMES_PER_SECOND
from generation.evaluation.benchmark.figures import Figure, at_most
from generation.evaluation.benchmark.random_models import random_vae
from generation.presets import find_preset
from generation.vae.codec import FrameCodec
from generation.vae.seams import seam_ratio
from generation.vae.vae import VideoVAE
from generation.weights.loading import load_into
from generation.weights.vae_config import read_vae_config
from generation.weights.vae_keys import vae_dtype_map, vae_key_map

# Frames between joints.
PERIODS = {"windows": FRAMES_PER_SECOND // 2, "chunks": FRAMES_PER_SECOND}
LATENT_FRAMES_PER_CHUNK = 6
# Waves along the width, along the height, and per second: one wave per colour.
WAVES = ((1.0, 0.5, 0.5), (-0.5, 1.0, 0.35), (0.7, -0.8, -0.6))
MIDDLE, AMPLITUDE = 127.5, 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SeamSizes:
    """The clip that is encoded and decoded."""

    # At least 2, so that there is a joint between chunks.
    seconds: int
    # Pixels; 0: as large as the clips the autoencoder was made for.
    side: int = 0


FULL = SeamSizes(seconds=6)
QUICK = SeamSizes(seconds=2, side=32)


def measure_seams(sizes: SeamSizes, vae_folder: Path | None) -> Iterator[Figure]:
    """Encode and decode a smoothly moving clip under both policies.

    Args:
        sizes: Of the clip.
        vae_folder: Of an autoencoder; None takes the random one of the preset tiny, which shows that the command
            works and little else: whatever it decodes flickers.

    Returns:
        Per kind of joint the jump there over the jump elsewhere, of the clip itself and under both policies; and how
        far from the clip itself the seamless policy is, over how far the released one is.

    Raises:
        WeightsError: If the folder holds no autoencoder.
    """
    vae = random_vae(find_preset("tiny").vae) if vae_folder is None else _stored_vae(vae_folder)
    source = moving_clip(sizes.seconds * FRAMES_PER_SECOND, side=sizes.side or vae.config.video_size)
    shown = {policy: shown_again(FrameCodec(vae, policy), source) for policy in ChunkPolicy}
    for joints, period in PERIODS.items():
        label = f"seams between {joints}: jump there / elsewhere"
        own = seam_ratio(source, period)
        yield Figure(name=f"{label}, clip itself", value=own)
        ratios = {policy: seam_ratio(frames, period) for policy, frames in shown.items()}
        for policy, ratio in ratios.items():
            yield Figure(name=f"{label}, {policy.value}", value=ratio)
        yield Figure(
            name=f"seams between {joints}: distance from the clip's, seamless / reference",
            value=distance_ratio(ratios[ChunkPolicy.SEAMLESS], ratios[ChunkPolicy.REFERENCE], own=own),
            limit=at_most(1),
        )


def distance_ratio(ours: float, released: float, *, own: float) -> float:
    """How far one seam ratio is from that of the clip itself, over how far another one is."""
    distance, released_distance = abs(ours - own), abs(released - own)
    if released_distance == 0:
        return 1.0 if distance == 0 else math.inf
    return distance / released_distance


def moving_clip(num_frames: int, *, side: int) -> Tensor:
    """Slow waves of colour without a cut, ``(num_frames, side, side, 3)`` uint8."""
    times = torch.arange(num_frames) / FRAMES_PER_SECOND
    cells = torch.arange(side) / side
    seconds, rows, columns = torch.meshgrid(times, cells, cells, indexing="ij")
    phases = [across * columns + down * rows + speed * seconds for across, down, speed in WAVES]
    waves = torch.stack([torch.sin(2 * math.pi * phase) for phase in phases], dim=-1)
    return (MIDDLE + AMPLITUDE * waves).round().to(torch.uint8)


def shown_again(codec: FrameCodec, frames: Tensor) -> Tensor:
    """What a person sees of a clip that was encoded and is decoded chunk by chunk."""
    latents = codec.encode(frames)
    parts = []
    for start in range(0, latents.shape[2], LATENT_FRAMES_PER_CHUNK):
        context = latents[:, :, :start] if start else None
        parts.append(codec.decode_chunk(latents[:, :, start : start + LATENT_FRAMES_PER_CHUNK], context))
    return torch.cat(parts)


def _stored_vae(folder: Path) -> VideoVAE:
    config = read_vae_config(folder, name=folder.name)
    with torch.device("meta"):
        vae = VideoVAE(config)
    dtypes = vae_dtype_map(config, "float32")
    load_into(vae, folder, key_map=vae_key_map(config), dtype_map=dtypes, device="cpu")
    return vae.requires_grad_(requires_grad=False).eval()
