"""The cache holds what is in reach, and forks share it."""

import pytest
import torch

from generation.errors import StateError
from generation.model.kv_cache import KVCache
from tests.support.models import tiny_dit
from tests.support.windows import random_window

CHUNK = (1, 4, 2, 8)


def make_cache() -> KVCache:
    return KVCache(num_layers=2, chunk_tokens=4, num_kv_heads=2, head_dim=8, dtype=torch.float32, device="cpu")


def write(cache: KVCache, chunk: int, value: float) -> None:
    for layer in range(2):
        cache.write(layer, chunk, torch.full(CHUNK, value), torch.full(CHUNK, -value))


def test_chunks_are_read_back_in_order():
    cache = make_cache()
    for chunk in range(3):
        write(cache, chunk, chunk + 1.0)

    keys, values = cache.read(1, 1, 3)

    assert (cache.start, cache.stop) == (0, 3)
    assert keys[0, :, 0, 0].tolist() == [2.0] * 4 + [3.0] * 4
    assert torch.equal(values, -keys)


def test_memory_does_not_grow_with_the_clip():
    cache = make_cache()
    sizes = []
    for chunk in range(8):
        write(cache, chunk, 1.0)
        cache.drop_before(chunk - 1)
        sizes.append(cache.nbytes)

    assert (cache.start, cache.stop) == (6, 8)
    assert sizes[2:] == [sizes[1]] * 6
    assert sizes[0] == 2 * 2 * 4 * 2 * 8 * 4


def test_chunk_keeps_only_its_own_memory():
    cache = make_cache()
    window = torch.zeros(1, 4 * 100, 2, 8)
    for layer in range(2):
        cache.write(layer, 0, window[:, :4], window[:, :4])

    keys, _ = cache.read_chunks(0, 0, 1)[0]

    assert keys.untyped_storage().nbytes() == keys.nbytes


def test_fork_is_not_changed_by_the_original_nor_the_other_way():
    cache = make_cache()
    write(cache, 0, 1.0)
    write(cache, 1, 2.0)
    fork = cache.fork()

    write(cache, 1, 5.0)
    write(fork, 2, 7.0)
    fork.drop_before(1)

    assert (cache.start, cache.stop, fork.start, fork.stop) == (0, 2, 1, 3)
    assert cache.read(0, 1, 2)[0].max() == 5.0
    assert fork.read(0, 1, 2)[0].max() == 2.0


def test_fork_shares_memory():
    cache = make_cache()
    write(cache, 0, 1.0)

    ours, theirs = cache.read_chunks(0, 0, 1), cache.fork().read_chunks(0, 0, 1)

    assert ours[0][0] is theirs[0][0]


def test_chunk_is_readable_once_its_last_layer_is_written():
    cache = make_cache()
    cache.write(0, 0, torch.ones(CHUNK), torch.ones(CHUNK))

    with pytest.raises(StateError, match="holds 0 to 0"):
        cache.read(0, 0, 1)
    cache.write(1, 0, torch.ones(CHUNK), torch.ones(CHUNK))
    assert cache.stop == 1


def test_forward_that_fails_half_way_leaves_the_cache(monkeypatch):
    model = tiny_dit(1)
    cache = model.make_kv_cache(4, 6)
    with torch.no_grad():
        model(random_window(model.config, chunks=1), cache, write_chunks=1)
    before = cache.read(0, 0, 1)[0]

    monkeypatch.setattr(model.blocks[2].ffn, "activate", lambda _: 1 / 0)
    with torch.no_grad(), pytest.raises(ZeroDivisionError):
        model(random_window(model.config, chunks=1, seed=9), cache.fork(), write_chunks=1)
    monkeypatch.setattr(model.blocks[1].ffn, "activate", lambda _: 1 / 0)
    with torch.no_grad(), pytest.raises(ZeroDivisionError):
        model(random_window(model.config, chunks=1, seed=9), cache, write_chunks=1)

    assert torch.equal(cache.read(0, 0, 1)[0], before)


def test_gaps_are_refused():
    cache = make_cache()
    write(cache, 3, 1.0)

    with pytest.raises(StateError, match="next to"):
        write(cache, 5, 1.0)
    with pytest.raises(StateError, match="next to"):
        write(cache, 1, 1.0)
    write(cache, 2, 1.0)
    assert (cache.start, cache.stop) == (2, 4)


def test_wrong_shapes_and_layers_out_of_order_are_refused():
    cache = make_cache()

    with pytest.raises(StateError, match="must be"):
        cache.write(0, 0, torch.ones(1, 3, 2, 8), torch.ones(1, 3, 2, 8))
    with pytest.raises(StateError, match="layer 0"):
        cache.write(1, 0, torch.ones(CHUNK), torch.ones(CHUNK))


def test_empty_range_is_refused():
    cache = make_cache()
    write(cache, 0, 1.0)

    with pytest.raises(StateError, match="at least one chunk"):
        cache.read(0, 0, 0)
    assert cache.read_chunks(0, 0, 0) == []


def test_keys_are_stored_in_the_cache_dtype_without_gradients():
    cache = KVCache(num_layers=1, chunk_tokens=4, num_kv_heads=2, head_dim=8, dtype=torch.bfloat16, device="cpu")
    keys = torch.ones(CHUNK, requires_grad=True)

    cache.write(0, 0, keys * 1.001, keys)

    held, _ = cache.read(0, 0, 1)
    assert held.dtype == torch.bfloat16
    assert not held.requires_grad
