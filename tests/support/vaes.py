"""Tiny autoencoders for tests, seeded and random; the golden one comes from generation.verification."""

import torch

from generation.config import VAEConfig
from generation.vae.vae import VideoVAE

# Two layers of the released kind; a tile of 256 px is 32 x 32 tokens here too.
TINY = {
    "name": "tiny test",
    "video_size": 32,
    "patch_size": 4,
    "latent_channels": 4,
    "embed_dim": 64,
    "depth": 2,
    "num_heads": 2,
    "mlp_ratio": 2.0,
}


def tiny_vae(seed: int, **overrides) -> VideoVAE:
    """A small float32 autoencoder with seeded random weights, none of them zero; overrides are config fields."""
    vae = VideoVAE(VAEConfig(**{**TINY, **overrides}))
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in vae.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "class_token" in name or "positions" in name:
            noise = 0.5 * noise
        else:
            noise = noise * (0.2 if parameter.ndim == 1 else parameter[0].numel() ** -0.5)
        is_norm_weight = name.endswith(("norm.weight", "final_projection.1.weight"))
        parameter.data = noise + 1 if is_norm_weight else noise
    return vae.requires_grad_(requires_grad=False)
