"""The video autoencoder: a plain transformer on either side of the latents.

Notable:
- one strided convolution cuts the video into patches of ``patch_length x patch_size x patch_size``: no overlap, no
  causality, and no special first frame (4 k frames are k latent frames);
- the decoder unfolds each token into a patch of a few channels and smooths patch borders with one 3 x 3 x 3
  convolution;
- a single picture is encoded as four equal frames, and a single latent frame decodes to the first of its frames;
- a decoder may make larger pictures than the encoder sees (``decoder_scale``), from the same latents.

Shapes: B batch, Z latent channels, T H W pixels, t h w latents. Videos are in [-1, 1]. Latents here are unscaled; the
transformer's are multiplied by ``latent_scale`` (:mod:`generation.vae.codec`).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from generation.config import VAEConfig
from generation.errors import ConfigError
from generation.vae.layers import NORM_EPS, SmoothingConv, Trunk

LOGVAR_RANGE = (-30.0, 20.0)
INIT_STD = 0.02
# Copies of a picture that are encoded; more only where one patch is longer.
STILL_COPIES = 4
# Channels per pixel after a final projection; without one, as many as the width divides into.
PROJECTED_CHANNELS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Posterior:
    """A diagonal Gaussian over latents, ``(B, Z, t, h, w)`` each."""

    mean: Tensor
    # Clamped to LOGVAR_RANGE.
    logvar: Tensor

    @property
    def std(self) -> Tensor:
        """Standard deviation."""
        return torch.exp(0.5 * self.logvar)

    def sample(self, generator: torch.Generator) -> Tensor:
        """Draw once; noise is drawn in float32 on the generator's device, then moved."""
        noise = torch.randn(self.mean.shape, generator=generator, device=generator.device, dtype=torch.float32)
        return self.mean + self.std * noise.to(self.mean)

    def divergence(self) -> Tensor:
        """Kullback-Leibler divergence from the unit Gaussian in nats, element by element."""
        return 0.5 * (self.mean.square() + self.logvar.exp() - 1 - self.logvar)


class Encoder(nn.Module):
    """Video to the moments of its posterior."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.patch = (config.patch_length, config.patch_size, config.patch_size)
        self.patch_embed = nn.Conv3d(3, config.embed_dim, self.patch, stride=self.patch)
        self.trunk = Trunk(config)
        self.to_moments = nn.Linear(config.embed_dim, 2 * config.latent_channels)

    def forward(self, video: Tensor) -> Tensor:
        """Map ``(B, 3, T, H, W)`` to ``(B, 2 Z, t, h, w)``: means, then log-variances.

        Frames, rows and columns past the last whole patch are left out.

        Raises:
            ConfigError: If there is not one whole patch.
        """
        if (
            video.ndim != 5
            or video.shape[1] != 3
            or any(s < p for s, p in zip(video.shape[2:], self.patch, strict=True))
        ):
            raise ConfigError(f"a video must be (B, 3, T, H, W) with at least {self.patch}, got {tuple(video.shape)}")
        patches = self.patch_embed(video)
        grid = patches.shape[2:]
        tokens = self.trunk(patches.flatten(2).transpose(1, 2), tuple(grid))
        moments: Tensor = self.to_moments(tokens).transpose(1, 2).unflatten(2, grid)
        return moments


class Decoder(nn.Module):
    """Latents to video."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        length, side, width = config.patch_length, config.pixels_per_cell, config.embed_dim
        volume = length * side * side
        self.latent_channels = config.latent_channels
        self.from_latents = nn.Linear(config.latent_channels, width)
        self.trunk = Trunk(config)
        channels = PROJECTED_CHANNELS if config.final_projection else width // volume
        self.final_projection: nn.Sequential | None = None
        if config.final_projection:
            projected = PROJECTED_CHANNELS * volume
            self.final_projection = nn.Sequential(nn.Linear(width, projected))
            if config.final_projection_norm:
                self.final_projection.append(nn.LayerNorm(projected, eps=NORM_EPS))
        elif width % volume:
            raise ConfigError(
                f"VAE {config.name!r}: embed_dim must be a multiple of patch_length x patch_size^2 = {volume}, "
                f"got {width}; set final_projection otherwise"
            )
        self.patch_shape = (length, side, side, channels)
        self.to_pixels = SmoothingConv(channels, 3)

    def forward(self, latents: Tensor) -> Tensor:
        """Map ``(B, Z, t, h, w)`` to ``(B, 3, patch_length * t, H, W)``; values are not clamped.

        ``H`` and ``W`` are ``pixels_per_cell`` times as many as cells: with a ``decoder_scale`` of 2, twice those of
        the video that was encoded.

        Raises:
            ConfigError: If the channels are not this decoder's.
        """
        if latents.ndim != 5 or latents.shape[1] != self.latent_channels or 0 in latents.shape:
            raise ConfigError(
                f"latents must be (B, {self.latent_channels}, t, h, w) and not empty, got {tuple(latents.shape)}"
            )
        grid = latents.shape[2:]
        tokens = self.trunk(self.from_latents(latents.flatten(2).transpose(1, 2)), tuple(grid))
        if self.final_projection is not None:
            tokens = self.final_projection(tokens)
        # (B, t, h, w, length, side, side, channels): a token is a patch, channels fastest.
        patches = tokens.unflatten(2, self.patch_shape).unflatten(1, grid)
        # Channels stay last in memory: whole rows of a patch are copied at once, and the convolution likes it.
        volume = patches.permute(0, 1, 4, 2, 5, 3, 6, 7).flatten(5, 6).flatten(3, 4).flatten(1, 2)
        video: Tensor = self.to_pixels(volume.permute(0, 4, 1, 2, 3))
        return video


