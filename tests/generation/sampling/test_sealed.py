"""Blobs that come back as they were, or not at all."""

import json
import pickle

import pytest
import safetensors.torch
import torch

from generation.errors import StateError
from generation.sampling.sealed import METADATA_KEY, content_digest, seal, unseal

TENSORS = {
    "a": torch.arange(6, dtype=torch.float32).view(2, 3),
    "half": torch.ones(2, 2, dtype=torch.bfloat16),
    "none": torch.zeros(1, 0, 4),
}
HEADER = {"name": "Wellen 海浪", "numbers": [1, 2], "share": 0.1}


def test_a_blob_comes_back_as_it_was():
    tensors, header = unseal("thing", seal("thing", TENSORS, HEADER))

    assert header == HEADER
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert tensors[name].dtype == tensor.dtype
        assert torch.equal(tensors[name], tensor)


def test_equal_content_gives_equal_bytes():
    shuffled = dict(reversed(TENSORS.items()))

    assert seal("thing", TENSORS, HEADER) == seal("thing", shuffled, dict(reversed(HEADER.items())))


def test_views_are_sealed_as_what_they_show():
    view = torch.arange(12.0).view(3, 4).T[1:]

    tensors, _ = unseal("thing", seal("thing", {"a": view}, {}))

    assert torch.equal(tensors["a"], view)
    assert content_digest({"a": view}, {}) == content_digest({"a": view.contiguous()}, {})


@pytest.mark.parametrize(
    "changed",
    [
        {"a": TENSORS["a"] + 1},
        {"a": TENSORS["a"].view(3, 2)},
        {"a": TENSORS["a"].view(torch.int32)},
        {"b": TENSORS["a"]},
    ],
)
def test_a_digest_names_the_content(changed):
    assert content_digest(changed, {}) != content_digest({"a": TENSORS["a"]}, {})


def test_every_truncation_is_refused():
    blob = seal("thing", TENSORS, HEADER)

    for length in range(len(blob)):
        with pytest.raises(StateError):
            unseal("thing", blob[:length])


def test_every_flipped_bit_is_refused():
    blob = seal("thing", TENSORS, HEADER)
    tensors, header = unseal("thing", blob)

    for position in range(len(blob)):
        flipped = bytearray(blob)
        flipped[position] ^= 1
        try:
            got_tensors, got_header = unseal("thing", bytes(flipped))
        except StateError:
            continue
        # Padding and spelling of JSON may change without changing what is read.
        assert content_digest(got_tensors, got_header) == content_digest(tensors, header)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"not a file",
        pickle.dumps({"a": 1}),
        (2**62).to_bytes(8, "little") + b"{}",
        safetensors.torch.save(TENSORS),
        safetensors.torch.save(TENSORS, metadata={METADATA_KEY: "[]"}),
        safetensors.torch.save(TENSORS, metadata={METADATA_KEY: json.dumps({"kind": "thing"})}),
        safetensors.torch.save(TENSORS, metadata={METADATA_KEY: "[" * 100_000}),
    ],
)
def test_foreign_files_are_refused(blob):
    with pytest.raises(StateError, match="damaged or foreign"):
        unseal("thing", blob)


def test_another_kind_is_refused_by_name():
    with pytest.raises(StateError, match="must hold a dog, got a cat"):
        unseal("dog", seal("cat", TENSORS, HEADER))


def test_changed_content_is_refused():
    blob = seal("thing", TENSORS, HEADER)
    changed = blob.replace(torch.tensor(5.0).numpy().tobytes(), torch.tensor(6.0).numpy().tobytes())
    assert changed != blob

    with pytest.raises(StateError, match="changed content"):
        unseal("thing", changed)
