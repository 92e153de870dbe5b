"""From one of MAGI's JSON files to our configurations, or to one error that lists all that is wrong in it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from generation.config import ChunkPolicy, DiTConfig, ExecutionConfig, NoisePolicy, SamplingConfig
from generation.errors import ConfigError
from generation.magi_config.checks import Fields, find_contradictions
from generation.magi_config.fields import check_fields

_LARGEST_FILE = 2**20
_TEXT_ENCODER_FOLDER = "t5-v1_1-xxl"


class MagiConfigError(ConfigError):
    """A MAGI configuration file cannot be used; ``problems`` has one sentence for everything wrong in it."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{source} has {count}:" + "".join(f"\n  - {problem}" for problem in problems))


class ContextStrategy(StrEnum):
    """How the tokens of one video are split over GPUs (MAGI's names)."""

    NONE = "none"
    ULYSSES = "cp_ulysses"
    SHUFFLE_OVERLAP = "cp_shuffle_overlap"


@dataclass(frozen=True, kw_only=True, slots=True)
class ParallelSettings:
    """How one video is spread over processes; none of it changes what is generated."""

    context_parallel: int
    pipeline_parallel: int
    context_strategy: ContextStrategy
    # Head slices whose return overlaps with computation; -1: as many as a group has heads.
    overlap_degree: int
    backend: str
    timeout_minutes: int
    # Keys and values wait in host memory.
    offload_kv_cache: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigWarning:
    """Something in the file that works, but perhaps not as meant."""

    field: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MagiConfig:
    """Everything a MAGI configuration file says, in our words."""

    dit: DiTConfig
    sampling: SamplingConfig
    execution: ExecutionConfig
    parallel: ParallelSettings
    # Latents are multiplied by this for the transformer (VAEConfig.latent_scale).
    latent_scale: float
    width: int
    height: int
    num_frames: int
    fps: int
    seed: int
    # The folder with the shards themselves, MAGI's sub-folder included.
    weights_folder: Path
    # The folder with the encoder's own config.json.
    text_encoder_folder: Path
    vae_folder: Path
    warnings: tuple[ConfigWarning, ...]


def _dit(fields: Fields) -> DiTConfig:
    return DiTConfig(
        name=fields.text("model_config.model_name"),
        num_layers=fields.integer("model_config.num_layers"),
        hidden_size=fields.integer("model_config.hidden_size"),
        ffn_hidden_size=fields.integer("model_config.ffn_hidden_size"),
        num_heads=fields.integer("model_config.num_attention_heads"),
        num_kv_heads=fields.integer("model_config.num_query_groups"),
        head_dim=fields.integer("model_config.kv_channels"),
        duplicate_latents=fields.switch("model_config.half_channel_vae"),
        latent_scale=fields.number("model_config.x_rescale_factor"),
        patch_size=fields.integer("model_config.patch_size"),
        chunk_latent_frames=fields.integer("runtime_config.chunk_width"),
        condition_ratio=fields.number("model_config.cond_hidden_ratio"),
        text_dim=fields.integer("model_config.caption_channels"),
        text_max_tokens=fields.integer("model_config.caption_max_length"),
        gated_ffn=fields.switch("model_config.gated_linear_unit"),
        norm_eps=fields.number("model_config.layernorm_epsilon"),
        distilled=fields.switch("engine_config.distill"),
        fp8=fields.switch("engine_config.fp8_quant"),
    )


def _sampling(fields: Fields) -> SamplingConfig:
    late = fields.text("engine_config.shortcut_mode") == "16,16,8"
    return SamplingConfig(
        num_steps=fields.integer("runtime_config.num_steps"),
        window_size=fields.integer("runtime_config.window_size"),
        guidance_passes=fields.integer("runtime_config.cfg_number"),
        guidance_timesteps=fields.numbers("runtime_config.cfg_t_range"),
        context_guidance=fields.numbers("runtime_config.prev_chunk_scales"),
        text_guidance=fields.numbers("runtime_config.text_scales"),
        attention_span_by_stage=fields.integers("runtime_config.noise2clean_kvrange"),
        clean_attention_span=fields.integer("runtime_config.clean_chunk_kvrange"),
        clean_timestep=fields.number("runtime_config.clean_t"),
        near_clean_threshold=fields.number("engine_config.distill_nearly_clean_chunk_threshold"),
        twelve_step_intervals=(1, 1, 2) if late else (2, 1, 1),
        # Whoever brings MAGI's own file expects MAGI's own frames.
        noise_policy=NoisePolicy.SINGLE_DRAW,
        chunk_policy=ChunkPolicy.REFERENCE,
    )