class VideoVAE(nn.Module):
    """Encoder and decoder of one architecture. Read-only after loading, so callers may share it."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.encoder.to_moments.weight.device

    @property
    def dtype(self) -> torch.dtype:
        """The dtype the model runs in."""
        return self.encoder.to_moments.weight.dtype

    def encode_moments(self, video: Tensor) -> Posterior:
        """The distribution of a video's latents: what training needs.

        Args:
            video: ``(B, 3, T, H, W)`` in [-1, 1]; one frame stands for a still picture.

        Returns:
            ``t = T // patch_length`` latent frames; one for a picture.

        Raises:
            ConfigError: If there is not one whole patch.
        """
        is_still = video.ndim == 5 and video.shape[2] == 1
        if is_still:
            video = video.expand(-1, -1, max(STILL_COPIES, self.config.patch_length), -1, -1)
        moments = self.encoder(video)
        mean, logvar = (moments[:, :, :1] if is_still else moments).chunk(2, dim=1)
        return Posterior(mean=mean, logvar=logvar.clamp(*LOGVAR_RANGE))

    def encode(self, video: Tensor) -> Tensor:
        """The most likely latents of a video, ``(B, Z, t, h, w)``; see :meth:`encode_moments`."""
        return self.encode_moments(video).mean

    def decode(self, latents: Tensor) -> Tensor:
        """The video of some latents, ``(B, 3, T, H, W)``, about [-1, 1].

        One latent frame is a still picture and gives one frame; more give ``patch_length`` frames each.

        Raises:
            ConfigError: If the channels are not this model's.
        """
        video: Tensor = self.decoder(latents)
        return video[:, :, :1] if latents.shape[2] == 1 else video

    @torch.no_grad()
    def init_weights(self, generator: torch.Generator) -> None:
        """Draw fresh weights: truncated normal (0.02) for matrices and tables, 0 for biases, 1 for norms.

        The two convolutions start like linear layers of their fan-in, which is what the library does by default.
        """
        for module in self.modules():
            if isinstance(module, Trunk):
                for table in (module.class_token, module.positions):
                    nn.init.trunc_normal_(table, std=INIT_STD, generator=generator)
            elif isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=INIT_STD, generator=generator)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Conv3d):
                bound = module.weight[0].numel() ** -0.5
                for parameter in module.parameters():
                    nn.init.uniform_(parameter, -bound, bound, generator=generator)
            elif isinstance(module, nn.LayerNorm):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
