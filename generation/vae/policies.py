"""The two chunk policies, as far as frames and tiles are concerned.

:class:`ReleasedCuts` is the released behaviour, its joints and odd frame counts included. :class:`SeamlessCuts` is what
a person wants to watch and continue:

- **Context on both sides.** A frame decoded at the edge of a window is a worse frame, and two edges that meet are the
  jump one sees. So a window of the decoder is as long as the clips it was trained on (four latent frames) and shows
  its inner ones only; those at its ends are decoded again by its neighbours and thrown away here. Nothing is averaged
  in time, so nothing ghosts.
- **Final once shown.** A window never looks past its chunk: on the right of the chunk's last latent frame stands that
  frame once more. On the left stands the end of the chunk before; at the start of a clip the window looks further
  ahead instead. So shown frames depend on latents up to their chunk only, and as every window is a forward of its own,
  chunks decoded one by one give the bytes of a clip decoded at once.
- **No lone latent frames.** Six latent frames are always 24 frames.
- **Encoding counts back from the end**, which is what gets continued.
- **Whole tiles.** As few full tiles as cover the picture: one if it fits.

What was measured to choose this stands in the package's README.
"""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from generation.config import ChunkPolicy, VAEConfig
from generation.errors import ConfigError, MediaError
from generation.vae.pixels import round_to_bytes, truncate_to_bytes
from generation.vae.tiling import (
    AxisTile,
    covering_tiles,
    released_tiles,
    released_windows,
    seamless_decode_windows,
    seamless_encode_windows,
)

TILE_OVERLAP = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """One forward along time: ``[start, stop)`` of what goes in, ``[kept_start, kept_stop)`` of what comes out."""

    start: int
    stop: int
    # How often the last of what goes in is repeated.
    repeats: int = 0
    kept_start: int
    kept_stop: int

    @property
    def size(self) -> int:
        """Latent frames or frames kept."""
        return self.kept_stop - self.kept_start


class Cuts(Protocol):
    """How a policy cuts time and space, and how it makes pixels."""

    @property
    def context_latent_frames(self) -> int:
        """Clean latent frames wanted before a chunk."""

    @property
    def scales_in_float32(self) -> bool:
        """Whether encoded latents are scaled in float32 rather than in the autoencoder's dtype."""

    def encoding(self, frames: int) -> list[Cut]:
        """Frames in, latent frames out."""

    def decoding(self, latent_frames: int, context: int) -> list[Cut]:
        """Latent frames in (``context`` of them not to be shown), frames out."""

    def tiles(self, length: int, tile: int) -> tuple[AxisTile, ...]:
        """Tiles along rows or columns, in latent cells."""

    def to_bytes(self, values: Tensor) -> Tensor:
        """Decoded values to pixels."""


