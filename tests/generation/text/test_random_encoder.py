"""The encoder of models that are random themselves."""

import pytest

from generation.errors import ConfigError, StorageError
from generation.text.encoder import TextEncoder
from generation.text.random_encoder import write_random_encoder


def test_encoder_reads_any_prompt_at_the_width_asked_for(tmp_path):
    encoder = TextEncoder(write_random_encoder(tmp_path, text_dim=32, seed=0))

    for prompt in ("waves", "", "海 🐱 \0"):
        rows = encoder.encode(prompt).embeddings
        assert rows.shape[1] == 32
        assert rows.isfinite().all()


def test_different_words_have_different_embeddings(tmp_path):
    encoder = TextEncoder(write_random_encoder(tmp_path, text_dim=32, seed=0))

    assert not encoder.encode("ab").embeddings.equal(encoder.encode("ba").embeddings)


def test_same_seed_writes_the_same_bytes_elsewhere(tmp_path):
    folders = [write_random_encoder(tmp_path / name, text_dim=16, seed=3) for name in ("a", "b")]
    contents = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]

    assert contents[0] == contents[1]
    assert contents[0]["model.safetensors"]


def test_other_seed_or_width_stands_beside_it(tmp_path):
    kinds = [(16, 0), (16, 1), (32, 0)]

    folders = {write_random_encoder(tmp_path, text_dim=width, seed=seed) for width, seed in kinds}

    assert len(folders) == 3


def test_what_is_there_is_left_alone(tmp_path):
    folder = write_random_encoder(tmp_path, text_dim=16, seed=0)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    write_random_encoder(tmp_path, text_dim=16, seed=0)

    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_what_is_half_there_is_written_again(tmp_path):
    folder = write_random_encoder(tmp_path, text_dim=16, seed=0)
    content = (folder / "model.safetensors").read_bytes()
    (folder / "config.json").unlink()
    (folder / "model.safetensors").write_bytes(content[:100])

    write_random_encoder(tmp_path, text_dim=16, seed=0)

    assert (folder / "model.safetensors").read_bytes() == content


def test_width_that_cannot_be_split_into_heads_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="multiple of 4"):
        write_random_encoder(tmp_path, text_dim=30, seed=0)


def test_place_that_cannot_be_written_is_a_storage_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError):
        write_random_encoder(tmp_path / "file", text_dim=16, seed=0)
