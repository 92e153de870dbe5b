"""Copies that leave: in the store beside the original, which stays as it is."""

import numpy as np
import pytest

from generation.artifacts import LocalArtifacts, sha256_of_bytes
from generation.errors import StorageError
from generation.media.fragments import encode_fragment
from generation.media.movie import finish_movie
from projects.media.credentials import Origin, Statement, read_credentials
from projects.media.sealed_files import MOVIE, opened, store_sealed
from projects.media.signing_identity import studio_identity


@pytest.fixture
def identity(tmp_path):
    return studio_identity(data_folder=tmp_path, certificate_file="", key_file="")


@pytest.fixture
def store(tmp_path):
    one = encode_fragment(np.full((24, 48, 64, 3), 90, np.uint8))
    store = LocalArtifacts(tmp_path / "store")
    store.put("clip", finish_movie(one.init, [one.media], {}))
    return store


@pytest.mark.parametrize("labelled", [False, True])
def test_the_copy_says_what_it_is_and_the_original_says_nothing(store, identity, labelled):
    before = store.get("clip")
    said = Statement(content_id="urn:uuid:1", title="x", origin=Origin.GENERATED, labelled=labelled)

    made = store_sealed(store, "clip", mime_type=MOVIE, statement=said, identity=identity)

    data = store.get(made.key)
    assert (made.sha256, made.size) == (sha256_of_bytes(data), len(data))
    assert made.key.endswith(made.sha256)
    found = read_credentials(data, mime_type=MOVIE, trusted=identity.certificates)
    assert (found.state, "c2pa.edited" in found.actions) == ("Trusted", labelled)
    assert store.get("clip") == before


def test_a_file_that_is_missing_is_a_storage_error(store, identity):
    said = Statement(content_id="urn:uuid:1", title="x", origin=Origin.GENERATED)

    with pytest.raises(StorageError):
        store_sealed(store, "gone", mime_type=MOVIE, statement=said, identity=identity)


def test_a_store_that_is_far_away_is_read_into_memory(store):
    class FarAway:
        def path_of(self, key):
            return None

        def get(self, key):
            return store.get(key)

    with opened(FarAway(), "clip") as far, opened(store, "clip") as near:
        assert far.read() == near.read()
