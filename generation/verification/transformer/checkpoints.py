"""Tiny checkpoints of the released architecture, loaded as released weights are."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from generation.config import DiTConfig
from generation.magi_config import read_magi_config
from generation.model.dit import DiT
from generation.model.precision import cast_for_inference
from generation.weights.loading import load_into
from generation.weights.magi_keys import dit_dtype_map, dit_key_map

PLAIN_FOLDER = "inference_weight"


def checkpoint_config(folder: Path) -> DiTConfig:
    """The architecture of a checkpoint folder.

    Raises:
        ConfigError: Listing what is wrong in its ``config.json``.
    """
    return replace(read_magi_config(folder / "config.json", device="cpu").dit, name=folder.name)


def load_transformer(folder: Path, config: DiTConfig, *, dtype: str = "float32") -> tuple[DiT, str]:
    """Load a checkpoint.

    Args:
        folder: Around the folder with the weights; distilled models may share those of the base model.
        config: What the weights are to be; the tensors must fit it.
        dtype: The model runs in.

    Returns:
        The model without gradients, and the fingerprint of its weights.

    Raises:
        WeightsError: If anything is missing or does not fit.
    """
    own = folder / config.release_subfolder
    with torch.device("meta"):
        model = DiT(config)
    loaded = load_into(
        model,
        own if own.is_dir() else folder / PLAIN_FOLDER,
        key_map=dit_key_map(config),
        dtype_map=dit_dtype_map(config, dtype),
        device="cpu",
    )
    return model.requires_grad_(requires_grad=False), loaded.weights_hash


def load_golden_transformer(folder: Path) -> DiT:
    """A checkpoint folder's own model in float32."""
    return load_transformer(folder, checkpoint_config(folder))[0]


def with_quantised_layers(model: DiT, quantised: dict[str, Tensor], *, dtype: torch.dtype) -> DiT:
    """The same model with e4m3 weights in its inner layers.

    Args:
        model: In float32.
        quantised: Weights and scales of all inner linears, by MAGI's names.
        dtype: The result runs in.

    Raises:
        KeyError: If a tensor of an inner layer is missing.
    """
    stored = model.state_dict()
    tensors = {theirs: stored[ours] for ours, theirs in dit_key_map(model.config).items()} | quantised
    config = replace(model.config, fp8=True, distilled=True)
    with torch.device("meta"):
        mixed = DiT(config)
    mixed.load_state_dict({ours: tensors[theirs] for ours, theirs in dit_key_map(config).items()}, assign=True)
    cast_for_inference(mixed, dtype)
    return mixed.requires_grad_(requires_grad=False)
