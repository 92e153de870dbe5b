"""Our names and MAGI's, for every architecture."""

import json

import pytest
from safetensors import safe_open

from generation.config import VAEConfig
from generation.vae.vae import VideoVAE
from generation.verification.autoencoder.checkpoint import load_golden_autoencoder
from generation.weights.vae_keys import vae_dtype_map, vae_key_map
from tests.support.vaes import TINY

VARIANTS = [
    {},
    {"qkv_bias": False},
    {"normalise_qkv": False},
    {"final_projection": True, "patch_size": 8},
    {"final_projection": True, "final_projection_norm": False},
]


@pytest.mark.parametrize("overrides", VARIANTS)
def test_every_parameter_has_exactly_one_name_in_the_file(overrides):
    config = VAEConfig(**{**TINY, **overrides})

    names = vae_key_map(config)

    assert set(names) == {name for name, _ in VideoVAE(config).named_parameters()}
    assert len(set(names.values())) == len(names)


def test_names_and_shapes_are_those_of_the_golden_checkpoint(reference_root):

    folder = reference_root / "vae" / "tiny_vae"
    shapes = {name: tuple(weight.shape) for name, weight in load_golden_autoencoder(folder).named_parameters()}
    with safe_open(folder / "diffusion_pytorch_model.safetensors", "pt") as stored:
        theirs = {name: tuple(stored.get_slice(name).get_shape()) for name in stored.keys()}  # noqa: SIM118

    ours = {magi: shapes[name] for name, magi in vae_key_map(load_golden_autoencoder(folder).config).items()}
    assert ours == theirs
    assert set(theirs) == set(json.loads((reference_root / "vae" / "tiny_vae.json").read_text())["tensors"])


def test_final_projection_has_the_released_names():
    names = vae_key_map(VAEConfig(**{**TINY, "final_projection": True})).values()

    assert {"decoder.final_proj.weight", "decoder.final_norm.bias"} <= set(names)


def test_all_weights_run_in_the_models_dtype():
    config = VAEConfig(**TINY)

    assert set(vae_dtype_map(config, "bfloat16")) == set(vae_key_map(config))
    assert set(vae_dtype_map(config, "bfloat16").values()) == {"bfloat16"}
