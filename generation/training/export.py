"""Writes what was trained as a folder that the engine loads, with everything that tells how it was made."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import torch

from generation.artifacts import LocalArtifacts, atomic_write, make_folder, sha256_of_file
from generation.errors import ConfigError, StorageError
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.text_model import save_text_model
from generation.training.trained import TrainedModel
from generation.vae.vae import VideoVAE
from generation.weights.magi_keys import dit_key_map
from generation.weights.saving import save_module
from generation.weights.starter_folder import (
    AUTOENCODER,
    STARTER_FILE,
    STARTER_FORMAT,
    TEXT_ENCODER,
    TRANSFORMER,
    WEIGHTS_FILE,
    StarterFolder,
    read_starter,
)
from generation.weights.vae_keys import vae_key_map

_DTYPE = "bfloat16"
_PARTS = (TRANSFORMER, AUTOENCODER, TEXT_ENCODER)


def export_model(
    folder: Path, vae: VideoVAE, trained: TrainedModel, *, name: str, card: Mapping[str, object]
) -> StarterFolder:
    """Write a model's folder; the description last, so that a folder with one is whole.

    Args:
        folder: Made if missing; files of the same names are replaced.
        vae: The autoencoder whose latents the transformer was trained on.
        trained: Transformer and text model.
        name: What the model is called.
        card: How it was made, in JSON values.

    Raises:
        ConfigError: If autoencoder and transformer do not share their latents.
        StorageError: If it cannot be written.
    """
    model = trained.model
    if vae.config.latent_channels != model.config.latent_channels:
        raise ConfigError(
            f"autoencoder and transformer must share latent_channels, got {vae.config.latent_channels} and "
            f"{model.config.latent_channels}"
        )
    dit = replace(model.config, name=name)
    vae_config = replace(vae.config, name=name, latent_scale=trained.latent_scale)
    _begin(folder)
    metadata = {"name": name}
    save_module(
        model.dit, folder / TRANSFORMER / WEIGHTS_FILE, key_map=dit_key_map(dit), dtype=_DTYPE, metadata=metadata
    )
    save_module(
        vae, folder / AUTOENCODER / WEIGHTS_FILE, key_map=vae_key_map(vae_config), dtype=_DTYPE, metadata=metadata
    )
    save_text_model(
        model.text, dict(model.text.named_parameters()), folder / TEXT_ENCODER, dtype=getattr(torch, _DTYPE)
    )
    description = {
        "format": STARTER_FORMAT,
        "name": name,
        "parameters": {
            part: sum(parameter.numel() for parameter in module.parameters())
            for part, module in ((TRANSFORMER, model.dit), (AUTOENCODER, vae), (TEXT_ENCODER, model.text))
        },
        "dit": asdict(dit),
        "vae": asdict(vae_config),
        "files": _describe_files(folder),
        "card": dict(card),
    }
    text = json.dumps(description, indent=2, sort_keys=False, ensure_ascii=False)
    atomic_write(folder / STARTER_FILE, (text + "\n").encode())
    return read_starter(folder)


def describe_run(run: RunFolder) -> dict[str, object]:
    """What a model card says of one training run: its settings, its length, and the last figures it logged.

    Raises:
        StorageError: If its files cannot be read.
    """
    records = read_records(run.log)
    try:
        settings = json.loads(run.settings.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(f"{run.settings} must be readable: {error}") from error
    last = dict(records[-1]) if records else {}
    return {"settings": settings, "steps": last.pop("step", 0), "last_figures": last}


def _begin(folder: Path) -> None:
    for part in _PARTS:
        make_folder(folder / part)
    # What is written over is whole no more.
    LocalArtifacts(folder).delete(STARTER_FILE)


def _describe_files(folder: Path) -> dict[str, dict[str, object]]:
    paths = [path for part in _PARTS for path in sorted((folder / part).iterdir()) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): {"sha256": sha256_of_file(path), "bytes": path.stat().st_size}
        for path in paths
    }
