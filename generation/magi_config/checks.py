"""Which fields of MAGI's configuration contradict each other (spec dit §1, §6.3, §9, §11).

A check reads the fields it compares from :class:`Fields`; where one of them is itself wrong the check is left out, so
that a file's problems are listed once each and all together.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import cast


class Fields:
    """The fields that passed on their own, by ``"object.field"``.

    The rules of ``fields.py`` have seen every value, so its type is known here. Reading a field that did not pass
    raises ``KeyError``: whoever asks cannot say anything then.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def integer(self, name: str) -> int:
        """A whole number."""
        return cast("int", self._values[name])

    def number(self, name: str) -> float:
        """A number."""
        return float(cast("float", self._values[name]))

    def text(self, name: str) -> str:
        """A text."""
        return cast("str", self._values[name])

    def switch(self, name: str) -> bool:
        """True or false."""
        return cast("bool", self._values[name])

    def numbers(self, name: str) -> tuple[float, ...]:
        """A list of numbers."""
        return tuple(float(item) for item in cast("list[float]", self._values[name]))

    def integers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(cast("list[int]", self._values[name]))


def _widths(fields: Fields) -> Iterator[str]:
    hidden, heads = fields.integer("model_config.hidden_size"), fields.integer("model_config.num_attention_heads")
    head_dim = fields.integer("model_config.kv_channels")
    if hidden != heads * head_dim:
        yield (
            "model_config.hidden_size must be num_attention_heads x kv_channels, "
            f"got {hidden} and {heads} x {head_dim} = {heads * head_dim}"
        )


def _groups(fields: Fields) -> Iterator[str]:
    heads, groups = (
        fields.integer("model_config.num_attention_heads"),
        fields.integer("model_config.num_query_groups"),
    )
    if heads % groups:
        yield (f"model_config.num_attention_heads must be a multiple of num_query_groups, got {heads} and {groups}")


def _channels(fields: Fields) -> Iterator[str]:
    half = fields.switch("model_config.half_channel_vae")
    expected = 32 if half else 16
    for name in ("in_channels", "out_channels"):
        if (given := fields.integer(f"model_config.{name}")) != expected:
            yield (
                f"model_config.{name} must be {expected} when half_channel_vae is {str(half).lower()} "
                f"(latents have 16 channels, which are doubled when it is true), got {given}"
            )


def _condition(fields: Fields) -> Iterator[str]:
    hidden, ratio = fields.integer("model_config.hidden_size"), fields.number("model_config.cond_hidden_ratio")
    if int(hidden * ratio) < 1:
        yield f"model_config.cond_hidden_ratio x hidden_size must be at least 1, got {ratio:g} x {hidden}"


def _quantised_layers(fields: Fields) -> Iterator[str]:
    layers = fields.integer("model_config.num_layers")
    if fields.switch("engine_config.fp8_quant") and layers <= 2:
        yield (
            f"model_config.num_layers must be above 2 with fp8_quant (first and last layer stay whole), got {layers}"
        )


def _steps_per_window(fields: Fields) -> Iterator[str]:
    steps, window = fields.integer("runtime_config.num_steps"), fields.integer("runtime_config.window_size")
    if steps % window:
        yield (
            f"runtime_config.num_steps must be a multiple of window_size, got {steps} and {window}; "
            f"use {max(window, steps - steps % window)} steps"
        )


def _steps_per_span(fields: Fields) -> Iterator[str]:
    steps, spans = fields.integer("runtime_config.num_steps"), fields.integers("runtime_config.noise2clean_kvrange")
    if spans and steps % len(spans):
        yield (
            "runtime_config.num_steps must be a multiple of the number of entries in noise2clean_kvrange, "
            f"got {steps} and {len(spans)}"
        )


