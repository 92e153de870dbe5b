"""Windows of latents as the engine decodes them, for a decoder that is trained on nothing else.

What is served differs from a clip encoded and decoded at once: a clip begins with the latent of a picture, windows show
their inner latent frames only, and on the right of a second's end its last latent frame stands once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from generation.config import ChunkPolicy, VAEConfig
from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import ConfigError
from generation.vae.policies import Cut, Cuts, make_cuts
from generation.vae.vae import VideoVAE

# Of a second.
_WINDOWS = 3
# How often windows side by side are those at the joint of two seconds.
_JOINT_SHARE = 0.4


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedWindow:
    """One forward of the decoder, and what it should show."""

    # (B, Z, t, h, w).
    latents: Tensor
    # Frames of what comes out that are shown, ...
    kept: slice
    # ... and which frames of the clip they are.
    shown: slice


def served_latents(vae: VideoVAE, video: Tensor) -> Tensor:
    """Encode a batch as it would be when it is served: a picture, then what follows.

    Args:
        vae: The encoder.
        video: ``(B, 3, T, H, W)`` at the encoder's size; a second, or one frame for a picture at rest.

    Returns:
        ``(B, Z, t, h, w)``; one latent frame for a picture.
    """
    still = vae.encode(video[:, :, :1])
    if video.shape[2] == 1:
        return still
    pieces = [
        vae.encode(video[:, :, cut.start : cut.stop])[:, :, cut.kept_start : cut.kept_stop]
        for cut in _cuts(vae.config).encoding(video.shape[2])
    ]
    return torch.cat([still, torch.cat(pieces, dim=2)[:, :, 1:]], dim=2)


def draw_window(latents: Tensor, config: VAEConfig, generator: torch.Generator) -> ServedWindow:
    """Draw one of the windows of a second; half of the time its last, which has to guess what follows.

    Args:
        latents: From :func:`served_latents`; noise may have been added.
        config: The autoencoder's.
        generator: On the CPU.

    Returns:
        For pictures the first latent frame of a second at rest; its ``shown`` is the one frame, over and over.
    """
    windows = _cuts(config).decoding(_chunk(config), 0)
    if latents.shape[2] == 1:
        first = windows[0]
        rest = latents.expand(-1, -1, first.stop - first.start, -1, -1)
        return ServedWindow(latents=rest, kept=slice(0, config.patch_length), shown=slice(0, 1))
    number = min(int(torch.randint(2 * len(windows) - 2, (), generator=generator)), len(windows) - 1)
    return _window_of(latents, windows, number)


def draw_neighbours(
    latents: Tensor, config: VAEConfig, generator: torch.Generator
) -> tuple[ServedWindow, ServedWindow]:
    """Draw two windows side by side: half a second's end and the next one's beginning in 4 of 10 draws.

    A second that is joined to the next is served as two half ones would be: the encoder cuts in both places, and the
    decoder does not know yet what follows.

    Args:
        latents: From :func:`served_latents`, of a second; noise may have been added.
        config: The autoencoder's.
        generator: On the CPU.

    Raises:
        ConfigError: If the autoencoder's windows are not three to a second.
    """
    windows = _cuts(config).decoding(_chunk(config), 0)
    if len(windows) != _WINDOWS or latents.shape[2] != _chunk(config):
        raise ConfigError(f"windows side by side are of seconds of {_WINDOWS} windows, got {len(windows)}")
    pick = float(torch.rand((), generator=generator))
    if pick >= _JOINT_SHARE:
        first = int(pick >= _JOINT_SHARE + (1 - _JOINT_SHARE) / 2)
        left, right = (_window_of(latents, windows, number) for number in (first, first + 1))
        return left, right
    half, length = _chunk(config) // 2, config.patch_length
    left, right = joint_windows(latents[:, :, :half], latents[:, :, half:], config)
    return _later(left, length), _later(right, length)


def joint_windows(before: Tensor, after: Tensor, config: VAEConfig) -> tuple[ServedWindow, ServedWindow]:
    """The last window of a second and the first one of the next.

    Args:
        before: ``(B, Z, t, h, w)``, the second half of a second.
        after: The same shape, the first half of the next.
        config: The autoencoder's.

    Returns:
        Their ``shown`` count from the first frame that they show together.
    """
    half, length = _chunk(config) // 2, config.patch_length
    # The second's end does not know yet what follows, so its last latent frame stands in for it.
    end = torch.cat([before, before[:, :, -1:]], dim=2)
    beginning = torch.cat([before[:, :, -1:], after], dim=2)
    kept = slice(length, half * length)
    size = kept.stop - kept.start
    return (
        ServedWindow(latents=end, kept=kept, shown=slice(0, size)),
        ServedWindow(latents=beginning, kept=kept, shown=slice(size, 2 * size)),
    )


def _later(window: ServedWindow, frames: int) -> ServedWindow:
    return replace(window, shown=slice(window.shown.start + frames, window.shown.stop + frames))


def _window_of(latents: Tensor, windows: Sequence[Cut], number: int) -> ServedWindow:
    cut, before = windows[number], sum(window.size for window in windows[:number])
    window = latents[:, :, cut.start : cut.stop]
    stand_in = window[:, :, -1:].expand(-1, -1, cut.repeats, -1, -1)
    return ServedWindow(
        latents=torch.cat([window, stand_in], dim=2),
        kept=slice(cut.kept_start, cut.kept_stop),
        shown=slice(before, before + cut.size),
    )


def _chunk(config: VAEConfig) -> int:
    return FRAMES_PER_SECOND // config.patch_length


def _cuts(config: VAEConfig) -> Cuts:
    return make_cuts(ChunkPolicy.SEAMLESS, config, fps=FRAMES_PER_SECOND, chunk_latent_frames=_chunk(config))
