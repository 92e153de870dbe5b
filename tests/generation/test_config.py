"""A configuration is checked once, when made; the first wrong field is named."""

from dataclasses import FrozenInstanceError, replace

import pytest

from generation.config import DiTConfig, ExecutionConfig, SamplingConfig, VAEConfig
from generation.errors import ConfigError

DIT = DiTConfig(
    name="small", num_layers=3, hidden_size=64, ffn_hidden_size=128, num_heads=4, num_kv_heads=2, head_dim=16,
)  # fmt: skip
VAE = VAEConfig(name="small", embed_dim=256, depth=2, num_heads=4)
SAMPLING = SamplingConfig()
EXECUTION = ExecutionConfig()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_layers": 0}, "num_layers must be positive"),
        ({"condition_ratio": -0.25}, "condition_ratio must be positive"),
        ({"latent_scale": float("nan")}, "latent_scale must be positive"),
        ({"num_kv_heads": 3}, "num_heads must be a multiple of num_kv_heads"),
        ({"hidden_size": 65}, "hidden_size must be num_heads x head_dim"),
        ({"head_dim": 4, "hidden_size": 16}, "head_dim must be a multiple of 8"),
        ({"attention_interleave": 5}, "hidden_size must be a multiple of attention_interleave"),
        ({"null_text_tokens": 0}, "null_text_tokens must be in"),
        ({"text_max_tokens": 1, "null_text_tokens": 1}, "null_text_tokens must be in"),
        ({"fp8": True, "num_layers": 2}, "fp8 keeps the first and last layer"),
    ],
)
def test_transformer_names_the_field_that_is_wrong(changes, message):
    with pytest.raises(ConfigError, match=message):
        replace(DIT, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"depth": 0}, "depth must be positive"),
        ({"num_heads": 3}, "embed_dim must be a multiple of num_heads"),
        ({"video_size": 250}, "whole patches"),
        ({"video_length": 15}, "whole patches"),
        ({"embed_dim": 128}, "set final_projection otherwise"),
    ],
)
def test_autoencoder_names_the_field_that_is_wrong(changes, message):
    with pytest.raises(ConfigError, match=message):
        replace(VAE, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_steps": 0}, "num_steps must be positive"),
        ({"num_steps": 6}, "num_steps must be a multiple of window_size"),
        ({"guidance_passes": 2}, "guidance_passes must be 1 or 3"),
        ({"text_guidance": (7.5,)}, "must have the same length"),
        ({"guidance_timesteps": (), "context_guidance": (), "text_guidance": ()}, "must have the same length"),
        ({"guidance_timesteps": (0.0, 0.3, 0.1, 0.4, 0.999)}, "must rise from 0"),
        ({"guidance_timesteps": (0.1, 0.2, 0.3, 0.4, 0.999)}, "must rise from 0"),
        ({"attention_span_by_stage": (5, 0)}, "attention spans must be at least 1"),
        ({"attention_span_by_stage": (5, 4, 3)}, "multiple of the number of attention spans"),
        ({"clean_attention_span": 0}, "clean_attention_span must be at least 1"),
        ({"clean_timestep": 1.5}, r"clean_timestep must be in \[0, 1\]"),
        ({"near_clean_threshold": float("nan")}, r"near_clean_threshold must be in \[0, 1\]"),
        ({"twelve_step_intervals": (1, 2, 1)}, "twelve_step_intervals must be"),
    ],
)
def test_sampling_names_the_field_that_is_wrong(changes, message):
    with pytest.raises(ConfigError, match=message):
        replace(SAMPLING, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dtype": "float8"}, "dtype must be"),
        ({"threads": -1}, r"threads must be in 0\.\.1024"),
        ({"threads": 99_999}, r"threads must be in 0\.\.1024"),
        ({"device": "gpu"}, "device must be"),
        ({"text_device": "tpu:0"}, "text_device must be"),
    ],
)
def test_execution_names_the_field_that_is_wrong(changes, message):
    with pytest.raises(ConfigError, match=message):
        replace(EXECUTION, **changes)


def test_spans_may_have_no_limit():
    assert replace(SAMPLING, attention_span_by_stage=()).attention_span_by_stage == ()


def test_stage_is_the_steps_between_two_clean_chunks():
    assert replace(SAMPLING, num_steps=16, window_size=4).steps_per_stage == 4


def test_duplicated_latents_double_the_channels():
    assert (DIT.model_channels, replace(DIT, duplicate_latents=True).model_channels) == (16, 32)


def test_chunk_has_a_token_for_every_patch_of_its_latent_frames():
    assert DIT.chunk_tokens(90, 90) == 6 * 45 * 45 == 12_150


def test_native_grid_of_the_autoencoder_is_in_patches():
    assert VAE.native_grid == (4, 32, 32)


@pytest.mark.parametrize(
    ("changes", "folder"),
    [
        ({}, "inference_weight"),
        ({"distilled": True}, "inference_weight.distill"),
        ({"distilled": True, "fp8": True}, "inference_weight.fp8.distill"),
    ],
)
def test_released_weights_lie_in_a_folder_named_by_their_kind(changes, folder):
    assert replace(DIT, **changes).release_subfolder == folder


def test_a_made_configuration_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        DIT.num_layers = 5  # type: ignore[misc]
