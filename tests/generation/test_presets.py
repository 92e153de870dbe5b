"""The named models: complete, consistent, and as released."""

import dataclasses
import json

import pytest

from generation.config import DiTConfig
from generation.errors import ConfigError
from generation.presets import PRESETS, WeightsOrigin, find_preset

RELEASED = [preset for preset in PRESETS.values() if preset.origin is WeightsOrigin.RELEASED]


def dit_parameters(dit: DiTConfig) -> int:
    """Parameters by the tensor list of spec dit §2.2, fp8 scales aside."""
    width, condition, head = dit.hidden_size, dit.condition_size, dit.head_dim
    queries, keys = dit.num_heads * head, dit.num_kv_heads * head
    layer = 2 * width * condition + 2 * width  # gates
    layer += 2 * queries * width + 2 * keys * width + 2 * keys * width + width * 2 * queries
    layer += dit.ffn_hidden_size * width * (3 if dit.gated_ffn else 2)
    layer += 8 * head + 8 * width  # four head norms; two pre-norms and two post-norms
    patch = dit.patch_size**2 * dit.model_channels
    embedders = patch * width + (256 + 1) * condition + (condition + 1) * condition
    embedders += (width + condition) * (dit.text_dim + 1) + dit.text_max_tokens * dit.text_dim
    return dit.num_layers * layer + embedders + head // 8 + 2 * width + patch * width


def test_the_starter_the_six_released_variants_and_tiny_are_there() -> None:
    names = ["starter", "magi_4_5b_base", "magi_4_5b_distill", "magi_4_5b_distill_fp8"]
    names += ["magi_24b_base", "magi_24b_distill", "magi_24b_distill_fp8", "tiny"]

    assert list(PRESETS) == names
    assert all(find_preset(name).name == name for name in names)


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(ConfigError) as raised:
        find_preset("magi_5b")

    assert all(name in str(raised.value) for name in PRESETS)


def test_architectures_have_the_released_parameter_counts() -> None:
    assert dit_parameters(find_preset("magi_4_5b_base").dit) == 4_459_898_128
    assert dit_parameters(find_preset("magi_24b_base").dit) == 23_899_281_936


@pytest.mark.parametrize(("name", "bytes_each"), [("tiny", 4), ("starter", 2)])
def test_the_stated_sizes_of_small_weights_are_right(name, bytes_each) -> None:
    preset = find_preset(name)

    assert abs(bytes_each * dit_parameters(preset.dit) / preset.requirements.dit_bytes - 1) < 0.1


def test_the_starter_doubles_what_its_encoder_sees_and_takes_eight_steps() -> None:
    starter = find_preset("starter")

    assert (starter.vae.pixels_per_cell, starter.vae.patch_size) == (16, 8)
    assert starter.sampling.num_steps == 8
    cells = starter.width // starter.vae.pixels_per_cell
    assert starter.dit.chunk_tokens(cells, cells) == 384


@pytest.mark.parametrize("preset", RELEASED, ids=lambda preset: preset.name)
def test_variants_differ_from_their_base_only_where_a_release_does(preset) -> None:
    base = find_preset(preset.name.split("_distill")[0].removesuffix("_base") + "_base")

    same = dataclasses.replace(preset.dit, name=base.name, distilled=False, fp8=False)

    assert same == base.dit
    assert preset.vae == base.vae
    assert preset.dit.distilled == ("distill" in preset.release)
    assert preset.dit.fp8 == preset.release.endswith("quant")


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_presets_are_frozen_and_survive_json(preset) -> None:
    text = json.dumps(dataclasses.asdict(preset))

    assert json.loads(text)["dit"]["hidden_size"] == preset.dit.hidden_size
    with pytest.raises(dataclasses.FrozenInstanceError):
        preset.name = "other"
    with pytest.raises(TypeError):
        PRESETS["other"] = preset


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"width": 1080}, "multiples of 16"),
        ({"height": 0}, "multiples of 16"),
        ({"release": "tiny"}, "release"),
        ({"origin": WeightsOrigin.RELEASED}, "release"),
    ],
)
def test_contradictions_are_refused(changes, named) -> None:
    with pytest.raises(ConfigError, match=named):
        dataclasses.replace(find_preset("tiny"), **changes)


def test_parts_that_do_not_fit_each_other_are_refused() -> None:
    tiny = find_preset("tiny")

    with pytest.raises(ConfigError, match="latent_channels"):
        dataclasses.replace(tiny, vae=dataclasses.replace(tiny.vae, latent_channels=4))
    with pytest.raises(ConfigError, match="guidance_passes must be 1"):
        dataclasses.replace(tiny, dit=dataclasses.replace(tiny.dit, distilled=True))