def _guidance_lists(fields: Fields) -> Iterator[str]:
    times = fields.numbers("runtime_config.cfg_t_range")
    context = fields.numbers("runtime_config.prev_chunk_scales")
    text = fields.numbers("runtime_config.text_scales")
    if not len(times) == len(context) == len(text):
        yield (
            "runtime_config.cfg_t_range, prev_chunk_scales and text_scales must have the same length, "
            f"got {len(times)}, {len(context)} and {len(text)}"
        )
    if times[0] != 0 or list(times) != sorted(times):
        yield f"runtime_config.cfg_t_range must rise from 0, got {list(times)}"


def _guidance_passes(fields: Fields) -> Iterator[str]:
    distilled, fp8 = fields.switch("engine_config.distill"), fields.switch("engine_config.fp8_quant")
    given = fields.integer("runtime_config.cfg_number")
    expected = 1 if distilled or fp8 else 3
    if given != expected:
        yield (
            f"runtime_config.cfg_number must be {expected} when distill is {str(distilled).lower()} and fp8_quant is "
            f"{str(fp8).lower()}, got {given}; set it to {expected}, or correct the two switches"
        )


def _layers_per_stage(fields: Fields) -> Iterator[str]:
    layers, stages = fields.integer("model_config.num_layers"), fields.integer("engine_config.pp_size")
    if layers % stages:
        possible = ", ".join(str(count) for count in range(1, layers + 1) if layers % count == 0)
        yield (
            f"engine_config.pp_size must divide num_layers, got {stages} and {layers}; {layers} layers allow {possible}"
        )


def _ulysses_heads(fields: Fields) -> Iterator[str]:
    ranks, groups = fields.integer("engine_config.cp_size"), fields.integer("model_config.num_query_groups")
    heads = fields.integer("model_config.num_attention_heads")
    if heads % ranks or (groups % ranks and ranks % groups):
        yield (
            "engine_config.cp_size must divide num_attention_heads, and divide num_query_groups or be a multiple of "
            f"it, got {ranks} for {heads} heads in {groups} groups"
        )


def _strategy(fields: Fields) -> Iterator[str]:
    strategy, ranks = fields.text("engine_config.cp_strategy"), fields.integer("engine_config.cp_size")
    if strategy == "none" and ranks > 1:
        yield (
            f"engine_config.cp_strategy must be 'cp_ulysses' or 'cp_shuffle_overlap' when cp_size is {ranks}, "
            "got 'none'"
        )
    if strategy == "cp_shuffle_overlap" and ranks == 1:
        yield "engine_config.cp_strategy 'cp_shuffle_overlap' needs a cp_size above 1, got 1; use 'cp_ulysses'"
    if strategy == "cp_shuffle_overlap" and fields.integer("runtime_config.cfg_number") != 1:
        yield (
            "engine_config.cp_strategy 'cp_shuffle_overlap' needs distilled weights (cfg_number 1), "
            f"got cfg_number {fields.integer('runtime_config.cfg_number')}; use 'cp_ulysses'"
        )


_Check = Callable[[Fields], Iterator[str]]

_CHECKS: tuple[_Check, ...] = (
    _widths,
    _groups,
    _channels,
    _condition,
    _quantised_layers,
    _steps_per_window,
    _steps_per_span,
    _guidance_lists,
    _guidance_passes,
    _layers_per_stage,
    _ulysses_heads,
    _strategy,
)


def _world(fields: Fields, *, world_size: int) -> Iterator[str]:
    contexts, stages = fields.integer("engine_config.cp_size"), fields.integer("engine_config.pp_size")
    if contexts * stages != world_size:
        yield (
            f"engine_config.cp_size x pp_size must be the number of processes, got {contexts} x {stages} and "
            f"{world_size}; start it with torchrun --nproc-per-node {contexts * stages}, "
            + ("or set both to 1" if world_size == 1 else f"or choose two numbers that make {world_size}")
        )


def find_contradictions(fields: Fields, *, world_size: int) -> list[str]:
    """A sentence for every pair of fields that cannot both hold."""
    problems: list[str] = []
    checks: tuple[_Check, ...] = (*_CHECKS, partial(_world, world_size=world_size))
    for check in checks:
        try:
            problems += check(fields)
        except KeyError:  # a field it needs is wrong by itself, and is listed already
            continue
    return problems
