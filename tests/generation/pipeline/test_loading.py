"""Pipelines put together from presets, from MAGI's configuration files, and from what is broken."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.config import ExecutionConfig, SamplingConfig
from generation.contract.requests import ControlTokens, Fit, GenerationRequest
from generation.errors import ConfigError, WeightsError
from generation.magi_config import read_magi_config
from generation.media.images import read_image
from generation.pipeline.loading import ModelFiles, load_files, load_magi_config, load_preset
from generation.presets import find_preset
from generation.text.random_encoder import write_random_encoder
from generation.verification.transformer.checkpoints import checkpoint_config
from generation.weights.vae_config import read_vae_config
from tests.support.magi_layout import write_magi_config
from tests.support.pipelines import all_frames

FOUR_STEPS = SamplingConfig(num_steps=4, window_size=2)


@pytest.fixture(scope="module")
def layout(tmp_path_factory, reference_root):
    """Golden weights in the hub's layout and a configuration file for them."""
    root = tmp_path_factory.mktemp("layout")
    write_magi_config(root, reference_root)
    return root


@pytest.fixture
def files(layout, reference_root) -> ModelFiles:
    ckpt = layout / "ckpt"
    return ModelFiles(
        dit=ckpt / "magi/4.5B_base/inference_weight",
        vae=ckpt / "vae",
        text_encoder=ckpt / "t5/t5-v1_1-xxl",
        control_tokens=layout / "special_tokens.npz",
        dit_config=checkpoint_config(reference_root / "dit/ckpt_tiny4b"),
        vae_config=read_vae_config(ckpt / "vae"),
    )


@pytest.fixture
def load(cache):
    def loaded(files, sampling=FOUR_STEPS):
        return load_files(files, cache=cache, sampling=sampling, execution=ExecutionConfig())

    return loaded


WITHOUT_TOKENS = ControlTokens(high_quality=False, duration=False)


def test_tiny_preset_makes_a_clip_and_the_same_again(cache, tmp_path, ask):
    request = ask(seconds=1, controls=ControlTokens())
    clips = []
    for folder in (cache, tmp_path):
        pipeline = load_preset(find_preset("tiny"), weights=tmp_path, cache=folder, sampling=FOUR_STEPS)
        clips.append(all_frames(pipeline.generate(request)))

    assert clips[0].shape == (24, 24, 32, 3)
    assert clips[0].equal(clips[1])


def test_released_preset_is_found_in_the_hubs_layout(layout, cache, ask, files):
    preset = replace(find_preset("magi_4_5b_base"), dit=files.dit_config)

    pipeline = load_preset(
        preset, weights=layout, cache=cache, sampling=FOUR_STEPS, execution=ExecutionConfig(dtype="bfloat16")
    )

    assert pipeline.dit.config == files.dit_config
    assert len(all_frames(pipeline.generate(ask(seconds=1, controls=WITHOUT_TOKENS)))) == 24


def test_weights_are_rounded_when_they_are_loaded_if_that_is_wanted(cache, tmp_path, ask):
    preset, execution = find_preset("tiny"), ExecutionConfig(fp8=True)

    rounded = load_preset(preset, weights=tmp_path, cache=cache, sampling=FOUR_STEPS, execution=execution)

    plain = load_preset(preset, weights=tmp_path, cache=cache, sampling=FOUR_STEPS)
    assert rounded.dit.blocks[1].ffn.expand.weight.dtype == torch.float8_e4m3fn
    assert rounded.fingerprint == f"{plain.fingerprint}+fp8"
    assert len(all_frames(rounded.generate(ask(seconds=1, controls=WITHOUT_TOKENS)))) == 24


def test_missing_weights_say_what_to_run(cache, tmp_path):
    with pytest.raises(WeightsError, match="python -m generation download magi_24b_base"):
        load_preset(find_preset("magi_24b_base"), weights=tmp_path, cache=cache)


