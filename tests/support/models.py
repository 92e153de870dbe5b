"""Tiny transformers for tests: seeded random ones, and the golden checkpoints."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from generation.config import DiTConfig
from generation.model.dit import DiT
from generation.weights.magi_keys import dit_key_map

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


def reference_config(folder: Path) -> DiTConfig:
    """The architecture of a golden checkpoint."""
    fields = json.loads((folder / "config.json").read_text())["model_config"]
    doubled = fields["half_channel_vae"]
    return DiTConfig(
        name=folder.name,
        num_layers=fields["num_layers"],
        hidden_size=fields["hidden_size"],
        ffn_hidden_size=fields["ffn_hidden_size"],
        num_heads=fields["num_attention_heads"],
        num_kv_heads=fields["num_query_groups"],
        head_dim=fields["kv_channels"],
        latent_channels=fields["in_channels"] // (2 if doubled else 1),
        duplicate_latents=doubled,
        latent_scale=fields["x_rescale_factor"],
        text_dim=fields["caption_channels"],
        text_max_tokens=fields["caption_max_length"],
        gated_ffn=fields["gated_linear_unit"],
    )


def reference_tensors(folder: Path) -> dict[str, torch.Tensor]:
    """All tensors of a golden checkpoint, by MAGI's names."""
    tensors = {}
    for part in sorted((folder / "inference_weight").glob("*.safetensors")):
        tensors.update(load_file(part))
    return tensors


def load_reference_dit(folder: Path) -> DiT:
    """A golden checkpoint (``ckpt_tiny24b`` or ``ckpt_tiny4b``) in float32."""
    model = DiT(reference_config(folder))
    tensors = reference_tensors(folder)
    names = dit_key_map(model.config)
    model.load_state_dict({ours: tensors[theirs] for ours, theirs in names.items()})
    return model.requires_grad_(requires_grad=False)
