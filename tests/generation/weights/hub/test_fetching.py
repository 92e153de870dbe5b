"""One file, whole and right, through everything that networks, servers and impatient people do."""

import json
import random
from pathlib import Path

import pytest

from generation.errors import Cancelled, DownloadError
from generation.weights.hub.fetching import fetch_file
from generation.weights.hub.listing import RemoteFile, Repository, list_files
from generation.weights.hub.transport import RetryPolicy, Transport
from tests.support.fake_hub import NAME, FakeHub, Misbehaviour, serve

CONTENT = random.Random(0).randbytes(300_000)
PATH = "ckpt/vae/model.safetensors"


class Download:
    """A download of one file from a fake hub, and all that can be asked about it afterwards."""

    def __init__(self, folder: Path) -> None:
        self.target = folder / "model.safetensors"
        self.hub = FakeHub(files={PATH: CONTENT})
        self.waits: list[float] = []
        self.reported: list[int] = []
        self.stop_at = len(CONTENT) + 1

    def should_stop(self) -> None:
        if self.reported and self.reported[-1] >= self.stop_at:
            raise Cancelled("stopped")

    def run(self, wrong: Misbehaviour | None = None, *, attempts: int = 4, remote: RemoteFile | None = None) -> None:
        self.hub.wrong = wrong or Misbehaviour()
        transport = Transport(policy=RetryPolicy(attempts=attempts, first_wait_seconds=1, timeout_seconds=5))
        with serve(self.hub) as hub:
            listed = remote or self.listed(hub, transport)
            fetch_file(
                listed,
                self.target,
                transport=transport,
                report=self.reported.append,
                should_stop=self.should_stop,
                wait=self.waits.append,
            )

    @staticmethod
    def listed(hub: FakeHub, transport: Transport) -> RemoteFile:
        repository = Repository(endpoint=hub.address, name=NAME)
        return list_files(transport, repository, ("ckpt/vae",), wait=lambda _: None)[0]

    @property
    def part(self) -> Path:
        return self.target.with_name("model.safetensors.part")

    def is_right(self) -> bool:
        left = {path.name for path in self.target.parent.iterdir()}
        return self.target.read_bytes() == CONTENT and left <= {"model.safetensors", "model.safetensors.sha256"}


@pytest.fixture
def download(tmp_path) -> Download:
    return Download(tmp_path)


def test_a_file_arrives_whole_under_its_name_and_nothing_else_stays(download) -> None:
    download.run()

    assert download.is_right()
    assert download.hub.ranges == [""]
    assert download.reported[0] == 0
    assert download.reported[-1] == len(CONTENT)
    assert download.waits == []


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("announce_length", [True, False])
def test_connections_dropped_at_random_offsets_are_taken_up_where_they_broke(download, seed, announce_length) -> None:
    chance = random.Random(seed)
    cuts = [chance.randrange(0, 60_000) for _ in range(40)]

    download.run(
        Misbehaviour(cut_after=lambda count: cuts[count] if count < 40 else None, announce_length=announce_length),
        attempts=50,
    )

    assert download.is_right()
    starts = [int(asked.removeprefix("bytes=").removesuffix("-") or 0) for asked in download.hub.ranges]
    assert starts == sorted(starts)
    assert starts[1] == cuts[0]
    # Each byte came once.
    assert starts[5] == sum(cuts[:5])


def test_attempts_are_bounded_and_waits_grow_but_not_for_ever(download) -> None:
    with pytest.raises(DownloadError, match=r"503 Service Unavailable; gave up after 9 attempts.*start again"):
        download.run(Misbehaviour(status=lambda _: 503), attempts=9)

    assert download.waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert not download.target.exists()


def test_a_drip_of_bytes_does_not_keep_a_download_alive(download) -> None:
    with pytest.raises(DownloadError, match="gave up after 4 attempts"):
        download.run(Misbehaviour(cut_after=lambda _: 100))

    assert download.hub.content_requests == 4


def test_a_server_without_ranges_that_always_breaks_is_given_up(download) -> None:
    with pytest.raises(DownloadError, match="gave up after 4 attempts"):
        download.run(Misbehaviour(cut_after=lambda _: 200_000, ignore_ranges=True))

    assert download.hub.content_requests < 10


def test_a_server_without_ranges_sends_all_of_it_again(download) -> None:
    download.run(Misbehaviour(cut_after=lambda count: 100_000 if count == 0 else None, ignore_ranges=True))

    assert download.is_right()
    assert download.hub.ranges == ["", "bytes=100000-"]


def test_a_changed_etag_starts_the_file_anew(download) -> None:
    download.run(
        Misbehaviour(
            cut_after=lambda count: 100_000 if count == 0 else None,
            etag=lambda count: '"first"' if count == 0 else '"second"',
            # Had the first 100,000 bytes been kept, they would be wrong.
            content=lambda count, content: b"\0" * len(content) if count == 0 else content,
        )
    )

    assert download.is_right()
    assert download.hub.if_ranges == ["", '"first"']
    assert download.reported[-1] == len(CONTENT)


def test_a_server_that_ignores_if_range_is_caught_by_its_etag(download) -> None:
    download.run(
        Misbehaviour(
            cut_after=lambda count: 100_000 if count == 0 else None,
            etag=lambda count: '"first"' if count == 0 else '"second"',
            content=lambda count, content: b"\0" * len(content) if count == 0 else content,
            ignore_if_range=True,
        )
    )

    assert download.is_right()
    assert download.hub.ranges == ["", "bytes=100000-", ""]


