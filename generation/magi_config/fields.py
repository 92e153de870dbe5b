"""What each field of MAGI's configuration may be, looked at on its own (spec dit §1, spec vae §6.2)."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from generation.contract.requests import MAX_SEED

_LARGEST_INTEGER = 2**31 - 1
_LARGEST_NUMBER = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What one field must be: in words for the message, and as a test."""

    must: str
    accepts: Callable[[object], bool]
    # A whole number that is not a multiple of this is told its neighbours.
    multiple_of: int = 1

    def problem(self, value: object) -> str:
        """What is wrong with a value; empty if nothing is."""
        if self.accepts(value):
            return ""
        advice = ""
        if _is_integer(value, self.multiple_of) and isinstance(value, int) and value % self.multiple_of:
            below = value - value % self.multiple_of
            advice = f"; use {below} or {below + self.multiple_of}"
        return f"must be {self.must}, got {_shown(value)}{advice}"


def _is_integer(value: object, low: int, high: int = _LARGEST_INTEGER, *, multiple_of: int = 1) -> bool:
    # true and false are integers to Python, but not to whoever wrote the file.
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return low <= value <= high and value % multiple_of == 0


def _is_number(value: object, low: float, high: float) -> bool:
    # Comparisons with NaN are false, and the upper bound keeps infinity out.
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _integer(low: int, high: int = _LARGEST_INTEGER, *, multiple_of: int = 1) -> Rule:
    bounds = f"of at least {low}" if high == _LARGEST_INTEGER else f"in {low}..{high}"
    steps = f" and a multiple of {multiple_of}" if multiple_of > 1 else ""
    return Rule(
        must=f"a whole number {bounds}{steps}",
        accepts=lambda value: _is_integer(value, low, high, multiple_of=multiple_of),
        multiple_of=multiple_of,
    )


def _unlimited_or(low: int) -> Rule:
    return Rule(
        must=f"-1 or a whole number of at least {low}",
        accepts=lambda value: _is_integer(value, -1, -1) or _is_integer(value, low),
    )


def _number(low: float, high: float = _LARGEST_NUMBER) -> Rule:
    return Rule(must=f"a number in {low:g}..{high:g}", accepts=lambda value: _is_number(value, low, high))


def _positive() -> Rule:
    return Rule(
        must="a positive number",
        accepts=lambda value: _is_number(value, 0, _LARGEST_NUMBER) and value != 0,
    )


def _exactly(number: int, why: str) -> Rule:
    return Rule(
        must=f"{number} ({why})",
        accepts=lambda value: _is_number(value, number, number),
    )


def _list_of(item: str, accepts: Callable[[object], bool], *, least: int) -> Rule:
    return Rule(
        must=f"a list of {'at least one ' if least else ''}{item}",
        accepts=lambda value: isinstance(value, list) and len(value) >= least and all(map(accepts, value)),
    )


def _one_of(*choices: str) -> Rule:
    return Rule(must="one of " + ", ".join(map(repr, choices)), accepts=lambda value: value in choices)


_TEXT = Rule(must="a text", accepts=lambda value: isinstance(value, str))
_SWITCH = Rule(must="true or false", accepts=lambda value: isinstance(value, bool))
_TRUE_NORMS = Rule(must="true (every released model stores weight - 1)", accepts=lambda value: value is True)
_FOLDER = Rule(must="a folder's path", accepts=lambda value: isinstance(value, str) and "\0" not in value)
_DEVICE = Rule(
    must="'cpu', 'cuda' or 'cuda:N'",
    accepts=lambda value: isinstance(value, str) and re.fullmatch(r"cpu|cuda(:\d{1,3})?", value) is not None,
)
_SCALES = _list_of("numbers of at least 0", lambda item: _is_number(item, 0, _LARGEST_NUMBER), least=1)
_TIMESTEPS = _list_of("timesteps in 0..1", lambda item: _is_number(item, 0, 1), least=1)
_SPANS = _list_of("whole numbers of at least 1", lambda item: _is_integer(item, 1), least=0)  # empty: no limit

