"""A bucket keeps the promises of a folder: every behaviour here is asked of both."""

import socket
import time

import pytest

from generation.artifacts import LocalArtifacts
from generation.artifacts.bucket import S3Artifacts, open_store
from generation.errors import ConfigError, StorageError
from tests.support.bucket import NAME, bucket


@pytest.fixture(scope="module")
def endpoint():
    with pytest.MonkeyPatch.context() as patch, bucket(patch) as found:
        yield found


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    if request.param == "folder":
        return open_store(str(tmp_path))
    # A prefix of its own keeps tests apart.
    return open_store(f"s3://{NAME}/{tmp_path.name}/", endpoint=request.getfixturevalue("endpoint"))


def test_an_address_means_a_folder_or_a_bucket(tmp_path, endpoint):
    assert isinstance(open_store(str(tmp_path)), LocalArtifacts)
    assert isinstance(open_store("s3://bucket/some/where", endpoint=endpoint), S3Artifacts)
    with pytest.raises(ConfigError, match="s3://bucket"):
        open_store("s3://")


def test_what_is_put_is_read_replaced_and_forgotten(store):
    assert not store.exists("takes/1/state")
    store.put("takes/1/state", b"one")
    assert store.get("takes/1/state") == b"one"
    store.put("takes/1/state", bytearray(b"two!"))
    assert (store.get("takes/1/state"), store.size_of("takes/1/state")) == (b"two!", 4)
    assert store.exists("takes/1/state")
    store.delete("takes/1/state")
    store.delete("takes/1/state")
    assert not store.exists("takes/1/state")


def test_pieces_become_one_artifact_and_come_back_in_pieces(store):
    # Beyond what is kept in memory, and what a bucket takes at once.
    data = bytes(range(256)) * 40_000

    store.put("movie", (data[at : at + 1_000_000] for at in range(0, len(data), 1_000_000)))

    assert store.get("movie") == data
    found = list(store.pieces("movie", 1_000_000, 3_000_000))
    assert b"".join(found) == data[1_000_000:3_000_000]
    assert len(found) > 4
    assert b"".join(store.pieces("movie", len(data) - 5, len(data))) == data[-5:]
    assert list(store.pieces("movie", 7, 7)) == []


def test_what_is_stored_is_listed_from_any_key_on(store):
    keys = ["takes/a/1/x", "takes/a/2/x", "takes/a-b/1/x", "takes/b/1/x", "takes.old/1", "blobs/a"]
    for key in keys:
        store.put(key, b"x")

    listed = list(store.stored("takes"))

    assert sorted(key for key, _ in listed) == sorted(keys[:4])
    assert all(abs(written - time.time()) < 60 for _, written in listed)
    for place, (key, _) in enumerate(listed):
        assert [later for later, _ in store.stored("takes", after=key)] == [it for it, _ in listed[place + 1 :]]
    assert list(store.stored("nothing")) == []


def test_pieces_that_fail_leave_what_was_there(store):
    store.put("movie", b"old")

    def failing():
        yield b"new"
        raise RuntimeError("the maker")

    with pytest.raises(RuntimeError, match="the maker"):
        store.put("movie", failing())
    assert store.get("movie") == b"old"


@pytest.mark.parametrize("call", ["get", "size_of"])
def test_what_is_not_there_is_a_storage_error(store, call):
    with pytest.raises(StorageError):
        getattr(store, call)("nowhere")


def test_pieces_of_what_is_not_there_are_a_storage_error(store):
    with pytest.raises(StorageError):
        list(store.pieces("nowhere", 0, 5))


@pytest.mark.parametrize("key", ["../x", "/x", "a//b", ".hidden", "a/../b", "", "a b", "x\0"])
def test_a_key_that_could_lead_elsewhere_is_refused(store, key):
    for call in (store.get, store.exists, store.delete, store.size_of, store.path_of, lambda it: store.put(it, b"")):
        with pytest.raises(StorageError, match="key must be"):
            call(key)


def test_prefixes_keep_studios_apart(endpoint):
    one, two = (open_store(f"s3://{NAME}/{name}", endpoint=endpoint) for name in ("one", "two"))

    one.put("x", b"1")

    assert not two.exists("x")
    assert open_store(f"s3://{NAME}", endpoint=endpoint).get("one/x") == b"1"
    assert one.path_of("x") is None


def test_a_bucket_that_is_not_there_or_not_ours_is_a_storage_error(endpoint):
    store = open_store("s3://another", endpoint=endpoint)

    with pytest.raises(StorageError, match="NoSuchBucket"):
        store.put("x", b"1")
    with pytest.raises(StorageError, match="NoSuchBucket"):
        store.get("x")


def test_a_server_that_is_away_is_a_storage_error(endpoint, monkeypatch):
    monkeypatch.setattr("generation.artifacts.bucket._TRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    store = open_store(f"s3://{NAME}", endpoint=nobody)

    for call in (store.get, store.exists, store.delete, lambda key: store.put(key, b"1")):
        with pytest.raises(StorageError):
            call("x")


def test_without_boto3_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)

    with pytest.raises(ConfigError, match="farm"):
        open_store("s3://bucket")
