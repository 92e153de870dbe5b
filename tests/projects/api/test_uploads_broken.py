"""Uploads that break at any byte, and go on as if nothing had happened."""

import asyncio
import hashlib
import random

import pytest

from projects.actions.uploads import process_upload
from projects.artifact_store import artifacts
from projects.media.parts import append_part, part_path
from projects.models import Asset, Blob, Upload
from tests.projects.actions.test_library import png
from tests.projects.api.test_uploads import PART, announce, send
from webapp.asgi import application

pytestmark = pytest.mark.django_db
SIZE, PART_BYTES = 300_000, 70_000


@pytest.fixture
def waiting(monkeypatch, store):
    """Whole uploads wait to be taken in."""
    monkeypatch.setattr("projects.generation_client._send", lambda *_a, **_k: True)


def offset_of(browser, location) -> int:
    return int(browser.client.head(location).headers["Upload-Offset"])


@pytest.mark.parametrize("seed", range(20))
def test_whatever_breaks_off_is_resumed_to_the_very_bytes(browser, waiting, seed):
    """In each of many tries the line breaks, or the server dies before or after it has written."""
    chance = random.Random(seed)
    data = chance.randbytes(SIZE)
    location = announce(browser, SIZE).headers["Location"]
    upload_id = location.rsplit("/", 1)[-1]
    broken = 0
    while (offset := offset_of(browser, location)) < SIZE:
        part = data[offset : offset + PART_BYTES]
        cut = chance.randrange(1, len(part) + 1)
        match chance.randrange(5):
            case 0:  # The client gave up after so many bytes and sent only these.
                assert send(browser, location, part[:cut], offset).status_code == 204
            case 1:  # Written, but the server died before it noted that: only what is noted counts.
                append_part(upload_id, part[:cut], offset=offset)
                assert offset_of(browser, location) == offset
            case 2:  # What lies beyond is another file's, as after a power cut.
                append_part(upload_id, chance.randbytes(cut), offset=offset)
            case 3:  # The answer was lost, and the client sends the same again.
                assert send(browser, location, part, offset).status_code == 204
                assert send(browser, location, part, offset).status_code == 409
            case 4:  # A part that begins too late.
                assert send(browser, location, part, offset + cut).status_code == 409
        broken += 1

    assert broken >= 4
    assert hashlib.sha256(part_path(upload_id).read_bytes()).digest() == hashlib.sha256(data).digest()
    assert Upload.objects.get(pk=upload_id).status == "processing"


def test_a_body_that_ends_early_is_not_counted(browser, waiting):
    location = announce(browser, 1000).headers["Location"]
    upload_id = location.rsplit("/", 1)[-1]
    cookie = "; ".join(f"{key}={morsel.value}" for key, morsel in browser.client.cookies.items())
    scope = {
        "type": "http", "http_version": "1.1", "method": "PATCH", "path": location, "raw_path": location.encode(),
        "query_string": b"", "scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 1),
        "headers": [
            (b"host", b"testserver"), (b"cookie", cookie.encode()), (b"content-type", PART.encode()),
            (b"content-length", b"1000"), (b"upload-offset", b"0"),
        ],
    }  # fmt: skip
    coming = [{"type": "http.request", "body": b"x" * 400, "more_body": True}, {"type": "http.disconnect"}]
    answered = []

    async def receive():
        return coming.pop(0)

    async def sent(message):
        answered.append(message)

    asyncio.run(application(scope, receive, sent))

    assert coming == []
    assert answered == []
    assert offset_of(browser, location) == 0
    assert not part_path(upload_id).exists()


def test_the_same_file_twenty_times_is_kept_once_and_nothing_else_stays(browser, waiting):
    data = png()
    for _ in range(20):
        location = announce(browser, len(data), filename="kite.png").headers["Location"]
        send(browser, location, data, 0)
        process_upload(location.rsplit("/", 1)[-1])

    assert Blob.objects.count() == Asset.objects.count() == 1
    assert {upload.status for upload in Upload.objects.all()} == {"ready"}
    assert list(part_path("x").parent.iterdir()) == []
    assert artifacts().exists(Blob.objects.get().key)


def test_a_file_that_turns_out_to_be_another_is_refused_and_forgotten(browser, waiting):
    data = png()
    location = announce(browser, len(data), filename="kite.png").headers["Location"]
    send(browser, location, data[:50], 0)
    # The source changed between two parts: the second half is of another file.
    send(browser, location, bytes(len(data) - 50), 50)
    upload_id = location.rsplit("/", 1)[-1]
    process_upload(upload_id)

    seen = browser.client.get(location).json()
    assert (seen["status"], seen["asset"], seen["error"]["code"]) == ("failed", None, "image_unreadable")
    assert not part_path(upload_id).exists()
    assert not Asset.objects.exists()


def test_more_than_there_is_room_for_is_refused_before_a_byte_is_taken(browser, waiting, settings):
    settings.STORAGE_BYTES_PER_PERSON = 1000

    refused = announce(browser, 1001)
    assert (refused.status_code, refused.json()["code"]) == (402, "storage")
    location = announce(browser, 1000).headers["Location"]
    assert send(browser, location, b"x" * 1001, 0).status_code == 409
    assert offset_of(browser, location) == 0


def test_what_is_on_its_way_counts_and_room_is_given_back(browser, waiting, settings):
    settings.STORAGE_BYTES_PER_PERSON = 1000
    location = announce(browser, 600).headers["Location"]

    assert announce(browser, 401).json()["code"] == "storage"
    assert announce(browser, 400).status_code == 201

    assert browser.client.delete(location, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert announce(browser, 600).status_code == 201


def test_a_disk_that_fills_up_meanwhile_stops_an_upload_and_lets_it_go_on_later(browser, waiting, settings):
    location = announce(browser, 1000).headers["Location"]
    assert send(browser, location, b"x" * 500, 0).status_code == 204
    settings.LEAST_FREE_BYTES = 2**62

    refused = send(browser, location, b"x" * 500, 500)

    assert (refused.status_code, refused.json()["code"]) == (503, "disk_full")
    assert offset_of(browser, location) == 500
    settings.LEAST_FREE_BYTES = 0
    assert send(browser, location, b"x" * 500, 500).status_code == 204
