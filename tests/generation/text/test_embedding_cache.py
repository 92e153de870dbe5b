import errno
import logging
import os

import pytest
import torch
from safetensors.torch import save

from generation import artifacts
from generation.text.embedding_cache import CachedEmbeddings, EmbeddingCache, embedding_key

KEY = "0" * 64


def entry(rows: int = 3, value: float = 0.5, *, truncated: bool = False) -> CachedEmbeddings:
    return CachedEmbeddings(embeddings=torch.full((rows, 8), value), truncated=truncated)


def only_file(folder):
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize("truncated", [True, False])
def test_what_is_put_comes_back(tmp_path, truncated):
    embeddings = torch.randn(5, 8, generator=torch.Generator().manual_seed(1))
    cache = EmbeddingCache(tmp_path / "embeddings")

    cache.put(KEY, CachedEmbeddings(embeddings=embeddings, truncated=truncated))

    found = EmbeddingCache(tmp_path / "embeddings").get(KEY)
    assert found is not None
    assert torch.equal(found.embeddings, embeddings)
    assert found.truncated is truncated


def test_an_unknown_key_has_nothing(tmp_path):
    assert EmbeddingCache(tmp_path / "embeddings").get(KEY) is None


def test_every_part_of_a_key_counts():
    base = {"identity": "a", "dtype": torch.float32, "max_tokens": 800, "text": "a cat"}
    changes = [{}, {"identity": "b"}, {"dtype": torch.bfloat16}, {"max_tokens": 120}, {"text": "a dog"}]

    keys = {embedding_key(**{**base, **change}) for change in changes}

    assert len(keys) == len(changes)
    assert embedding_key(**base) == embedding_key(**base)


def flip_last_byte(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-1],
        flip_last_byte,
        lambda data: b"garbage" * 100,
        lambda data: save({"other": torch.zeros(1)}),
        lambda data: save({"embeddings": torch.zeros(3)}),
    ],
    ids=["empty", "header cut", "data cut", "bit flipped", "garbage", "other file", "other shape"],
)
def test_a_damaged_entry_is_ignored_with_a_warning_and_replaced(tmp_path, caplog, damage):
    cache = EmbeddingCache(tmp_path)
    cache.put(KEY, entry())
    path = only_file(tmp_path)
    path.write_bytes(damage(path.read_bytes()))

    with caplog.at_level(logging.WARNING):
        assert cache.get(KEY) is None

    assert "damaged" in caplog.text
    cache.put(KEY, entry(value=2.0))
    found = cache.get(KEY)
    assert found is not None
    assert found.embeddings.max() == 2.0


def test_a_full_disk_is_logged_and_nothing_more(tmp_path, caplog, monkeypatch):
    def fail(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(artifacts.os, "fsync", fail)

    with caplog.at_level(logging.WARNING):
        EmbeddingCache(tmp_path).put(KEY, entry())

    assert "not cached" in caplog.text
    assert "disk is full" in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_a_cache_folder_that_is_a_file_does_not_stop_anything(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    cache = EmbeddingCache(tmp_path / "file")

    with caplog.at_level(logging.WARNING):
        cache.put(KEY, entry())
        assert cache.get(KEY) is None


def test_the_entries_unused_for_longest_go_when_space_runs_out(tmp_path):
    cache = EmbeddingCache(tmp_path)
    cache.put("a", entry(1000))
    size = only_file(tmp_path).stat().st_size
    for index, key in enumerate(["a", "b", "c"]):
        cache.put(key, entry(1000))
        os.utime(tmp_path / f"{key}.safetensors", (index, index))
    # Reading it makes it the last one used.
    cache.get("a")

    EmbeddingCache(tmp_path, max_bytes=3 * size).put("d", entry(1000))

    assert {path.stem for path in tmp_path.iterdir()} == {"a", "c", "d"}


def test_an_entry_larger_than_the_cache_is_not_kept_and_drives_nothing_out(tmp_path):
    EmbeddingCache(tmp_path).put("small", entry(1))

    EmbeddingCache(tmp_path, max_bytes=1000).put("large", entry(1000))

    assert only_file(tmp_path).stem == "small"
