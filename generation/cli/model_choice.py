"""From flags to a model: which weights, which settings, which machine; nothing is loaded here."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from generation.cli.arguments import DEFAULT_PRESET
from generation.cli.devices import check_device, default_device
from generation.config import ChunkPolicy, ExecutionConfig, NoisePolicy, SamplingConfig
from generation.contract.requests import FRAMES_PER_SECOND, MAX_SECONDS, ControlTokens
from generation.errors import ConfigError, WeightsError
from generation.magi_config import MagiConfig, read_magi_config
from generation.pipeline.loading import CONTROL_TOKENS_FILE, load_magi_config, load_preset
from generation.pipeline.pipeline import VideoPipeline
from generation.presets import Preset, WeightsOrigin, find_preset
from generation.weights.folders import find_weights

DEFAULT_SEED = 1234
_DEFAULT_WEIGHTS = Path("downloads")


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelChoice:
    """A model that can be loaded, and what it makes by default."""

    name: str
    source: Preset | MagiConfig
    sampling: SamplingConfig
    execution: ExecutionConfig
    weights: Path
    control_tokens: Path
    cache: Path
    width: int
    height: int
    seconds: int
    seed: int
    # Pixels per token side.
    size_multiple: int
    # What a person should know before it runs.
    warnings: tuple[str, ...]

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
                control_tokens=self.control_tokens,
            )
        return load_preset(
            self.source,
            weights=self.weights,
            cache=self.cache,
            sampling=self.sampling,
            execution=self.execution,
            control_tokens=self.control_tokens,
        )

    def require_files(self, controls: ControlTokens) -> None:
        """Check by their names that weights are there, and the file of the controls a request asks for.

        Raises:
            WeightsError: Saying where to get what is missing, before anything is read for minutes.
        """
        if isinstance(self.source, Preset) and self.source.origin is WeightsOrigin.RELEASED:
            find_weights(self.source, self.weights)
        has_tokens = isinstance(self.source, MagiConfig) or self.source.origin is WeightsOrigin.RELEASED
        if has_tokens and controls != _NO_CONTROLS and not self.control_tokens.is_file():
            raise WeightsError(
                f"the controls of a clip need {CONTROL_TOKENS_FILE} (3.3 MB), which is not at {self.control_tokens}; "
                "it lies in example/assets of the MAGI-1 source repository: put it there, name it with "
                "--control_tokens FILE, or do without: --controls none"
            )


_NO_CONTROLS = ControlTokens(high_quality=False, duration=False)


def choose_model(arguments: argparse.Namespace, *, cache: Path) -> ModelChoice:
    """Read the model flags.

    Args:
        arguments: Parsed by :func:`generation.cli.arguments.build_parser`.
        cache: Where embeddings are kept between runs.

    Raises:
        ConfigError: If flags or files contradict each other, or the machine lacks the device.
    """
    device = arguments.device or default_device()
    check_device(device)
    if arguments.config_file is not None:
        return _from_magi_config(arguments, cache=cache, device=device)
    preset = find_preset(arguments.preset or DEFAULT_PRESET)
    sampling = _sampling(preset.sampling, arguments, default_policy=ChunkPolicy.SEAMLESS)
    weights = arguments.weights or _DEFAULT_WEIGHTS
    return ModelChoice(
        name=preset.name,
        source=preset,
        sampling=sampling,
        execution=_execution(preset.execution, arguments, device),
        weights=weights,
        control_tokens=arguments.control_tokens or weights / CONTROL_TOKENS_FILE,
        cache=cache,
        width=preset.width,
        height=preset.height,
        seconds=preset.seconds,
        seed=DEFAULT_SEED,
        size_multiple=preset.vae.pixels_per_cell * preset.dit.patch_size,
        warnings=_preset_warnings(preset, sampling, arguments),
    )


def _from_magi_config(arguments: argparse.Namespace, *, cache: Path, device: str) -> ModelChoice:
    config = read_magi_config(arguments.config_file, device=device)
    return ModelChoice(
        name=str(arguments.config_file.name),
        source=config,
        sampling=_sampling(config.sampling, arguments, default_policy=ChunkPolicy.REFERENCE),
        execution=_execution(config.execution, arguments, device),
        weights=arguments.weights or _DEFAULT_WEIGHTS,
        control_tokens=arguments.control_tokens or _tokens_of_config(config, arguments),
        cache=cache,
        width=config.width,
        height=config.height,
        seconds=_seconds_of_config(config, arguments),
        seed=config.seed,
        size_multiple=16,
        warnings=tuple(f"{warning.field} {warning.message}" for warning in config.warnings),
    )


def _seconds_of_config(config: MagiConfig, arguments: argparse.Namespace) -> int:
    if config.fps != FRAMES_PER_SECOND:
        raise ConfigError(
            f"runtime_config.fps must be {FRAMES_PER_SECOND}, at which a chunk is one second, got {config.fps}"
        )
    # As many chunks as the released code makes from text: frames that fill no latent frame are dropped.
    seconds = max(1, -(-(config.num_frames // 4) // config.dit.chunk_latent_frames))
    if seconds > MAX_SECONDS and arguments.seconds is None:
        raise ConfigError(
            f"runtime_config.num_frames must be at most {MAX_SECONDS * FRAMES_PER_SECOND} ({MAX_SECONDS} s), got "
            f"{config.num_frames}; change it, or say how long with --seconds"
        )
    return seconds


def _tokens_of_config(config: MagiConfig, arguments: argparse.Namespace) -> Path:
    """Where MAGI's own layouts have the control tokens: beside the weights, or in the examples' assets."""
    weights = arguments.weights or _DEFAULT_WEIGHTS
    folders = (weights, config.weights_folder.parent, config.weights_folder.parent.parent)
    assets = arguments.config_file.absolute().parent.parent / "assets"
    places = [folder / CONTROL_TOKENS_FILE for folder in (*folders, assets)]
    return next((place for place in places if place.is_file()), places[0])


def _preset_warnings(preset: Preset, sampling: SamplingConfig, arguments: argparse.Namespace) -> tuple[str, ...]:
    warnings = []
    if preset.origin is WeightsOrigin.RANDOM:
        warnings.append(f"{preset.name} has random weights: the clip will be noise")
    if preset.step_choices and sampling.num_steps not in preset.step_choices:
        choices = " or ".join(str(steps) for steps in preset.step_choices)
        warnings.append(f"{preset.name} was made for {choices} steps; {sampling.num_steps} may look worse")
    if arguments.controls not in (None, _NO_CONTROLS) and preset.origin is not WeightsOrigin.RELEASED:
        warnings.append(f"{preset.name} knows no controls; --controls changes nothing")
    unknown = [prompt for prompt in arguments.prompt or () if preset.captions and prompt not in preset.captions]
    if unknown:
        known = ", ".join(preset.captions)
        warnings.append(f"{preset.name} hears nothing in {unknown[0]!r}; it was taught {known}")
    return tuple(warnings)


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
    text_device = execution.text_device
    if text_device != "cpu":
        # A text encoder beside the model; a machine without the device it was written for has it on the CPU.
        text_device = device
    return replace(
        execution,
        device=device,
        # On a CPU half precision saves memory and, on most, costs time.
        dtype=arguments.dtype or ("float32" if on_cpu else execution.dtype),
        fp8=execution.fp8 if arguments.fp8 is None else arguments.fp8,
        text_device=text_device,
        threads=execution.threads if arguments.threads is None else arguments.threads,
    )
