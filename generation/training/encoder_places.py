"""Tells a trained encoder where its tokens stand, as :mod:`generation.training.decoder_places` does for a decoder.

Without, every token is encoded by itself. Measured: turning the four frames of a latent frame around moved latents by
0.12 of their deviation; once an encoder with places was trained together with its decoder on what moves, by 0.49.
"""

import torch
from torch import Tensor

from generation.errors import ConfigError
from generation.training.decoder_places import (
    LEAST_PLACES,
    TOLD,
    WAVES,
    blocks_of,
    hear,
    look_inside,
    make_deaf,
    turn_heads,
    write_waves,
)
from generation.vae.vae import VideoVAE

# The tokens' mean, the class token, and ones.
_CONSTANT = 3


@torch.no_grad()
def give_encoder_places(vae: VideoVAE, video: Tensor) -> None:
    """Change an encoder so that training can make it use a token's neighbours.

    Args:
        vae: Whose encoder is changed in place.
        video: Some clips of the encoder's native size, ``(B, 3, T, H, W)``: they show which directions are used least.

    Raises:
        ConfigError: If the encoder has too few heads or channels, or norms of another kind, or clips another size.
    """
    encoder, config = vae.encoder, vae.config
    trunk, width = encoder.trunk, config.embed_dim
    head, told = width // config.num_heads, config.latent_channels
    count = WAVES + 2 * told
    if config.num_heads < 2 or head < WAVES or width < count + told or config.normalise_qkv:
        raise ConfigError(
            f"an encoder must have 2 heads of {WAVES}, a width of {count + told} and norms before attention to be "
            f"given places, got {config.num_heads} of {head}"
        )
    patches = encoder.patch_embed(video)
    if tuple(patches.shape[2:]) != trunk.native_grid:
        raise ConfigError(f"clips must be {trunk.native_grid} patches large, got {tuple(patches.shape[2:])}")
    tokens = patches.flatten(2).transpose(1, 2)
    flat = tokens.flatten(0, 1)
    variances, axes = torch.linalg.eigh(torch.cov(flat.T))
    constant = torch.stack([flat.mean(dim=0), trunk.class_token.flatten(), torch.ones(width)], dim=1)
    fresh = _least_used(axes, constant, count)
    places, before, after = torch.split(fresh, [WAVES, told, told], dim=1)
    # The directions that tokens use most, which are told to other moments.
    content, size = axes[:, -told:], float(variances[-told:].mean().sqrt())
    spreads, means = look_inside(trunk, tokens)
    wave = write_waves(trunk, places)
    make_deaf(trunk, encoder.to_moments, spreads, fresh)
    turn_heads(trunk, places, wave, spreads, means)
    for which, into in ((0, before), (1, after)):
        hear(blocks_of(trunk)[0], which * head, content.T * (spreads[0] / size), TOLD * size * into)


def has_encoder_places(vae: VideoVAE) -> bool:
    """Whether an encoder has been given places."""
    return float(vae.encoder.trunk.positions.detach().square().mean().sqrt()) > LEAST_PLACES


def _least_used(axes: Tensor, constant: Tensor, count: int) -> Tensor:
    """An orthonormal basis of the first axes, without what is the same in every token."""
    kept = torch.linalg.qr(constant)[0]
    free = axes[:, : count + _CONSTANT]
    free = free - kept @ (kept.T @ free)
    basis: Tensor = torch.linalg.svd(free, full_matrices=False)[0][:, :count]
    return basis
