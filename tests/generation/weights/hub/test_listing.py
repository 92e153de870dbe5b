"""The list of files: complete, of one commit, and only what stays inside its folder."""

import hashlib

import pytest

from generation.errors import DownloadError
from generation.weights.hub import listing
from generation.weights.hub.listing import Repository, list_files
from generation.weights.hub.transport import RetryPolicy, Transport
from tests.support.fake_hub import COMMIT, NAME, FakeHub, git_sha1, serve

FILES = {
    "ckpt/vae/config.json": b"{}",
    "ckpt/vae/model one.safetensors": b"1" * 2000,
    "ckpt/vae/deep/er.json": b"[]",
    "ckpt/vae-other/config.json": b"{}",
    "README.md": b"hello",
}
TRANSPORT = Transport(policy=RetryPolicy(attempts=3, timeout_seconds=5))


def listed(hub: FakeHub, *folders: str):
    with serve(hub):
        repository = Repository(endpoint=hub.address + "/", name=NAME)
        return list_files(TRANSPORT, repository, folders or ("ckpt/vae",), wait=lambda _: None)


@pytest.mark.parametrize("page_size", [1, 2, 100])
def test_all_pages_of_a_folder_are_listed_with_sizes_hashes_and_addresses(page_size) -> None:
    hub = FakeHub(files=FILES, page_size=page_size)

    files = {file.path: file for file in listed(hub)}

    assert set(files) == {path for path in FILES if path.startswith("ckpt/vae/")}
    small, large = files["ckpt/vae/config.json"], files["ckpt/vae/model one.safetensors"]
    assert (small.num_bytes, small.sha256, small.git_sha1) == (2, "", git_sha1(b"{}"))
    assert (large.num_bytes, large.sha256, large.git_sha1) == (2000, hashlib.sha256(b"1" * 2000).hexdigest(), "")
    assert large.url == f"{hub.address}/{NAME}/resolve/{COMMIT}/ckpt/vae/model%20one.safetensors"


def test_a_busy_hub_is_asked_again() -> None:
    assert len(listed(FakeHub(files=FILES, api_statuses=[503, 502]))) == 3


@pytest.mark.parametrize("status", [401, 404])
def test_a_hub_that_refuses_is_named(status) -> None:
    hub = FakeHub(files=FILES, api_statuses=[status])

    with pytest.raises(DownloadError, match=f"revision/main answers {status}"):
        listed(hub)


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(DownloadError, match="no files under ckpt/none"):
        listed(FakeHub(files=FILES), "ckpt/vae", "ckpt/none")


@pytest.mark.parametrize(
    "path", ["../secret", "ckpt/vae/../../secret", "/etc/passwd", "ckpt/vae/a\\b", "ckpt/vae/", "ckpt/vae//x", 3, None]
)
def test_paths_that_leave_their_folder_are_refused(path) -> None:
    hub = FakeHub(files=FILES, change_entry=lambda entry: {**entry, "path": path})

    with pytest.raises(DownloadError, match="not a path inside it"):
        listed(hub)


@pytest.mark.parametrize(
    "change",
    [
        {"lfs": {"oid": "short", "size": 3}},
        {"lfs": {"size": 3}},
        {"oid": "x" * 40, "lfs": None},
        {"size": -1, "lfs": None},
        {"size": "2", "lfs": None},
        {"size": True, "lfs": None},
    ],
)
def test_files_without_size_or_hash_are_refused(change) -> None:
    hub = FakeHub(files=FILES, change_entry=lambda entry: {**entry, **change})

    with pytest.raises(DownloadError, match="how large"):
        listed(hub)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([b"<html>"], "does not answer with JSON"),
        ([b"[" * 50_000], "does not answer with JSON"),
        ([b"[]"], "does not say which commit"),
        ([b'{"sha": "../../x"}'], "does not say which commit"),
        ([b"", b"{}"], "a list of files"),
        ([b"", b"[]"], "goes on at another host"),
    ],
)
def test_what_is_no_hub_is_told(answers, said) -> None:
    with pytest.raises(DownloadError, match=said):
        listed(FakeHub(files=FILES, api_answers=answers))


def test_an_answer_without_end_is_cut(monkeypatch) -> None:
    monkeypatch.setattr(listing, "_LARGEST_ANSWER", 1000)

    with pytest.raises(DownloadError, match="more than 1000 bytes"):
        listed(FakeHub(files=FILES, api_answers=[b" " * 100_000]))


def test_pages_without_end_are_cut(monkeypatch) -> None:
    monkeypatch.setattr(listing, "_MOST_PAGES", 2)

    with pytest.raises(DownloadError, match="more than 2 pages"):
        listed(FakeHub(files=FILES, page_size=1))


def test_an_unreachable_hub_is_an_error_that_says_so() -> None:
    hub = FakeHub(files={})
    with serve(hub):
        pass

    with pytest.raises(DownloadError, match=r"127\.0\.0\.1:\d+ cannot be reached .*gave up after 3 attempts"):
        list_files(TRANSPORT, Repository(endpoint=hub.address, name=NAME), ("ckpt/vae",), wait=lambda _: None)


@pytest.mark.parametrize(("endpoint", "name"), [("hub", NAME), ("ftp://hub", NAME), ("https://hub", "a/b/c")])
def test_repositories_that_cannot_be_are_refused(endpoint, name) -> None:
    with pytest.raises(DownloadError):
        Repository(endpoint=endpoint, name=name)
