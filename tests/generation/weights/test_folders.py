"""Weights on disk: found in every layout people have, and explained when they are not there."""

import json
from pathlib import Path

import pytest

from generation.errors import ConfigError, WeightsError
from generation.presets import find_preset
from generation.weights.folders import explain_missing, find_weights

BASE = find_preset("magi_4_5b_base")
FP8 = find_preset("magi_4_5b_distill_fp8")
T5 = "t5-v1_1-xxl"


def put_dit(folder: Path) -> None:
    folder.mkdir(parents=True)
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model-1.safetensors").touch()
    (folder / "model-2.safetensors.zst").touch()


def put_vae(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "config.json").touch()
    (folder / "diffusion_pytorch_model.safetensors").touch()


def put_text_encoder(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("config.json", "spiece.model", "model-1.safetensors", "model-2.safetensors"):
        (folder / name).touch()
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


SNAPSHOT = "models--sand-ai--MAGI-1/snapshots/0123"
LAYOUTS = {
    "as the hub has it": ("", "ckpt/magi/4.5B_base/inference_weight", "ckpt/vae", f"ckpt/t5/{T5}"),
    "root is ckpt": ("ckpt", "ckpt/magi/4.5B_base/inference_weight", "ckpt/vae", f"ckpt/t5/{T5}"),
    "downloads": (
        "",
        "downloads/4.5B_base/inference_weight",
        "downloads/vae",
        f"downloads/t5_pretrained/{T5}",
    ),
    "root is downloads": ("downloads", "downloads/4.5B_base/inference_weight", "downloads/vae", f"downloads/{T5}"),
    "root is the variant": (
        "ckpt/magi/4.5B_base",
        "ckpt/magi/4.5B_base/inference_weight",
        "ckpt/vae",
        f"ckpt/t5/{T5}",
    ),
    "the hub client's cache": (
        "",
        f"{SNAPSHOT}/ckpt/magi/4.5B_base/inference_weight",
        f"{SNAPSHOT}/ckpt/vae",
        f"{SNAPSHOT}/ckpt/t5/{T5}",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_weights_are_found_in_every_layout(tmp_path, layout) -> None:
    root, dit, vae, text_encoder = layout
    put_dit(tmp_path / dit)
    put_vae(tmp_path / vae)
    put_text_encoder(tmp_path / text_encoder)

    folders = find_weights(BASE, tmp_path / root)

    assert folders.dit == tmp_path / dit
    assert folders.vae == tmp_path / vae
    assert folders.text_encoder == tmp_path / text_encoder


def put_all(root: Path, release: str, inner: str) -> None:
    put_dit(root / "ckpt" / "magi" / release / inner)
    put_vae(root / "ckpt" / "vae")
    put_text_encoder(root / "ckpt" / "t5" / T5)


def test_the_inner_folder_follows_the_kind_of_weights(tmp_path) -> None:
    put_all(tmp_path, "4.5B_distill_quant", "inference_weight.fp8.distill")

    assert find_weights(FP8, tmp_path).dit.name == "inference_weight.fp8.distill"
    with pytest.raises(WeightsError):
        find_weights(BASE, tmp_path)


def test_another_variants_folder_is_not_taken_for_ours(tmp_path) -> None:
    put_all(tmp_path, "24B_base", "inference_weight")

    with pytest.raises(WeightsError, match=r"transformer .* is not there"):
        find_weights(BASE, tmp_path / "ckpt" / "magi" / "24B_base")


@pytest.mark.parametrize(
    ("broken", "part"),
    [
        ("ckpt/magi/4.5B_base/inference_weight/model-1.safetensors", "transformer"),
        ("ckpt/magi/4.5B_base/inference_weight/model.safetensors.index.json", "transformer"),
        ("ckpt/vae/config.json", "autoencoder"),
        ("ckpt/vae/diffusion_pytorch_model.safetensors", "autoencoder"),
        (f"ckpt/t5/{T5}/model-2.safetensors", "text encoder"),
        (f"ckpt/t5/{T5}/spiece.model", "text encoder"),
    ],
)
def test_a_part_that_lacks_a_file_is_not_whole(tmp_path, broken, part) -> None:
    put_all(tmp_path, "4.5B_base", "inference_weight")
    (tmp_path / broken).unlink()

    with pytest.raises(WeightsError, match=rf"{part} \([\d.]+ GB\) is not whole in {(tmp_path / broken).parent}"):
        find_weights(BASE, tmp_path)


def test_an_unfinished_download_is_not_whole(tmp_path) -> None:
    put_all(tmp_path, "4.5B_base", "inference_weight")
    (tmp_path / "ckpt/vae/diffusion_pytorch_model.safetensors.part").touch()

    with pytest.raises(WeightsError, match=r"autoencoder .* is not whole"):
        find_weights(BASE, tmp_path)


@pytest.mark.parametrize("index", ["{", "[]", '{"weight_map": 3}'])
def test_a_damaged_index_is_not_whole(tmp_path, index) -> None:
    put_all(tmp_path, "4.5B_base", "inference_weight")
    (tmp_path / f"ckpt/t5/{T5}/model.safetensors.index.json").write_text(index)

    with pytest.raises(WeightsError, match=r"text encoder .* is not whole"):
        find_weights(BASE, tmp_path)


def test_a_text_encoder_in_one_safetensors_file_is_found(tmp_path, reference_root) -> None:
    put_all(tmp_path, "4.5B_base", "inference_weight")
    for path in (tmp_path / f"ckpt/t5/{T5}").iterdir():
        path.unlink()
    for path in (reference_root / "vae" / "tiny_t5" / T5).iterdir():
        (tmp_path / f"ckpt/t5/{T5}" / path.name).write_bytes(path.read_bytes())

    assert find_weights(BASE, tmp_path).text_encoder.name == T5


def test_a_pickled_text_encoder_is_not_taken_and_the_way_out_is_said(tmp_path) -> None:
    put_all(tmp_path, "4.5B_base", "inference_weight")
    folder = tmp_path / f"ckpt/t5/{T5}"
    for path in folder.glob("model*"):
        path.unlink()
    (folder / "pytorch_model.bin").touch()

    with pytest.raises(WeightsError, match=f"python -m generation convert {folder}"):
        find_weights(BASE, tmp_path)


def test_the_explanation_says_what_to_run_how_large_it_is_and_which_machine_it_needs(tmp_path) -> None:
    put_vae(tmp_path / "ckpt" / "vae")

    text = explain_missing(BASE, tmp_path)

    assert "transformer (9.0 GB) is not there" in text
    assert f"autoencoder (2.5 GB) is in {tmp_path}/ckpt/vae" in text
    assert "about 28.0 GB" in text
    assert f"python -m generation download magi_4_5b_base --weights {tmp_path}" in text
    assert "https://huggingface.co/sand-ai/MAGI-1" in text
    assert "1 x RTX 4090" in text


def test_a_preset_without_public_weights_has_nothing_to_find(tmp_path) -> None:
    with pytest.raises(ConfigError, match="no public weights"):
        find_weights(find_preset("tiny"), tmp_path)
