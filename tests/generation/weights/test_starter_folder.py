"""The description of a small model's folder."""

import hashlib
import json
from dataclasses import asdict, replace

import pytest

from generation.config import DiTConfig, VAEConfig
from generation.errors import ConfigError, WeightsError
from generation.presets import find_preset
from generation.weights.starter_folder import is_starter_folder, read_starter, shipped_folder
from tests.support.models import TINY

DIT = DiTConfig(**TINY)
VAE = VAEConfig(name="small", final_projection=True, final_projection_norm=False)


def description(**changes):
    plain = {
        "format": "sceneloom-starter-1", "name": "small", "dit": asdict(DIT), "vae": asdict(VAE),
        "files": {"vae/model.safetensors": {"sha256": hashlib.sha256(b"weights").hexdigest(), "bytes": 7}},
        "card": {"steps": 3},
    }  # fmt: skip
    return {**plain, **changes}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "starter.json").write_text(json.dumps(description()))
    return tmp_path


def test_architectures_come_back(folder):
    starter = read_starter(folder)

    assert (starter.name, starter.dit, starter.vae) == ("small", DIT, VAE)
    assert starter.card == {"steps": 3}
    assert is_starter_folder(folder)
    assert [path.name for path in (starter.transformer, starter.autoencoder, starter.text_encoder)] == [
        "transformer", "vae", "text_encoder",
    ]  # fmt: skip


def test_whole_folder_is_verified(folder):
    read_starter(folder).verify()


@pytest.mark.parametrize("content", [b"weightz", None])
def test_other_or_missing_file_is_named(folder, content):
    path = folder / "vae" / "model.safetensors"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)

    with pytest.raises(WeightsError, match="model"):
        read_starter(folder).verify()


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "sceneloom-starter-0"}, {"dit": {**asdict(DIT), "heads": 3}}, {"vae": []}, {"files": {"a": {}}},
        {"files": []}, {"card": None}, {"dit": {}},
    ],
)  # fmt: skip
def test_damaged_description_is_refused(folder, changes):
    (folder / "starter.json").write_text(json.dumps(description(**changes)))

    with pytest.raises(WeightsError, match=r"starter\.json"):
        read_starter(folder)


def test_description_that_is_no_json_is_refused(folder):
    (folder / "starter.json").write_text("{")

    with pytest.raises(WeightsError, match=r"starter\.json"):
        read_starter(folder)


def test_architecture_that_contradicts_itself_is_refused(folder):
    (folder / "starter.json").write_text(json.dumps(description(dit={**asdict(DIT), "num_heads": 3})))

    with pytest.raises(ConfigError, match="multiple"):
        read_starter(folder)


def test_folder_without_a_description_is_none(tmp_path):
    assert not is_starter_folder(tmp_path)
    with pytest.raises(WeightsError, match=r"starter\.json"):
        read_starter(tmp_path)


def test_shipped_starter_is_whole_small_and_what_its_preset_says():
    starter, preset = read_starter(shipped_folder("starter")), find_preset("starter")

    starter.verify()

    assert starter.dit == preset.dit
    assert replace(starter.vae, latent_scale=preset.vae.latent_scale) == preset.vae
    assert sum(path.stat().st_size for path in starter.root.rglob("*")) < 64e6


def test_a_model_that_is_not_in_this_copy_is_told_how_to_get_it():
    with pytest.raises(WeightsError, match="train --help shows how"):
        shipped_folder("another")