def _parallel(fields: Fields) -> ParallelSettings:
    return ParallelSettings(
        context_parallel=fields.integer("engine_config.cp_size"),
        pipeline_parallel=fields.integer("engine_config.pp_size"),
        context_strategy=ContextStrategy(fields.text("engine_config.cp_strategy")),
        overlap_degree=fields.integer("engine_config.ulysses_overlap_degree"),
        backend=fields.text("engine_config.distributed_backend"),
        timeout_minutes=fields.integer("engine_config.distributed_timeout_minutes"),
        offload_kv_cache=fields.switch("engine_config.kv_offload"),
    )


def _warnings(fields: Fields) -> tuple[ConfigWarning, ...]:
    warnings: list[ConfigWarning] = []
    num_frames = fields.integer("runtime_config.num_frames")
    if num_frames % 24:
        whole = -(-(num_frames // 4) // 6) * 24
        message = f"video comes in chunks of 24 frames: {num_frames} frames from text become {whole}"
        warnings.append(ConfigWarning(field="runtime_config.num_frames", message=message))
    if fields.switch("engine_config.enable_cuda_graph"):
        message = "has no effect, in the released code neither"
        warnings.append(ConfigWarning(field="engine_config.enable_cuda_graph", message=message))
    return tuple(warnings)


def parse_magi_config(
    data: object, *, source: str = "the configuration", world_size: int = 1, device: str = "cuda"
) -> MagiConfig:
    """Turn the content of a MAGI configuration into ours; reads and touches nothing.

    Args:
        data: The decoded JSON: three objects, every field present.
        source: What to call it in messages.
        world_size: How many processes run, at least 1.
        device: Where the models are to run; MAGI's files leave it open and mean a GPU.

    Raises:
        MagiConfigError: Listing every field that is missing, unknown, wrong, or contradicts another.
    """
    if not isinstance(data, dict):
        raise MagiConfigError(source, [f"the file must hold one object, got {type(data).__name__}"])
    values, problems = check_fields(data)
    fields = Fields(values)
    problems += find_contradictions(fields, world_size=world_size)
    if problems:
        raise MagiConfigError(source, problems)
    dit = _dit(fields)
    return MagiConfig(
        dit=dit,
        sampling=_sampling(fields),
        execution=ExecutionConfig(
            device=device,
            dtype=fields.text("model_config.params_dtype").removeprefix("torch."),
            text_device=fields.text("runtime_config.t5_device"),
        ),
        parallel=_parallel(fields),
        latent_scale=fields.number("runtime_config.scale_factor"),
        width=fields.integer("runtime_config.video_size_w"),
        height=fields.integer("runtime_config.video_size_h"),
        num_frames=fields.integer("runtime_config.num_frames"),
        fps=fields.integer("runtime_config.fps"),
        seed=fields.integer("runtime_config.seed"),
        weights_folder=Path(fields.text("runtime_config.load")) / dit.release_subfolder,
        text_encoder_folder=Path(fields.text("runtime_config.t5_pretrained")) / _TEXT_ENCODER_FOLDER,
        vae_folder=Path(fields.text("runtime_config.vae_pretrained")),
        warnings=_warnings(fields),
    )


def _decode(path: Path) -> object:
    """The file's JSON, with repeated names refused: the last one would win silently."""
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in pairs:
            if name in found:
                repeated.append(name)
            found[name] = value
        return found

    try:
        if (size := path.stat().st_size) > _LARGEST_FILE:
            raise MagiConfigError(str(path), [f"a configuration has at most {_LARGEST_FILE} bytes, got {size}"])
        # Editors on Windows put a byte order mark in front.
        data: object = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=collect)
    except OSError as error:
        raise MagiConfigError(str(path), [f"it cannot be read: {error.strerror}"]) from error
    except (ValueError, RecursionError) as error:
        raise MagiConfigError(str(path), [f"it is not JSON: {error}"]) from error
    if repeated:
        raise MagiConfigError(str(path), [f"{name} is given twice; leave one" for name in repeated])
    return data


def _folder_warnings(config: MagiConfig) -> tuple[ConfigWarning, ...]:
    folders = {
        "runtime_config.load": config.weights_folder,
        "runtime_config.t5_pretrained": config.text_encoder_folder,
        "runtime_config.vae_pretrained": config.vae_folder,
    }
    return tuple(
        ConfigWarning(field=field, message=f"there is no folder {str(folder)!r}")
        for field, folder in folders.items()
        # An empty path means the current folder to Python and nothing to its writer.
        if folder == Path() or not folder.is_dir()
    )


def read_magi_config(path: Path, *, world_size: int = 1, device: str = "cuda") -> MagiConfig:
    """Read one of MAGI's configuration files; no weight is touched, missing folders are only warned of.

    Args:
        path: The JSON file.
        world_size: How many processes run, at least 1.
        device: Where the models are to run.

    Raises:
        MagiConfigError: Listing everything wrong in the file.
    """
    config = parse_magi_config(_decode(path), source=str(path), world_size=world_size, device=device)
    return replace(config, warnings=(*config.warnings, *_folder_warnings(config)))
