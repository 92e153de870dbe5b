"""Resumable uploads as a browser speaks them."""

import base64
import hashlib
import uuid

import pytest

from tests.projects.actions.test_library import png

pytestmark = pytest.mark.django_db
PART = "application/offset+octet-stream"


def announce(browser, size, **facts):
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())
    return browser.client.post(
        "/api/v1/uploads", headers={"Upload-Length": str(size), "Upload-Metadata": metadata, "Tus-Resumable": "1.0.0"}
    )


def send(browser, location, data, offset, **headers):
    return browser.client.patch(
        location, data=data, content_type=PART, headers={"Upload-Offset": str(offset), **headers}
    )


@pytest.fixture
def by_hand(monkeypatch, store):
    """Without a broker uploads are taken in at once."""
    monkeypatch.setattr("projects.generation_client._send", lambda *_a, **_k: False)


def test_a_picture_is_sent_in_parts_and_resumed(browser, by_hand):
    data = png()
    made = announce(browser, len(data), filename="kite.png", filetype="image/png")
    location = made.headers["Location"]
    assert (made.status_code, made.headers["Tus-Resumable"]) == (201, "1.0.0")

    assert send(browser, location, data[:30], 0).headers["Upload-Offset"] == "30"
    assert browser.client.head(location).headers["Upload-Offset"] == "30"
    assert send(browser, location, data[:30], 0).status_code == 409
    assert send(browser, location, data[30:], 30).status_code == 204
    seen = browser.client.get(location).json()
    assert (seen["status"], seen["asset"]["title"]) == ("ready", "kite")


def test_checksums_are_checked(browser, by_hand):
    data = png()
    location = announce(browser, len(data)).headers["Location"]
    good = base64.b64encode(hashlib.sha256(data).digest()).decode()

    assert send(browser, location, data, 0, **{"Upload-Checksum": "sha256 AAAA"}).status_code == 460
    assert send(browser, location, data, 0, **{"Upload-Checksum": "crc32 AAAA"}).status_code == 409
    assert send(browser, location, data, 0, **{"Upload-Checksum": f"sha256 {good}"}).status_code == 204


@pytest.mark.parametrize("length", ["", "x", "-5", "0", "9" * 30, str(2**40)])
def test_a_wrong_length_is_refused(browser, store, length):
    assert announce(browser, length).status_code == 422


def test_wrong_metadata_is_refused(browser, store):
    for metadata in ("filename !!!", "project bm9uZQ=="):
        response = browser.client.post("/api/v1/uploads", headers={"Upload-Length": "5", "Upload-Metadata": metadata})
        assert response.status_code == 422


def test_the_protocol_is_told_and_an_upload_can_be_given_up(browser, store):
    assert "creation" in browser.client.options("/api/v1/uploads").headers["Tus-Extension"]
    location = announce(browser, 10).headers["Location"]
    assert browser.client.delete(location).status_code == 204
    assert browser.client.get(location).status_code == 404
    assert browser.client.get(f"/api/v1/uploads/{uuid.uuid4()}").status_code == 404


def test_a_part_of_another_kind_or_without_a_place_is_refused(browser, store):
    location = announce(browser, 10).headers["Location"]

    assert browser.client.patch(location, data=b"x", content_type="text/plain").status_code == 415
    assert browser.client.patch(location, data=b"x", content_type=PART).status_code == 422