def test_weak_etags_are_not_relied_on(download) -> None:
    download.run(
        Misbehaviour(cut_after=lambda count: 100_000 if count == 0 else None, etag=lambda _: 'W/"some"'),
    )

    assert download.is_right()
    assert download.hub.if_ranges == ["", ""]
    assert download.hub.ranges == ["", "bytes=100000-"]


def test_a_range_from_elsewhere_is_not_believed(download) -> None:
    download.run(
        Misbehaviour(
            cut_after=lambda count: 100_000 if count == 0 else None, start_lie=lambda count: 5 if count == 1 else 0
        )
    )

    assert download.is_right()
    assert download.hub.ranges == ["", "bytes=100000-", ""]


@pytest.mark.parametrize("lie", [-50_000, 50_000])
def test_lies_about_the_length_are_survived_when_they_stop(download, lie) -> None:
    download.run(Misbehaviour(length_lie=lambda count: lie if count == 0 else 0))

    assert download.is_right()


@pytest.mark.parametrize("lie", [-50_000, 50_000])
def test_lies_about_the_length_that_do_not_stop_are_an_error(download, lie) -> None:
    with pytest.raises(DownloadError, match=f"has 300000 bytes by the hub's list but comes with {300_000 + lie}"):
        download.run(Misbehaviour(length_lie=lambda _: lie))

    assert not download.target.exists()


def test_a_body_that_goes_on_is_cut_at_the_promised_size(download) -> None:
    download.run(Misbehaviour(content=lambda _, content: content + b"more", announce_length=False))

    assert download.is_right()


def test_a_range_beyond_the_end_starts_the_file_anew(download) -> None:
    download.run(
        Misbehaviour(
            cut_after=lambda count: 100_000 if count == 0 else None,
            content=lambda count, content: content[:50_000] if count == 1 else content,
        )
    )

    assert download.is_right()
    assert download.hub.ranges == ["", "bytes=100000-", ""]


def test_busy_and_failing_servers_are_asked_again(download) -> None:
    statuses = {0: 500, 1: 429, 2: 503}

    download.run(Misbehaviour(status=statuses.get), attempts=4)

    assert download.is_right()
    assert len(download.waits) == 3


@pytest.mark.parametrize(("status", "said"), [(404, "404 Not Found"), (403, "wants a login"), (418, "418")])
def test_final_answers_are_not_asked_again(download, status, said) -> None:
    with pytest.raises(DownloadError, match=said):
        download.run(Misbehaviour(status=lambda _: status))

    assert download.hub.content_requests == 1


def test_content_damaged_on_the_way_is_fetched_once_more(download) -> None:
    download.run(
        Misbehaviour(content=lambda count, content: b"\0" + content[1:] if count == 0 else content), attempts=2
    )

    assert download.is_right()
    assert download.hub.ranges == ["", ""]


def test_content_that_stays_wrong_is_never_given_its_name(download) -> None:
    with pytest.raises(DownloadError, match=r"arrived twice with another hash"):
        download.run(Misbehaviour(content=lambda _, content: b"\0" + content[1:]))

    assert not download.target.exists()
    assert download.hub.content_requests == 2


def test_a_file_that_changes_between_list_and_fetch_is_noticed(download) -> None:
    download.hub.linked_etag = "ab" * 32

    with pytest.raises(DownloadError, match="has changed at the hub"):
        download.run()


def test_a_stop_keeps_what_arrived_and_the_next_run_goes_on(download) -> None:
    download.stop_at = 100_000
    with pytest.raises(Cancelled):
        download.run(Misbehaviour(seconds_per_block=0.001))
    kept = download.part.stat().st_size
    assert kept >= 100_000

    download.stop_at = len(CONTENT) + 1
    download.run()

    assert download.is_right()
    assert download.hub.ranges == ["", f"bytes={kept}-"]
    assert download.hub.if_ranges[1] == '"first"'


def test_a_part_of_something_else_is_not_continued(download) -> None:
    download.part.write_bytes(b"\0" * 1000)
    note = download.target.with_name("model.safetensors.part.json")
    note.write_text(json.dumps({"bytes": 300_000, "sha256": "ab" * 32, "git_sha1": "", "etag": '"first"'}))

    download.run()

    assert download.is_right()
    assert download.hub.ranges == [""]


@pytest.mark.parametrize("note", ["", "{", "[]", '{"etag": 3}'])
def test_a_part_with_a_damaged_note_is_started_anew(download, note) -> None:
    download.part.write_bytes(CONTENT[:1000])
    download.target.with_name("model.safetensors.part.json").write_text(note)

    download.run()

    assert download.is_right()
    assert download.hub.ranges == [""]


def test_a_damaged_part_is_found_out_by_the_hash(download) -> None:
    download.stop_at = 100_000
    with pytest.raises(Cancelled):
        download.run(Misbehaviour(seconds_per_block=0.001))
    content = bytearray(download.part.read_bytes())
    content[50] ^= 1
    download.part.write_bytes(content)
    download.stop_at = len(CONTENT) + 1

    download.run()

    assert download.is_right()


def test_an_empty_file_is_made_without_asking(tmp_path, download) -> None:
    empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    remote = RemoteFile(path="a/b", url="http://127.0.0.1:1/b", num_bytes=0, sha256="", git_sha1=empty)

    download.run(remote=remote)

    assert download.target.read_bytes() == b""
    assert download.hub.content_requests == 0