FIELDS: Mapping[str, Mapping[str, Rule]] = MappingProxyType(
    {
        "model_config": {
            "model_name": _TEXT,
            "num_layers": _integer(1, 1000),
            "hidden_size": _integer(8, multiple_of=8),
            "ffn_hidden_size": _integer(1),
            "num_attention_heads": _integer(1),
            "num_query_groups": _integer(1),
            "kv_channels": _integer(8, multiple_of=8),
            "layernorm_epsilon": _positive(),
            "apply_layernorm_1p": _TRUE_NORMS,
            "x_rescale_factor": _positive(),
            "half_channel_vae": _SWITCH,
            "params_dtype": _one_of("torch.bfloat16", "torch.float16", "torch.float32"),
            "patch_size": _exactly(2, "no other patch was released"),
            "t_patch_size": _exactly(1, "no other patch was released"),
            "in_channels": _integer(1),
            "out_channels": _integer(1),
            "cond_hidden_ratio": _positive(),
            "caption_channels": _integer(1),
            # The null caption's first 50 rows are the text of an unconditioned chunk.
            "caption_max_length": _integer(50),
            "xattn_cond_hidden_ratio": _exactly(1, "text is projected to the model's width"),
            "cond_gating_ratio": _exactly(1, "a gate is as wide as the model"),
            "gated_linear_unit": _SWITCH,
        },
        "runtime_config": {
            "cfg_number": _integer(1),
            "cfg_t_range": _TIMESTEPS,
            "prev_chunk_scales": _SCALES,
            "text_scales": _SCALES,
            "noise2clean_kvrange": _SPANS,
            "clean_chunk_kvrange": _unlimited_or(1),
            "clean_t": _number(0, 1),
            "seed": _integer(0, MAX_SEED),
            # Under 4 frames there is no latent frame.
            "num_frames": _integer(4),
            "video_size_h": _integer(16, multiple_of=16),
            "video_size_w": _integer(16, multiple_of=16),
            "num_steps": _integer(1),
            "window_size": _integer(1),
            # The autoencoder works on fps / 2 frames at a time and drops what is not whole latents.
            "fps": _integer(8, multiple_of=8),
            "chunk_width": _exactly(6, "a chunk is 24 frames"),
            "load": _FOLDER,
            "t5_pretrained": _FOLDER,
            "t5_device": _DEVICE,
            "vae_pretrained": _FOLDER,
            "scale_factor": _positive(),
            "temporal_downsample_factor": _exactly(4, "the autoencoder's"),
        },
        "engine_config": {
            "distributed_backend": _one_of("nccl", "gloo"),
            "distributed_timeout_minutes": _integer(1),
            "pp_size": _integer(1),
            "cp_size": _integer(1),
            "cp_strategy": _one_of("none", "cp_ulysses", "cp_shuffle_overlap"),
            "ulysses_overlap_degree": _unlimited_or(1),
            "fp8_quant": _SWITCH,
            "distill": _SWITCH,
            "distill_nearly_clean_chunk_threshold": _number(0, 1),
            "shortcut_mode": _one_of("8,16,16", "16,16,8"),
            "kv_offload": _SWITCH,
            "enable_cuda_graph": _SWITCH,
        },
    }
)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _name_problem(name: str, known: Mapping[str, object], owner: str) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"{owner}{name} is not a field of MAGI's configuration" + (f"; did you mean {close[0]}?" if close else "")


def check_fields(data: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Look at every field on its own.

    Args:
        data: The file's content: the three objects.

    Returns:
        The fields that are right, as ``"object.field" -> value``, and a sentence for each one that is missing,
        unknown or wrong.
    """
    right: dict[str, object] = {}
    problems = [_name_problem(name, FIELDS, "") for name in data if name not in FIELDS]
    for owner, rules in FIELDS.items():
        given = data.get(owner)
        if not isinstance(given, dict):
            problems.append(f"{owner} must be an object, got {_shown(given) if owner in data else 'nothing'}")
            continue
        problems += [_name_problem(str(name), rules, f"{owner}.") for name in given if name not in rules]
        for name, rule in rules.items():
            if name not in given:
                problems.append(f"{owner}.{name} is missing; it must be {rule.must}")
            elif problem := rule.problem(given[name]):
                problems.append(f"{owner}.{name} {problem}")
            else:
                right[f"{owner}.{name}"] = given[name]
    return right, problems
