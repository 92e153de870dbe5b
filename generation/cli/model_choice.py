"""From flags to a model: which weights, which settings, which machine; nothing is loaded here."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from generation.config import ChunkPolicy, ExecutionConfig, NoisePolicy, SamplingConfig
from generation.magi_config import MagiConfig, read_magi_config
from generation.pipeline.loading import CONTROL_TOKENS_FILE, load_magi_config, load_preset
from generation.pipeline.pipeline import VideoPipeline
from generation.presets import Preset, find_preset

DEFAULT_PRESET = "tiny"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelChoice:
    """A model that can be loaded, and what it makes by default."""

    name: str
    source: Preset | MagiConfig
    sampling: SamplingConfig
    execution: ExecutionConfig
    weights: Path
    cache: Path
    width: int
    height: int
    seconds: int
    seed: int
    # Pixels per token side.
    size_multiple: int

    def load(self) -> VideoPipeline:
        """Load the weights.

        Raises:
            WeightsError: If they are missing or damaged; says what to do.
            OutOfMemory: If the device cannot hold them.
        """
        if isinstance(self.source, MagiConfig):
            return load_magi_config(
                self.source,
                cache=self.cache,
                sampling=self.sampling,
                execution=self.execution,
                control_tokens=self.weights / CONTROL_TOKENS_FILE,
            )
        return load_preset(
            self.source, weights=self.weights, cache=self.cache, sampling=self.sampling, execution=self.execution
        )


def choose_model(arguments: argparse.Namespace, *, cache: Path) -> ModelChoice:
    """Read the model flags.

    Args:
        arguments: Parsed by :func:`generation.cli.arguments.build_parser`.
        cache: Where embeddings are kept between runs.

    Raises:
        ConfigError: If flags or files contradict each other.
    """
    weights = arguments.weights or Path("downloads")
    device = arguments.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if arguments.config_file is not None:
        config = read_magi_config(arguments.config_file, device=device)
        return ModelChoice(
            name=str(arguments.config_file.name),
            source=config,
            sampling=_sampling(config.sampling, arguments, default_policy=ChunkPolicy.REFERENCE),
            execution=_execution(config.execution, arguments, device),
            weights=weights,
            cache=cache,
            width=config.width,
            height=config.height,
            seconds=max(1, -(-config.num_frames // config.fps)),
            seed=config.seed,
            size_multiple=16,
        )
    preset = find_preset(arguments.preset or DEFAULT_PRESET)
    return ModelChoice(
        name=preset.name,
        source=preset,
        sampling=_sampling(preset.sampling, arguments, default_policy=ChunkPolicy.SEAMLESS),
        execution=_execution(preset.execution, arguments, device),
        weights=weights,
        cache=cache,
        width=preset.width,
        height=preset.height,
        seconds=preset.seconds,
        seed=1234,
        size_multiple=preset.vae.patch_size * preset.dit.patch_size,
    )


def _sampling(
    sampling: SamplingConfig, arguments: argparse.Namespace, *, default_policy: ChunkPolicy
) -> SamplingConfig:
    policy = ChunkPolicy(arguments.policy) if arguments.policy else default_policy
    noise = NoisePolicy.SINGLE_DRAW if policy is ChunkPolicy.REFERENCE else NoisePolicy.PER_CHUNK
    return replace(
        sampling,
        num_steps=sampling.num_steps if arguments.steps is None else arguments.steps,
        window_size=sampling.window_size if arguments.window is None else arguments.window,
        chunk_policy=policy,
        noise_policy=noise,
    )


def _execution(execution: ExecutionConfig, arguments: argparse.Namespace, device: str) -> ExecutionConfig:
    on_cpu = device == "cpu"
    return replace(
        execution,
        device=device,
        # On a CPU half precision saves memory and, on most, costs time.
        dtype=arguments.dtype or ("float32" if on_cpu else execution.dtype),
        text_device="cpu" if on_cpu else execution.text_device,
        threads=arguments.threads,
    )
