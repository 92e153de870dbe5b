"""Reads back what was trained: from a run folder, or from an exported model."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from generation.config import DiTConfig, VAEConfig
from generation.errors import RequestError, WeightsError
from generation.model.dit import DiT
from generation.text.encoder_folder import find_encoder_folder
from generation.text.encoder_weights import load_encoder
from generation.training.captioned_dit import CaptionedDiT
from generation.training.latent_statistics import read_statistics, standardise_latents
from generation.training.runs.checkpoints import load_weights, read_average
from generation.training.runs.run_folder import RunFolder
from generation.training.text_model import TextModel, TextModelConfig, load_tokenizer
from generation.vae.vae import VideoVAE
from generation.weights.loading import load_into
from generation.weights.magi_keys import dit_dtype_map, dit_key_map
from generation.weights.starter_folder import is_starter_folder, read_starter
from generation.weights.vae_keys import vae_dtype_map, vae_key_map

# Beside the checkpoint of a run that trains on captions.
TOKENIZER_FOLDER = "tokenizer"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedModel:
    """A transformer with its text model, averaged, in float32 on the CPU."""

    model: CaptionedDiT
    # What latents were multiplied by.
    latent_scale: float


def read_settings(run: RunFolder) -> Mapping[str, Any]:
    """The settings of a run, as plain values.

    Raises:
        RequestError: If the folder holds no run.
        WeightsError: If its settings are damaged.
    """
    if not run.settings.is_file() or not run.checkpoint.is_file():
        raise RequestError(f"{run.root} must hold a training run with a checkpoint, or an exported model, got neither")
    try:
        settings: Mapping[str, Any] = json.loads(run.settings.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{run.settings} is damaged: {error}") from error
    return settings


def read_vae(folder: Path) -> VideoVAE:
    """A trained autoencoder, averaged, its latents standardised, in float32 on the CPU.

    Args:
        folder: A run of :mod:`generation.training.vae_trainer`, or an exported model.

    Raises:
        RequestError: If it is neither.
        WeightsError: If the weights are damaged or do not fit the settings.
    """
    if is_starter_folder(folder):
        starter = read_starter(folder)
        with torch.device("meta"):
            vae = VideoVAE(starter.vae)
        load_into(
            vae,
            starter.autoencoder,
            key_map=vae_key_map(starter.vae),
            dtype_map=vae_dtype_map(starter.vae, "float32"),
            device="cpu",
        )
        return vae
    run = RunFolder(root=folder)
    settings = read_settings(run)
    if "vae" not in settings:
        raise RequestError(f"{folder} must hold a run of an autoencoder, got one of something else")
    vae = VideoVAE(_as_config(VAEConfig, settings["vae"], run))
    load_weights(vae, read_average(run.checkpoint), source=run.checkpoint)
    statistics = read_statistics(folder)
    if statistics is not None:
        standardise_latents(vae, statistics)
    return vae


def read_model(folder: Path) -> TrainedModel:
    """A trained transformer with its text model.

    Args:
        folder: A run of the transformer or of a distillation, or an exported model.

    Raises:
        RequestError: If it is none.
        WeightsError: If the weights are damaged or do not fit the settings.
    """
    if is_starter_folder(folder):
        return _read_exported(folder)
    run = RunFolder(root=folder)
    settings = read_settings(run)
    if "dit" not in settings:
        raise RequestError(f"{folder} must hold a run of a transformer, got one of something else")
    tokenizer = load_tokenizer(folder / TOKENIZER_FOLDER)
    text = TextModel(_as_config(TextModelConfig, settings["text"], run), tokenizer)
    model = CaptionedDiT(DiT(_as_config(DiTConfig, settings["dit"], run)), text)
    load_weights(model, read_average(run.checkpoint), source=run.checkpoint)
    return TrainedModel(model=model, latent_scale=float(settings["latent_scale"]))


def with_latent_scale(vae: VideoVAE, latent_scale: float) -> VideoVAE:
    """The same weights under a configuration that scales latents as a transformer was trained with."""
    with torch.device("meta"):
        scaled = VideoVAE(replace(vae.config, latent_scale=latent_scale))
    scaled.load_state_dict(vae.state_dict(), assign=True)
    return scaled.to(vae.device)


def _read_exported(folder: Path) -> TrainedModel:
    starter = read_starter(folder)
    with torch.device("meta"):
        dit = DiT(starter.dit)
    load_into(
        dit,
        starter.transformer,
        key_map=dit_key_map(starter.dit),
        dtype_map=dit_dtype_map(starter.dit, "float32"),
        device="cpu",
    )
    encoder_folder = find_encoder_folder(starter.text_encoder)
    stored = encoder_folder.config
    tokenizer = load_tokenizer(starter.text_encoder)
    config = TextModelConfig(
        vocabulary_size=len(tokenizer),
        width=stored["d_model"],
        layers=stored["num_layers"],
        heads=stored["num_heads"],
        ffn_size=stored["d_ff"],
        max_tokens=starter.dit.text_max_tokens,
    )
    text = TextModel(config, tokenizer)
    encoder = load_encoder(encoder_folder, device=torch.device("cpu"), dtype=torch.float32)
    text.encoder.load_state_dict(encoder.state_dict())
    return TrainedModel(
        model=CaptionedDiT(dit.requires_grad_(requires_grad=True), text), latent_scale=starter.vae.latent_scale
    )


def _as_config(kind: type[Any], plain: dict[str, Any], run: RunFolder) -> Any:  # noqa: ANN401 - any configuration
    try:
        return kind(**plain)
    except TypeError as error:
        raise WeightsError(f"{run.settings} is of another version: {error}") from error
