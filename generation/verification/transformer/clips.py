"""Clips sampled by MAGI-1's own code, ready to be sampled again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from generation.config import DiTConfig
from generation.contract.requests import ControlTokens
from generation.magi_config import MagiConfig, parse_magi_config
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.sampling.state import SamplerState
from generation.text.control_tokens import ControlTokenTable, read_control_tokens
from generation.verification.case import GoldenCase
from generation.verification.record import CaseError, Record
from generation.verification.transformer.checkpoints import load_transformer

# The released code's switches, which it takes from the environment, and ours (spec dit §4).
CONTROL_SWITCHES: Mapping[str, str] = {
    "PAD_HQ": "high_quality",
    "PAD_DURATION": "duration",
    "PAD_STATIC": "static_first_frames",
    "PAD_DYNAMIC": "dynamic_first_frames",
    "PAD_BORDERNESS": "borderness",
    "PAD_THREE_D_MODEL": "three_d_model",
    "PAD_TWO_D_ANIME": "two_d_anime",
    "NEG_PROMPT": "negative",
}
SWITCHED_ON = frozenset({"1", "true", "yes", "y", "on", "enabled"})
CONTEXT_WEIGHT = "prev_chunks_scale"
CONTROL_TABLES = "special_tokens*"


@dataclass(frozen=True, kw_only=True, slots=True)
class GoldenClip:
    """One clip: how to sample it, and from where."""

    sampler: Sampler
    start: SamplerState
    config: MagiConfig
    texts: ChunkTexts


def load_golden_clip(case: GoldenCase, *, skip_zero_weight_passes: bool = True) -> GoldenClip:
    """Read a clip's settings, weights, texts, prefix and noise.

    Args:
        case: With ``config``, ``ckpt``, ``env``, and the tensors of the texts and the noise.
        skip_zero_weight_passes: False runs every pass of the guidance, as the released code does.

    Raises:
        CaseError: If the case lacks something.
        ConfigError: Listing what is wrong in its configuration.
    """
    record = case.record
    config = golden_config(record)
    model, weights_hash = load_transformer(case.file(record.text("ckpt")), config.dit, dtype=config.execution.dtype)
    prefix = golden_prefix(case)
    num_chunks = record.integer("chunk_num") - whole_chunks(prefix, config.dit)
    texts = golden_texts(case, config.dit, num_chunks)
    sampling = replace(config.sampling, skip_zero_weight_passes=skip_zero_weight_passes)
    sampler = Sampler(model, sampling, texts, weights_hash=weights_hash)
    height, width = record.integers("latent_size")[3:]
    start = sampler.start(
        num_chunks=num_chunks,
        latent_height=height,
        latent_width=width,
        seed=record.integer("torch_manual_seed"),
        prefix=prefix,
        noise=case.tensor("noise"),
    )
    return GoldenClip(sampler=sampler, start=start, config=config, texts=texts)


def golden_config(record: Record) -> MagiConfig:
    """The settings of a clip in our words; those that the released code takes from the environment included.

    Raises:
        ConfigError: Listing what is wrong in them.
    """
    config = parse_magi_config(record.raw("config"), source="config", device="cpu")
    weight = record.record("env").text_or(CONTEXT_WEIGHT, "")
    if not weight:
        return config
    return replace(config, sampling=replace(config.sampling, near_clean_context_weight=float(weight)))


def golden_prefix(case: GoldenCase) -> Tensor | None:
    """Scaled latents of the clip's prefix, ``(1, C, P, H, W)``."""
    return case.tensor("prefix_latent") if "prefix_latent" in case.tensor_names else None


def whole_chunks(prefix: Tensor | None, config: DiTConfig) -> int:
    """Chunks of the clip that the prefix fills."""
    return 0 if prefix is None else prefix.shape[2] // config.chunk_latent_frames


def golden_texts(case: GoldenCase, config: DiTConfig, num_chunks: int) -> ChunkTexts:
    """What every generated chunk is told.

    Args:
        case: Holds one prompt for all (``caption_embs``), or a text per chunk (``chunk_text.N``) that stands as it is.
        config: Of the model.
        num_chunks: To generate.
    """
    per_chunk = case.matching(r"chunk_text\.(\d+)")
    if per_chunk:
        texts = [case.tensor(f"chunk_text.{index}") for index in range(len(per_chunk))]
        return ChunkTexts.of(texts[-num_chunks:])
    rows = case.tensor("caption_embs")[0, 0, : int(case.tensor("caption_mask_len"))]
    controls, table = golden_controls(case.record), golden_tokens(case, config.text_dim)
    tokens = [table.rows_for_chunk(controls, chunks_remaining=num_chunks - index) for index in range(num_chunks)]
    negative = table.negative_rows() if controls.negative else None
    return ChunkTexts.of([rows] * num_chunks, controls=tokens, negative=negative)


def golden_controls(record: Record) -> ControlTokens:
    """Which control tokens a clip was made with."""
    environment = record.record("env")
    switched = {
        ours: environment.text_or(theirs, "").lower() in SWITCHED_ON for theirs, ours in CONTROL_SWITCHES.items()
    }
    return ControlTokens(**switched)


def golden_tokens(case: GoldenCase, text_dim: int) -> ControlTokenTable:
    """The control tokens that lie beside the clips.

    Raises:
        CaseError: If several files could be meant.
    """
    files = [path for path in case.files(CONTROL_TABLES) if path.suffix in (".npz", ".safetensors")]
    if len(files) > 1:
        raise CaseError(f"one file of control tokens must lie beside {case.name}, got {[path.name for path in files]}")
    return read_control_tokens(files[0] if files else case.file("special_tokens.npz"), text_dim=text_dim)


def golden_text_lengths(case: GoldenCase) -> Tensor:
    """Rows of every text of a clip, as the case states them."""
    name = "chunk_text.lens" if "chunk_text.lens" in case.tensor_names else "caption_mask_len"
    return case.tensor(name)
