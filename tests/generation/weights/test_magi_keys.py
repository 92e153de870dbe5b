"""Our names against the tensors of the six released variants."""

import dataclasses
import json

import pytest
import torch

from generation.config import DiTConfig
from generation.model.dit import DiT
from generation.model.precision import cast_for_inference
from generation.weights.magi_keys import dit_dtype_map, dit_key_map
from tests.support.models import tiny_dit

CONFIG_24B = DiTConfig(
    name="24B",
    num_layers=48,
    hidden_size=6144,
    ffn_hidden_size=16384,
    num_heads=48,
    num_kv_heads=8,
    head_dim=128,
    duplicate_latents=True,
    latent_scale=0.1,
    gated_ffn=True,
)
CONFIG_4_5B = DiTConfig(
    name="4.5B", num_layers=34, hidden_size=3072, ffn_hidden_size=12288, num_heads=24, num_kv_heads=8, head_dim=128
)
VARIANTS = {
    "24B_base": CONFIG_24B,
    "24B_distill": dataclasses.replace(CONFIG_24B, distilled=True),
    "24B_distill_quant": dataclasses.replace(CONFIG_24B, distilled=True, fp8=True),
    "4.5B_base": CONFIG_4_5B,
    "4.5B_distill": dataclasses.replace(CONFIG_4_5B, distilled=True),
    "4.5B_distill_quant": dataclasses.replace(CONFIG_4_5B, distilled=True, fp8=True),
}


@pytest.fixture(scope="module")
def official(reference_root):
    return json.loads((reference_root / "dit" / "official_tensor_shapes.json").read_text())["models"]


def official_tensors(entry) -> dict[str, tuple[list[int], str]]:
    """Shape and dtype in memory of every tensor of a released model."""
    tensors = dict(entry["top_level"])
    for layer in range(entry["num_layers"]):
        inner = 0 < layer < entry["num_layers"] - 1 and isinstance(entry["layer_inner"], dict)
        part = entry["layer_inner"] if inner else entry["layer_first_and_last"]
        tensors.update({f"videodit_blocks.layers.{layer}.{name}": tensor for name, tensor in part.items()})
    return {name: (shape, dtype) for name, (shape, dtype) in tensors.items()}


def meta_dit(config: DiTConfig) -> DiT:
    with torch.device("meta"):
        return DiT(config)


@pytest.mark.parametrize("variant", VARIANTS)
def test_model_has_exactly_the_released_names_shapes_and_dtypes(official, variant):
    config = VARIANTS[variant]
    model = meta_dit(config)
    cast_for_inference(model, torch.bfloat16)

    names, dtypes = dit_key_map(config), dit_dtype_map(config, "bfloat16")

    found = {
        names[ours]: (list(parameter.shape), str(parameter.dtype).removeprefix("torch."))
        for ours, parameter in model.named_parameters()
    }
    assert found == official_tensors(official[variant])
    assert {names[ours]: dtype for ours, dtype in dtypes.items()} == {name: dtype for name, (_, dtype) in found.items()}
    assert sum(parameter.numel() for parameter in model.parameters()) == official[variant]["total_numel"]


def test_models_have_the_released_numbers_of_parameters():
    numbers = [sum(part.numel() for part in meta_dit(config).parameters()) for config in (CONFIG_24B, CONFIG_4_5B)]

    assert numbers == [23_899_281_936, 4_459_898_128]


@pytest.mark.parametrize("kind", [{}, {"fp8": True}, {"absolute_places": True}], ids=["plain", "fp8", "places"])
def test_maps_name_every_parameter_once(kind):
    model = tiny_dit(0, **kind)

    names = dit_key_map(model.config)

    assert set(names) == set(model.state_dict()) == set(dit_dtype_map(model.config, "float32"))
    assert len(set(names.values())) == len(names)
