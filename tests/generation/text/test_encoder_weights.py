import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.errors import WeightsError
from generation.text.encoder_folder import find_encoder_folder
from generation.text.encoder_weights import load_encoder


def load(folder, dtype=torch.float32):
    return load_encoder(find_encoder_folder(folder), device=torch.device("cpu"), dtype=dtype)


def test_every_weight_is_the_stored_one_and_none_is_trained(tiny_t5):
    stored = load_file(tiny_t5 / "t5-v1_1-xxl/model.safetensors")

    model = load(tiny_t5)

    loaded = dict(model.named_parameters())
    assert loaded.keys() == stored.keys()
    assert all(torch.equal(loaded[name], stored[name]) for name in stored)
    assert model.encoder.embed_tokens.weight is model.shared.weight
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_shards_of_a_whole_t5_load_the_encoder_only(tiny_t5, t5_copy):
    stored = load_file(t5_copy / "model.safetensors")
    names = sorted(stored)
    parts = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for part, part_names in parts.items():
        tensors = {name: stored[name] for name in part_names}
        save_file({**tensors, f"decoder.{part}": torch.zeros(3)}, t5_copy / part)
    (t5_copy / "model.safetensors").unlink()
    index = ", ".join(f'"{name}": "{part}"' for part, part_names in parts.items() for name in part_names)
    (t5_copy / "model.safetensors.index.json").write_text(f'{{"weight_map": {{{index}}}}}')

    sharded, whole = load(t5_copy).state_dict(), load(tiny_t5).state_dict()

    assert all(torch.equal(sharded[name], whole[name]) for name in whole)


def test_an_embedding_under_its_second_name_is_found(t5_copy):
    stored = load_file(t5_copy / "model.safetensors")
    embedding = stored.pop("shared.weight")
    save_file({**stored, "encoder.embed_tokens.weight": embedding}, t5_copy / "model.safetensors")

    assert torch.equal(load(t5_copy).shared.weight, embedding)


def test_float16_keeps_the_projection_that_overflows_in_float32(tiny_t5):
    dtypes = {name: parameter.dtype for name, parameter in load(tiny_t5, torch.float16).named_parameters()}

    assert {name for name, dtype in dtypes.items() if dtype == torch.float32} == {
        f"encoder.block.{layer}.layer.1.DenseReluDense.wo.weight" for layer in (0, 1)
    }


def test_a_missing_weight_is_named_instead_of_drawn_at_random(t5_copy):
    stored = load_file(t5_copy / "model.safetensors")
    del stored["encoder.final_layer_norm.weight"]
    save_file(stored, t5_copy / "model.safetensors")

    with pytest.raises(WeightsError, match=r"lacks 1 weights: encoder\.final_layer_norm\.weight"):
        load(t5_copy)


def test_many_missing_weights_are_told_in_part(t5_copy):
    save_file({"other": torch.zeros(1)}, t5_copy / "model.safetensors")

    with pytest.raises(WeightsError, match=r"lacks 21 weights: shared\.weight; .*; \.\.\.$"):
        load(t5_copy)


def test_a_weight_of_another_shape_is_told_with_both(t5_copy):
    stored = load_file(t5_copy / "model.safetensors")
    stored["encoder.final_layer_norm.weight"] = torch.zeros(31)
    save_file(stored, t5_copy / "model.safetensors")

    with pytest.raises(WeightsError, match=r"final_layer_norm\.weight must be \(32,\), got \(31,\)"):
        load(t5_copy)


@pytest.mark.parametrize("kept", [0, 4, 100, 100_000])
def test_a_truncated_file_is_called_damaged(t5_copy, kept):
    path = t5_copy / "model.safetensors"
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(WeightsError, match=r"model\.safetensors is damaged"):
        load(t5_copy)


@pytest.mark.parametrize("change", [{"num_layers": None}, {"feed_forward_proj": "odd-odd-odd"}, {"d_model": -1}])
def test_an_impossible_configuration_is_refused(t5_copy, damage_config, change):
    damage_config(t5_copy, **change)

    with pytest.raises(WeightsError, match="configuration of the text encoder"):
        load(t5_copy)
