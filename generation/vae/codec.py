"""Frames to latents and back, under one of two policies: what the pipeline uses."""

import torch
from torch import Tensor

from generation.config import ChunkPolicy
from generation.errors import ConfigError, MediaError, NumericsError
from generation.vae.blending import BlendRule
from generation.vae.pixels import bytes_to_video, shrink_video
from generation.vae.policies import Cut, make_cuts
from generation.vae.spatial import SpatialPlan, run_tiled
from generation.vae.vae import VideoVAE


class FrameCodec:
    """Encodes clips and decodes chunks with one autoencoder; holds no state between calls.

    How time and space are cut stands in :mod:`generation.vae.policies`.
    """

    def __init__(
        self,
        vae: VideoVAE,
        policy: ChunkPolicy,
        *,
        fps: int = 24,
        tile_pixels: int = 256,
        max_tiles: int = 4,
        chunk_latent_frames: int = 6,
    ) -> None:
        """Fix how time and space are cut.

        Args:
            vae: The autoencoder, on its device and in its dtype.
            policy: Whose frame counts and joints.
            fps: Frames per second; sets the reference policy's windows, which are half a second.
            tile_pixels: Side of a tile, whole patches.
            max_tiles: Tiles per forward: what bounds memory.
            chunk_latent_frames: Latent frames of a chunk; joints repeat with it.

        Raises:
            ConfigError: If tiles or windows would not be whole patches.
        """
        patch = vae.config.patch_size
        if tile_pixels < patch or tile_pixels % patch:
            raise ConfigError(f"tile_pixels must be a positive multiple of the patch size {patch}, got {tile_pixels}")
        if max_tiles < 1 or chunk_latent_frames < 1:
            raise ConfigError(
                f"max_tiles and chunk_latent_frames must be at least 1, got {max_tiles} and {chunk_latent_frames}"
            )
        self.vae = vae
        self.policy = policy
        self._cuts = make_cuts(policy, vae.config, fps=fps, chunk_latent_frames=chunk_latent_frames)
        self._tile_cells = tile_pixels // patch
        self._max_tiles = max_tiles

    @property
    def context_latent_frames(self) -> int:
        """How many clean latent frames before a chunk :meth:`decode_chunk` wants to see."""
        return self._cuts.context_latent_frames

    @torch.no_grad()
    def encode(self, frames: Tensor) -> Tensor:
        """Turn a clip or a picture into latents.

        Args:
            frames: ``(T, H, W, 3)`` uint8, whole cells high and wide, at the size that :meth:`decode_chunk` gives back;
                an encoder that sees less is shown them smaller. One frame is a picture; a clip has at least
                ``patch_length``. Frames that fill no patch are left out: at the start (seamless) or at the end
                (reference).

        Returns:
            ``(1, Z, t, h, w)`` times ``latent_scale``, on the autoencoder's device; in its dtype (reference) or in
            float32 (seamless).

        Raises:
            MediaError: If the frames have another layout or size, or are too few.
            NumericsError: If NaN or infinity came out.
        """
        self._check_frames(frames)
        config = self.vae.config
        height, width = frames.shape[1] // config.pixels_per_cell, frames.shape[2] // config.pixels_per_cell
        cuts = self._cuts.encoding(len(frames))
        shape = (1, config.latent_channels, sum(cut.size for cut in cuts), height, width)
        latents = torch.empty(shape, dtype=self.vae.dtype, device=self.vae.device)
        plan = self._plan(height, width, encoding=True)
        for cut, target in zip(cuts, _parts(latents, cuts, axis=2), strict=True):
            video = bytes_to_video(frames[cut.start : cut.stop].to(self.vae.device), self.vae.dtype)
            video = shrink_video(video, config.decoder_scale)
            for region in run_tiled(self.vae.encode, video, plan):
                target[:, :, :, region.rows, region.columns] = region.values[:, :, cut.kept_start : cut.kept_stop]
        _require_finite(latents, "latents from the encoder")
        return (latents.float() if self._cuts.scales_in_float32 else latents) * config.latent_scale

    @torch.no_grad()
    def decode_chunk(self, latents: Tensor, left_context: Tensor | None = None) -> Tensor:
        """Turn clean latents into frames.

        Args:
            latents: ``(1, Z, t, h, w)``, scaled.
            left_context: The clean latents shown right before them, ``(1, Z, c, h, w)``; None at the start of a clip.
                Only the last :attr:`context_latent_frames` are looked at.

        Returns:
            ``(T, H, W, 3)`` uint8 on the CPU. Seamless: ``patch_length`` frames per latent frame. Reference: the same
            but for a window of a single latent frame, which gives one.

        Raises:
            ConfigError: If a shape is not that of this model's latents.
            NumericsError: If the latents or what is decoded from them hold NaN or infinity.
        """
        volume, context = self._join_context(latents, left_context)
        _require_finite(volume, "latents to decode")
        volume = volume.to(self.vae.device, torch.float32) / self.vae.config.latent_scale
        cuts = self._cuts.decoding(latents.shape[2], context)
        cell, (height, width) = self.vae.config.pixels_per_cell, latents.shape[3:]
        frames = torch.empty((sum(cut.size for cut in cuts), height * cell, width * cell, 3), dtype=torch.uint8)
        for cut, target in zip(cuts, _parts(frames, cuts, axis=0), strict=True):
            window = volume[:, :, cut.start : cut.stop]
            stand_in = window[:, :, -1:].expand(-1, -1, cut.repeats, -1, -1)
            self._decode_into(target, torch.cat((window, stand_in), dim=2).to(self.vae.dtype), cut)
        return frames

    def _decode_into(self, target: Tensor, latents: Tensor, cut: Cut) -> None:
        # The bare decoder: how many frames a lone latent frame gives is for the policy to say.
        plan = self._plan(latents.shape[3], latents.shape[4], encoding=False)
        for region in run_tiled(self.vae.decoder, latents, plan):
            values = region.values[0, :, cut.kept_start : cut.kept_stop]
            _require_finite(values, "frames from the decoder")
            target[:, region.rows, region.columns] = self._cuts.to_bytes(values).permute(1, 2, 3, 0).cpu()

    def _check_frames(self, frames: Tensor) -> None:
        cell, length = self.vae.config.pixels_per_cell, self.vae.config.patch_length
        if frames.dtype is not torch.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or 0 in frames.shape:
            raise MediaError(
                f"frames must be uint8 of shape (T, H, W, 3) and not empty, got {frames.dtype} {tuple(frames.shape)}"
            )
        count, height, width, _ = frames.shape
        if height % cell or width % cell:
            raise MediaError(
                f"frames must be multiples of {cell} px wide and high, got {width}x{height}; scale or pad them first"
            )
        if 1 < count < length:
            raise MediaError(f"a clip must have at least {length} frames, got {count}; give more, or a single picture")

    def _join_context(self, latents: Tensor, left_context: Tensor | None) -> tuple[Tensor, int]:
        """Context and latents in one volume, and how many latent frames of it are context."""
        channels = self.vae.config.latent_channels
        if latents.ndim != 5 or latents.shape[:2] != (1, channels) or 0 in latents.shape:
            raise ConfigError(f"latents must be (1, {channels}, t, h, w) and not empty, got {tuple(latents.shape)}")
        wanted = self.context_latent_frames
        if left_context is None or not wanted:
            return latents, 0
        same = left_context.ndim == 5 and left_context.shape[:2] == latents.shape[:2]
        if not same or left_context.shape[3:] != latents.shape[3:]:
            raise ConfigError(
                "the context must have the channels and size of the latents after it, got "
                f"{tuple(left_context.shape)} before {tuple(latents.shape)}"
            )
        context = left_context[:, :, -wanted:].to(latents)
        return torch.cat((context, latents), dim=2), context.shape[2]

    def _plan(self, height: int, width: int, *, encoding: bool) -> SpatialPlan:
        config = self.vae.config
        return SpatialPlan(
            rows=self._cuts.tiles(height, self._tile_cells),
            columns=self._cuts.tiles(width, self._tile_cells),
            read_scale=config.patch_size if encoding else 1,
            write_scale=1 if encoding else config.pixels_per_cell,
            rule=BlendRule.CHAINED if encoding else BlendRule.RAW,
            max_tiles=self._max_tiles,
        )


def _require_finite(values: Tensor, what: str) -> None:
    # One pass: a sum is finite only if all its terms are (pixels and latents are far from overflowing it).
    if not bool(values.sum(dtype=torch.float32).isfinite()):
        raise NumericsError(f"{what} must be finite, got NaN or infinity; check the weights and the dtype they run in")


def _parts(whole: Tensor, cuts: list[Cut], *, axis: int) -> tuple[Tensor, ...]:
    """Views of what each cut fills."""
    return torch.split(whole, [cut.size for cut in cuts], dim=axis)