def test_magi_configuration_makes_the_released_number_of_frames(layout, cache, ask):
    config = read_magi_config(layout / "config.json", device="cpu")

    pipeline = load_magi_config(
        config, cache=cache, sampling=config.sampling, execution=config.execution, control_tokens=layout / "none.npz"
    )

    assert pipeline.codec.vae.config.latent_scale == config.latent_scale
    chunks = pipeline.generate(ask(seconds=1, width=48, height=32, controls=WITHOUT_TOKENS))
    assert all_frames(chunks).shape == (24, 32, 48, 3)


def test_control_tokens_are_read_where_they_are_and_missed_only_when_asked_for(load, files, ask, reference_root):
    with_file = replace(files, control_tokens=reference_root / "dit/special_tokens_tiny.npz")

    with pytest.raises(WeightsError, match=r"special_tokens\.npz"):
        load(files).start(ask())
    clip = load(with_file).start(ask())

    # High quality and duration stand before the prompt.
    assert len(clip.texts.rows[clip.texts.controls_of_chunk[0]]) == 2


def test_text_encoder_of_another_width_is_refused(load, files, cache):
    other = replace(files, text_encoder=write_random_encoder(cache, text_dim=64, seed=0))

    with pytest.raises(WeightsError, match="32 wide for this model, got 64"):
        load(other)


def test_autoencoder_of_other_channels_is_refused(load, files, reference_root):
    folder = reference_root / "vae/tiny_vae"
    other = replace(files, vae=folder, vae_config=read_vae_config(folder))

    with pytest.raises(ConfigError, match="got 16 and 4"):
        load(other)


@pytest.mark.parametrize("damage", ["cut", "pickled", "gone"])
@pytest.mark.parametrize("part", ["dit", "vae"])
def test_damaged_weights_are_refused(load, files, tmp_path, part, damage):
    folder = tmp_path / "copy"
    shutil.copytree(getattr(files, part), folder)
    folder.chmod(0o755)
    path = max(folder.glob("*.safetensors"))
    path.chmod(0o644)
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    if damage == "pickled":
        path.with_suffix(".pt").write_bytes(b"\x80\x02}q\x00.")

    with pytest.raises(WeightsError):
        load(replace(files, **{part: folder}))


def test_same_weights_have_the_same_fingerprint_and_others_another(load, files, cache, tmp_path):
    tiny = load_preset(find_preset("tiny"), weights=tmp_path, cache=cache)

    assert load(files).fingerprint == load(files).fingerprint != tiny.fingerprint


def test_another_decoder_is_another_model(load, files, tmp_path):
    """Latents of a stored clip are not gone on with by a pipeline that would draw them otherwise."""
    shutil.copytree(files.vae, tmp_path / "vae")
    (path,) = (tmp_path / "vae").glob("*.safetensors")
    tensors = load_file(path)
    name = next(name for name in sorted(tensors) if name.startswith("decoder"))
    tensors[name] = tensors[name] * 1.01
    save_file(tensors, path)

    assert load(replace(files, vae=tmp_path / "vae")).fingerprint != load(files).fingerprint


def test_model_needs_no_gradients(load, files):
    pipeline = load(files)

    assert not any(parameter.requires_grad for parameter in pipeline.dit.parameters())
    assert not pipeline.dit.training


def test_threads_are_set_when_asked_for(cache, tmp_path):
    before = torch.get_num_threads()
    try:
        load_preset(find_preset("tiny"), weights=tmp_path, cache=cache, execution=ExecutionConfig(threads=before + 1))

        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)


def test_starter_makes_a_second_from_a_photo_without_a_download(cache, tmp_path):
    pipeline = load_preset(find_preset("starter"), weights=tmp_path / "nothing", cache=cache)
    request = GenerationRequest(
        prompts=("slow zoom in",), seconds=1, width=96, height=64, image_path="docs/samples/coffee.jpg", fit=Fit.CROP
    )

    (chunk,) = pipeline.generate(request)

    assert chunk.frames.shape == (24, 64, 96, 3)
    assert pipeline.size_multiple == 32
    # It starts from the picture, not from noise.
    photo = read_image(Path("docs/samples/coffee.jpg"), 96, 64, Fit.CROP)
    assert np.abs(chunk.frames[0].numpy().astype(float) - photo).mean() < 20
