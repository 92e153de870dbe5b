import json

import pytest

from generation.errors import WeightsError
from generation.text import encoder_folder
from generation.text.encoder_folder import find_encoder_folder


def write_index(folder, weight_map) -> None:
    (folder / "model.safetensors").rename(folder / "part-1.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))


def test_the_released_layout_is_found(tiny_t5):
    folder = find_encoder_folder(tiny_t5)

    assert folder.path == tiny_t5 / "t5-v1_1-xxl"
    assert folder.weight_files == (folder.path / "model.safetensors",)
    assert (folder.text_dim, folder.vocabulary_size) == (32, 256)


def test_shards_are_found_through_their_index(t5_copy):
    write_index(t5_copy, {"a": "part-1.safetensors", "b": "part-1.safetensors"})

    assert find_encoder_folder(t5_copy).weight_files == (t5_copy / "part-1.safetensors",)


def test_an_empty_folder_is_refused_with_both_places_it_looked_in(tmp_path):
    with pytest.raises(WeightsError, match=r"no config\.json in .*t5-v1_1-xxl or "):
        find_encoder_folder(tmp_path)


def test_pickled_weights_are_refused_with_the_way_out(t5_copy):
    (t5_copy / "model.safetensors").rename(t5_copy / "pytorch_model-00001-of-00002.bin")

    with pytest.raises(
        WeightsError, match=r"pytorch_model-00001-of-00002\.bin.*refused.*python -m generation convert .*encoder, or"
    ):
        find_encoder_folder(t5_copy)


def test_a_folder_without_weights_is_refused(t5_copy):
    (t5_copy / "model.safetensors").unlink()

    with pytest.raises(WeightsError, match="no weights"):
        find_encoder_folder(t5_copy)


def test_a_missing_shard_is_named(t5_copy):
    write_index(t5_copy, {"a": "part-1.safetensors", "b": "part-2.safetensors"})

    with pytest.raises(WeightsError, match=r"lacks part-2\.safetensors"):
        find_encoder_folder(t5_copy)


@pytest.mark.parametrize("weight_map", [{}, {"a": "../other.safetensors"}, {"a": "/etc/passwd"}, {"a": 3}, [], None])
def test_an_index_that_leads_elsewhere_is_refused(t5_copy, weight_map):
    write_index(t5_copy, weight_map)

    with pytest.raises(WeightsError, match="must map weights to files of the same folder"):
        find_encoder_folder(t5_copy)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "must be readable JSON"),
        ("[]", "must be a JSON object"),
        ('{"model_type": "umt5", "d_model": 4}', "must describe a T5 encoder, got type 'umt5'"),
        ('{"model_type": "t5", "d_model": "wide"}', "must give d_model as a whole number"),
        ('{"model_type": "t5", "d_model": 4}', "must give vocab_size as a whole number"),
    ],
)
def test_a_configuration_of_something_else_is_refused(t5_copy, content, words):
    (t5_copy / "config.json").write_text(content)

    with pytest.raises(WeightsError, match=words):
        find_encoder_folder(t5_copy)


def test_the_identity_is_that_of_the_files_not_of_the_place(tiny_t5, t5_copy):
    (t5_copy / "README.md").write_text("does not count")

    assert find_encoder_folder(t5_copy).identity() == find_encoder_folder(tiny_t5).identity()


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "spiece.model"])
def test_the_identity_changes_with_every_file_that_matters(t5_copy, name):
    before = find_encoder_folder(t5_copy).identity()
    content = (t5_copy / name).read_bytes()
    # Trailing bytes of a file: the last weight, or white space.
    (t5_copy / name).write_bytes(content[:-1] + (b"\n" if name == "config.json" else bytes([content[-1] ^ 1])))
    if name == "config.json":
        (t5_copy / name).write_bytes(content + b"\n")

    assert find_encoder_folder(t5_copy).identity() != before


def test_a_large_file_is_identified_by_samples_with_its_first_and_last_bytes(t5_copy, monkeypatch):
    monkeypatch.setattr(encoder_folder, "_SAMPLES_PER_FILE", 4)
    monkeypatch.setattr(encoder_folder, "_SAMPLE_BYTES", 16)
    weights = t5_copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    identities = [find_encoder_folder(t5_copy).identity()]

    for position in (0, -1):
        changed = content.copy()
        changed[position] ^= 1
        weights.write_bytes(changed)
        identities.append(find_encoder_folder(t5_copy).identity())

    assert len(set(identities)) == 3


def test_a_file_that_vanished_is_a_weights_error(t5_copy):
    folder = find_encoder_folder(t5_copy)
    (t5_copy / "model.safetensors").unlink()

    with pytest.raises(WeightsError, match="cannot be read"):
        folder.identity()
