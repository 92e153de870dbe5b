"""Puts a pipeline together: from a preset, or from one of MAGI's configuration files."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from generation.config import DiTConfig, ExecutionConfig, SamplingConfig, VAEConfig
from generation.errors import ConfigError, WeightsError
from generation.magi_config import MagiConfig
from generation.model.dit import DiT
from generation.model.initialisation import init_dit
from generation.model.precision import cast_for_inference
from generation.model.row_scales import quantise_linears
from generation.pipeline.pipeline import VideoPipeline
from generation.pipeline.prompts import PromptEmbedder
from generation.presets import Preset, WeightsOrigin
from generation.text.control_tokens import ControlTokenTable, read_control_tokens
from generation.text.encoder import TextEncoder
from generation.text.random_encoder import write_random_encoder
from generation.vae.codec import FrameCodec
from generation.vae.vae import VideoVAE
from generation.weights.folders import find_weights
from generation.weights.loading import fingerprint_of, load_into
from generation.weights.magi_keys import dit_dtype_map, dit_key_map
from generation.weights.starter_folder import read_starter, shipped_folder
from generation.weights.vae_config import read_vae_config
from generation.weights.vae_keys import vae_dtype_map, vae_key_map

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
CONTROL_TOKENS_FILE = "special_tokens.npz"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFiles:
    """Where the parts of a stored model are, and what they are."""

    dit: Path
    vae: Path
    text_encoder: Path
    # May be missing; only requests that ask for tokens then fail. None: the model knows none, and is told none.
    control_tokens: Path | None
    dit_config: DiTConfig
    vae_config: VAEConfig


def load_preset(
    preset: Preset,
    *,
    weights: Path,
    cache: Path,
    sampling: SamplingConfig | None = None,
    execution: ExecutionConfig | None = None,
    control_tokens: Path | None = None,
) -> VideoPipeline:
    """Load a model by name.

    Args:
        preset: Which.
        weights: Where released weights lie, in any layout of :mod:`generation.weights.folders`.
        cache: Where embeddings are kept between runs.
        sampling: In place of the preset's.
        execution: In place of the preset's.
        control_tokens: The file of control tokens, if it is not ``special_tokens.npz`` in ``weights``.

    Raises:
        WeightsError: If weights are missing or damaged; says what to do.
        OutOfMemory: If the device cannot hold them.
    """
    sampling, execution = sampling or preset.sampling, execution or preset.execution
    _use_threads(execution)
    if preset.origin is WeightsOrigin.RANDOM:
        return _random_pipeline(preset, cache=cache, sampling=sampling, execution=execution)
    if preset.origin is WeightsOrigin.SHIPPED:
        folder = shipped_folder(preset.name)
        return load_starter(folder, cache=cache, sampling=sampling, execution=execution)
    folders = find_weights(preset, weights)
    vae_config = read_vae_config(folders.vae)
    files = ModelFiles(
        dit=folders.dit,
        vae=folders.vae,
        text_encoder=folders.text_encoder,
        control_tokens=control_tokens or weights / CONTROL_TOKENS_FILE,
        dit_config=preset.dit,
        vae_config=vae_config,
    )
    return load_files(files, cache=cache, sampling=sampling, execution=execution)


def load_starter(folder: Path, *, cache: Path, sampling: SamplingConfig, execution: ExecutionConfig) -> VideoPipeline:
    """Load a small model that was trained here.

    Args:
        folder: As :mod:`generation.weights.starter_folder` describes it.
        cache: Where embeddings are kept between runs.
        sampling: How clips are denoised.
        execution: Device and dtype.

    Raises:
        WeightsError: If a part is missing or damaged.
        OutOfMemory: If the device cannot hold it.
    """
    _use_threads(execution)
    starter = read_starter(folder)
    files = ModelFiles(
        dit=starter.transformer,
        vae=starter.autoencoder,
        text_encoder=starter.text_encoder,
        # It knows none: all it was told are captions.
        control_tokens=None,
        dit_config=starter.dit,
        vae_config=starter.vae,
    )
    return load_files(files, cache=cache, sampling=sampling, execution=execution)


def load_magi_config(
    config: MagiConfig, *, cache: Path, sampling: SamplingConfig, execution: ExecutionConfig, control_tokens: Path
) -> VideoPipeline:
    """Load the model that one of MAGI's own configuration files describes.

    Raises:
        WeightsError: If weights are missing or damaged.
        OutOfMemory: If the device cannot hold them.
    """
    _use_threads(execution)
    vae_config = replace(read_vae_config(config.vae_folder), latent_scale=config.latent_scale)
    files = ModelFiles(
        dit=config.weights_folder,
        vae=config.vae_folder,
        text_encoder=config.text_encoder_folder,
        control_tokens=control_tokens,
        dit_config=config.dit,
        vae_config=vae_config,
    )
    return load_files(files, cache=cache, sampling=sampling, execution=execution)


def load_files(
    files: ModelFiles, *, cache: Path, sampling: SamplingConfig, execution: ExecutionConfig
) -> VideoPipeline:
    """Load a stored model.

    Args:
        files: Where and what its parts are.
        cache: Where embeddings are kept between runs.
        sampling: How clips are denoised.
        execution: Device and dtype.

    Raises:
        WeightsError: If weights are missing or damaged.
        OutOfMemory: If the device cannot hold them.
        ConfigError: If transformer and autoencoder do not share their latents.
    """
    if files.dit_config.latent_channels != files.vae_config.latent_channels:
        raise ConfigError(
            "transformer and autoencoder must share latent_channels, got "
            f"{files.dit_config.latent_channels} and {files.vae_config.latent_channels}"
        )
    encoder = _text_encoder(files.text_encoder, files.dit_config, cache=cache, execution=execution)
    text_dim = files.dit_config.text_dim
    if files.control_tokens is None:
        tokens = ControlTokenTable.empty(text_dim)
    else:
        tokens = read_control_tokens(files.control_tokens, text_dim=text_dim)
    with torch.device("meta"):
        dit, vae = DiT(files.dit_config), VideoVAE(files.vae_config)
    loaded_vae = load_into(
        vae,
        files.vae,
        key_map=vae_key_map(files.vae_config),
        dtype_map=vae_dtype_map(files.vae_config, execution.dtype),
        device=execution.device,
    )
    loaded = load_into(
        dit,
        files.dit,
        key_map=dit_key_map(files.dit_config),
        dtype_map=dit_dtype_map(files.dit_config, execution.dtype),
        device=execution.device,
    )
    fingerprint = _quantised(dit, _of_both(loaded.weights_hash, loaded_vae.weights_hash), execution)
    return _assemble(dit, vae, encoder, tokens, sampling=sampling, fingerprint=fingerprint)


def _random_pipeline(
    preset: Preset, *, cache: Path, sampling: SamplingConfig, execution: ExecutionConfig
) -> VideoPipeline:
    generator = torch.Generator().manual_seed(preset.weights_seed)
    dit, vae = DiT(preset.dit), VideoVAE(preset.vae)
    init_dit(dit, generator)
    vae.init_weights(generator)
    cast_for_inference(dit, DTYPES[execution.dtype])
    dit.to(execution.device)
    vae.to(execution.device, DTYPES[execution.dtype])
    folder = write_random_encoder(cache, text_dim=preset.dit.text_dim, seed=preset.weights_seed)
    encoder = _text_encoder(folder, preset.dit, cache=cache, execution=execution)
    tokens = ControlTokenTable.empty(preset.dit.text_dim)
    fingerprint = _quantised(dit, _of_both(fingerprint_of(dit), fingerprint_of(vae)), execution)
    return _assemble(dit, vae, encoder, tokens, sampling=sampling, fingerprint=fingerprint)


def _text_encoder(folder: Path, config: DiTConfig, *, cache: Path, execution: ExecutionConfig) -> TextEncoder:
    encoder = TextEncoder(
        folder,
        device=execution.text_device,
        max_tokens=config.text_max_tokens,
        cache_folder=cache / "embeddings",
    )
    if encoder.text_dim != config.text_dim:
        raise WeightsError(
            f"the text encoder in {folder} must be {config.text_dim} wide for this model, got {encoder.text_dim}"
        )
    return encoder


def _of_both(dit: str, vae: str) -> str:
    """What a model is known by: its latents mean nothing to another decoder, nor its decoder to other latents."""
    return hashlib.sha256(f"{dit} {vae}".encode()).hexdigest()


def _quantised(dit: DiT, fingerprint: str, execution: ExecutionConfig) -> str:
    """Round the weights if that is wanted; returns what they are known by from then on."""
    if not execution.fp8:
        return fingerprint
    quantise_linears(dit)
    # Other weights, so that a clip begun with the ones is not gone on with the others.
    return f"{fingerprint}+fp8"


def _assemble(
    dit: DiT,
    vae: VideoVAE,
    encoder: TextEncoder,
    tokens: ControlTokenTable,
    *,
    sampling: SamplingConfig,
    fingerprint: str,
) -> VideoPipeline:
    dit.requires_grad_(requires_grad=False).eval()
    vae.requires_grad_(requires_grad=False).eval()
    codec = FrameCodec(vae, sampling.chunk_policy, chunk_latent_frames=dit.config.chunk_latent_frames)
    prompts = PromptEmbedder(encoder=encoder, control_tokens=tokens)
    return VideoPipeline(dit=dit, codec=codec, prompts=prompts, sampling=sampling, fingerprint=fingerprint)


def _use_threads(execution: ExecutionConfig) -> None:
    if execution.threads:
        torch.set_num_threads(execution.threads)
