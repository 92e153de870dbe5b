"""Gives every latent channel mean 0 and deviation 1, inside the autoencoder's own weights.

A freshly trained encoder puts channels anywhere (measured: means up to 10, deviations from 1.4 to 5). Flow matching
mixes latents with unit noise, so such channels would be denoised at times that nobody chose. The last layer of the
encoder and the first of the decoder are linear, so the change goes into them: every video comes out as before.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from generation.artifacts import atomic_write
from generation.errors import WeightsError
from generation.training.frames import to_video
from generation.vae.vae import VideoVAE

# Beside the checkpoint of an autoencoder's run.
STATISTICS_FILE = "latents.json"
_AT_ONCE = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentStatistics:
    """Per channel the mean and deviation of latents."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


@torch.no_grad()
def measure_latents(vae: VideoVAE, frames: Tensor) -> LatentStatistics:
    """Look at the latents of some clips.

    Args:
        vae: The encoder.
        frames: uint8 ``(N, T, H, W, 3)``.
    """
    parts = [vae.encode(to_video(part.to(vae.device))).float().cpu() for part in torch.split(frames, _AT_ONCE)]
    channels = torch.cat(parts).transpose(0, 1).flatten(1).double()
    return LatentStatistics(
        mean=tuple(channels.mean(dim=1).tolist()), deviation=tuple(channels.std(dim=1).clamp(min=1e-6).tolist())
    )


@torch.no_grad()
def standardise_latents(vae: VideoVAE, statistics: LatentStatistics) -> None:
    """Fold statistics into an autoencoder.

    Args:
        vae: Changed in place; it decodes what it encodes as before.
        statistics: Of its latents so far.

    Raises:
        WeightsError: If they are of another number of channels.
    """
    channels = vae.config.latent_channels
    if len(statistics.mean) != channels or len(statistics.deviation) != channels:
        raise WeightsError(f"statistics must be of {channels} channels, got {len(statistics.mean)}")
    moments, entry = vae.encoder.to_moments, vae.decoder.from_latents
    mean = torch.tensor(statistics.mean).to(moments.weight)
    deviation = torch.tensor(statistics.deviation).to(moments.weight)
    moments.weight[:channels].div_(deviation[:, None])
    moments.bias[:channels].sub_(mean).div_(deviation)
    # The posterior's own spread shrinks with its mean's.
    moments.bias[channels:].sub_(2 * deviation.log())
    entry.bias.add_(entry.weight @ mean)
    entry.weight.mul_(deviation)


def save_statistics(folder: Path, statistics: LatentStatistics) -> None:
    """Write statistics into a run's folder.

    Raises:
        StorageError: If they cannot be written.
    """
    atomic_write(folder / STATISTICS_FILE, json.dumps(asdict(statistics), indent=2).encode())


def read_statistics(folder: Path) -> LatentStatistics | None:
    """Statistics from a run's folder; None if it has none.

    Raises:
        WeightsError: If they are damaged.
    """
    path = folder / STATISTICS_FILE
    if not path.is_file():
        return None
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return LatentStatistics(
            mean=tuple(float(value) for value in plain["mean"]),
            deviation=tuple(float(value) for value in plain["deviation"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path} is damaged ({error!r}); resume the run to have it written again") from error
