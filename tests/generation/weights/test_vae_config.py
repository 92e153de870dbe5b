"""Reading the configuration that lies beside a released autoencoder."""

import json

import pytest

from generation.config import VAEConfig
from generation.errors import ConfigError, WeightsError
from generation.weights.vae_config import read_vae_config

RELEASED = {
    "video_size": 256, "video_length": 16, "patch_size": 8, "patch_length": 4, "in_chans": 3, "z_chans": 16,
    "double_z": True, "embed_dim": 1024, "depth": 24, "num_heads": 16, "mlp_ratio": 4, "qkv_bias": True,
    "with_cls_token": True, "norm_code": False, "ln_in_attn": True, "conv_last_layer": True, "use_rope": False,
    "use_final_proj": False,
}  # fmt: skip


def written(folder, document):
    (folder / "config.json").write_text(json.dumps(document))
    return folder


def document(**fields):
    return {"_class_name": "ViTVAE", "ddconfig": {**RELEASED, **fields}}


def test_released_values_are_our_defaults(tmp_path):
    assert read_vae_config(written(tmp_path, document())) == VAEConfig(name="magi")


def test_golden_checkpoint_is_read(reference_root):
    config = read_vae_config(reference_root / "vae" / "tiny_vae", name="golden")

    assert (config.name, config.embed_dim, config.depth, config.native_grid) == ("golden", 128, 2, (4, 8, 8))


def test_missing_fields_mean_what_they_mean_there(tmp_path):
    config = read_vae_config(written(tmp_path, {"_class_name": "ViTVAE", "ddconfig": {"conv_last_layer": True}}))

    assert (config.embed_dim, config.latent_channels, config.normalise_qkv, config.qkv_bias) == (768, 4, False, False)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"norm_code": True}, "norm_code must be False"),
        ({"conv_last_layer": False}, "conv_last_layer must be True"),
        ({"colour": "red"}, "unknown fields: colour"),
        ({"depth": "24"}, "depth has a value of the wrong kind"),
        ({"qkv_bias": 1}, "qkv_bias has a value of the wrong kind"),
        ({"embed_dim": 1000}, "embed_dim must be a multiple"),
    ],
)
def test_models_that_are_not_built_are_refused_by_field(tmp_path, fields, message):
    with pytest.raises(ConfigError, match=message):
        read_vae_config(written(tmp_path, document(**fields)))


@pytest.mark.parametrize("wrong", [{"_class_name": "Other"}, [], {**document(), "model_type": "vit_ncthw"}])
def test_configurations_of_other_models_are_refused(tmp_path, wrong):
    with pytest.raises(ConfigError, match=r"_class_name|model_type"):
        read_vae_config(written(tmp_path, wrong))


def test_missing_or_broken_file_is_refused(tmp_path):
    with pytest.raises(WeightsError, match=r"config\.json"):
        read_vae_config(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(WeightsError, match=r"config\.json"):
        read_vae_config(tmp_path)