def make_cuts(policy: ChunkPolicy, config: VAEConfig, *, fps: int, chunk_latent_frames: int) -> Cuts:
    """The cuts of a policy for one autoencoder.

    Args:
        policy: Which of the two.
        config: The autoencoder.
        fps: Frames per second; sets the released windows.
        chunk_latent_frames: Latent frames of a chunk; seamless joints repeat with it.

    Raises:
        ConfigError: If a window would not be whole patches.
    """
    if policy is ChunkPolicy.REFERENCE:
        return ReleasedCuts.at_rate(fps, patch_length=config.patch_length)
    return SeamlessCuts.for_chunks(chunk_latent_frames, native=config.native_grid[0], patch_length=config.patch_length)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleasedCuts:
    """As released: windows of half a second from the start, no context (spec vae §3.2, §3.4)."""

    # Latent frames.
    window: int
    patch_length: int
    context_latent_frames: int = 0
    scales_in_float32: bool = False

    @classmethod
    def at_rate(cls, fps: int, *, patch_length: int) -> "ReleasedCuts":
        """Windows of half a second.

        Raises:
            ConfigError: If half a second is not whole patches; the release loses frames then.
        """
        if fps < 2 * patch_length or fps % (2 * patch_length):
            raise ConfigError(
                f"fps must be a positive multiple of {2 * patch_length} under the reference policy, whose windows of "
                f"half a second would lose frames otherwise, got {fps}; use such a rate or the seamless policy"
            )
        return cls(window=fps // 2 // patch_length, patch_length=patch_length)

    def encoding(self, frames: int) -> list[Cut]:
        """Whole windows, then the rest; a rest of one frame is a picture, an incomplete patch at the end is dropped."""
        cuts = []
        for window in released_windows(frames, window=self.window * self.patch_length):
            size = window.stop - window.start
            if 1 < size < self.patch_length:
                raise MediaError(
                    f"the reference policy cannot encode {frames} frames: windows of {self.window * self.patch_length} "
                    f"leave {size}, less than a patch of {self.patch_length}; leave out {size} frames or use the "
                    "seamless policy"
                )
            kept = 1 if size == 1 else size // self.patch_length
            cuts.append(Cut(start=window.start, stop=window.stop, kept_start=0, kept_stop=kept))
        return cuts

    def decoding(self, latent_frames: int, context: int) -> list[Cut]:
        """Whole windows, then the rest; a rest of one latent frame is one frame, not ``patch_length``."""
        cuts = []
        for window in released_windows(latent_frames, window=self.window):
            size = window.stop - window.start
            kept = 1 if size == 1 else size * self.patch_length
            # Without context in, none is there to leave out.
            start, stop = window.start + context, window.stop + context
            cuts.append(Cut(start=start, stop=stop, kept_start=0, kept_stop=kept))
        return cuts

    def tiles(self, length: int, tile: int) -> tuple[AxisTile, ...]:
        """Fixed stride; two tiles for a side of exactly one."""
        return released_tiles(length, tile=tile, overlap=TILE_OVERLAP)

    def to_bytes(self, values: Tensor) -> Tensor:
        """Arithmetic in the values' dtype, cut off."""
        return truncate_to_bytes(values)


@dataclass(frozen=True, kw_only=True, slots=True)
class SeamlessCuts:
    """No joints to be seen, no frame that changes later, no odd counts."""

    # Latent frames: of a chunk, shown per window, seen on either side of those, encoded per window.
    chunk: int
    run: int
    left: int
    right: int
    encode_run: int
    patch_length: int
    scales_in_float32: bool = True

    @classmethod
    def for_chunks(cls, chunk: int, *, native: int, patch_length: int) -> "SeamlessCuts":
        """Windows of at most an autoencoder's native length that repeat with the chunks.

        Args:
            chunk: Latent frames of a chunk.
            native: Latent frames of the clips the autoencoder was trained on.
            patch_length: Frames per latent frame.
        """
        left, right = int(native >= 2), int(native >= 3)
        return cls(
            chunk=chunk,
            run=_largest_divisor(chunk, at_most=native - left - right),
            left=left,
            right=right,
            encode_run=_largest_divisor(chunk, at_most=native),
            patch_length=patch_length,
        )

    @property
    def context_latent_frames(self) -> int:
        """Clean latent frames wanted before a chunk."""
        return self.left

    def encoding(self, frames: int) -> list[Cut]:
        """Windows counted back from the end; frames that fill no patch are left out at the start."""
        length = self.patch_length
        if frames == 1:
            return [Cut(start=0, stop=1, kept_start=0, kept_stop=1)]
        left_out = frames % length
        return [
            Cut(
                start=left_out + window.start * length,
                stop=left_out + window.stop * length,
                kept_start=window.keep_start - window.start,
                kept_stop=window.keep_stop - window.start,
            )
            for window in seamless_encode_windows(frames // length, run=self.encode_run)
        ]

    def decoding(self, latent_frames: int, context: int) -> list[Cut]:
        """Windows with context on both sides; always ``patch_length`` frames per latent frame."""
        windows = seamless_decode_windows(
            context + latent_frames,
            context=context,
            chunk=self.chunk,
            run=self.run,
            left=self.left,
            right=self.right,
        )
        return [
            Cut(
                start=window.start,
                stop=window.stop,
                repeats=window.repeats,
                kept_start=(window.keep_start - window.start) * self.patch_length,
                kept_stop=(window.keep_stop - window.start) * self.patch_length,
            )
            for window in windows
        ]

    def tiles(self, length: int, tile: int) -> tuple[AxisTile, ...]:
        """As few full tiles as cover the side."""
        return covering_tiles(length, tile=tile, overlap=TILE_OVERLAP)

    def to_bytes(self, values: Tensor) -> Tensor:
        """Rounded in float32."""
        return round_to_bytes(values)


def _largest_divisor(number: int, *, at_most: int) -> int:
    return max(size for size in range(1, max(at_most, 1) + 1) if number % size == 0)
