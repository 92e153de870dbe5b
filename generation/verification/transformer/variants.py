"""The released variants, built without weights: exactly the tensors of the released models."""

from collections.abc import Iterator
from math import prod

import torch

from generation.config import DiTConfig
from generation.model.dit import DiT
from generation.model.precision import cast_for_inference
from generation.presets import PRESETS
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare_fact, compare_facts
from generation.verification.record import CaseError, Record
from generation.weights.files.torch_dtypes import dtype_name, torch_dtype
from generation.weights.magi_keys import dit_dtype_map, dit_key_map

LAYER_PREFIX = "videodit_blocks.layers"
SAME_LAYERS = "same as first/last"
E4M3 = "float8_e4m3fn"

# Shape and dtype by MAGI's name.
Tensors = dict[str, tuple[list[int], str]]


def check_variants(case: GoldenCase) -> Iterator[Comparison]:
    """Build every variant of the file and compare names, shapes, dtypes in memory, and totals."""
    for name, variant in case.record.named_records("models").items():
        config = _config_of(name)
        built, expected = built_tensors(config), released_tensors(variant)
        yield compare_facts(f"{name}: names", sorted(built), sorted(expected))
        yield compare_facts(
            f"{name}: shapes and dtypes",
            [(tensor, *built[tensor]) for tensor in sorted(built)],
            [(tensor, *expected[tensor]) for tensor in sorted(expected)],
        )
        yield compare_fact(f"{name}: num_layers", config.num_layers, variant.integer("num_layers"))
        for total, count in totals(built).items():
            yield compare_fact(f"{name}: {total}", count, variant.integer(total))


def built_tensors(config: DiTConfig) -> Tensors:
    """All tensors of our model, on the meta device, in the dtypes it runs in."""
    with torch.device("meta"):
        model = DiT(config)
    cast_for_inference(model, torch.bfloat16)
    names, dtypes, parameters = dit_key_map(config), dit_dtype_map(config, "bfloat16"), model.state_dict()
    if {name: dtype_name(tensor.dtype) for name, tensor in parameters.items()} != dtypes or set(names) != set(dtypes):
        raise CaseError(f"{config.name}: the model's tensors must be those of its key map and its dtype map")
    return {names[ours]: (list(tensor.shape), dtypes[ours]) for ours, tensor in parameters.items()}


def released_tensors(variant: Record) -> Tensors:
    """All tensors of a released model, its layers written out."""
    tensors = _read_tensors(variant.record("top_level"))
    edge = _read_tensors(variant.record("layer_first_and_last"))
    inner = edge if variant.raw("layer_inner") == SAME_LAYERS else _read_tensors(variant.record("layer_inner"))
    layers = variant.integer("num_layers")
    for layer in range(layers):
        part = edge if layer in (0, layers - 1) else inner
        tensors |= {f"{LAYER_PREFIX}.{layer}.{name}": tensor for name, tensor in part.items()}
    return tensors


def totals(tensors: Tensors) -> dict[str, int]:
    """Numbers and bytes of all tensors, by the file's names."""
    counts = [(prod(shape), dtype) for shape, dtype in tensors.values()]
    return {
        "total_numel": sum(count for count, _ in counts),
        "fp8_numel": sum(count for count, dtype in counts if dtype == E4M3),
        "fp32_numel": sum(count for count, dtype in counts if dtype == "float32"),
        "bytes_in_memory": sum(count * torch_dtype(dtype).itemsize for count, dtype in counts),
    }


def _config_of(name: str) -> DiTConfig:
    """The architecture that is released under a name."""
    for preset in PRESETS.values():
        if preset.release == name:
            return preset.dit
    raise CaseError(f"there is no preset of the release {name!r}")


def _read_tensors(record: Record) -> Tensors:
    tensors = {}
    for name in record.names:
        match record.raw(name):
            case [list(shape), str(dtype)]:
                tensors[name] = (shape, dtype_name(torch_dtype(dtype)))
            case other:
                raise CaseError(f"{name} must be a shape and a dtype, got {other!r}")
    return tensors
