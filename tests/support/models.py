"""Tiny transformers for tests, seeded and random; the golden ones come from generation.verification."""

import torch

from generation.config import DiTConfig
from generation.model.dit import DiT

# Three layers of the 4.5B's kind, small enough for a forward in milliseconds.
TINY = {
    "name": "tiny test",
    "num_layers": 3,
    "hidden_size": 64,
    "ffn_hidden_size": 96,
    "num_heads": 4,
    "num_kv_heads": 2,
    "head_dim": 16,
    "latent_channels": 16,
    "text_dim": 24,
    "text_max_tokens": 64,
}


def tiny_dit(seed: int, **overrides) -> DiT:
    """A small float32 transformer with seeded random weights, none of them zero; overrides are config fields."""
    model = DiT(DiTConfig(**{**TINY, **overrides}))
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        spread = 0.2 if parameter.ndim == 1 else parameter[0].numel() ** -0.5
        noise = torch.randn(parameter.shape, generator=generator) * spread
        one = "pre_norm.weight" in name or "ffn.norm.weight" in name
        if name == "rope.bands":
            noise = 10000 ** (-torch.arange(parameter.numel()) / parameter.numel()) * (1 + 0.1 * noise)
        if name.endswith("_scale"):
            noise = torch.full(parameter.shape, 0.02)
        parameter.data = (noise + one).to(parameter.dtype)
    return model.requires_grad_(requires_grad=False)
