"""Resumable uploads as a browser speaks them."""

import base64
import hashlib
import uuid

import pytest

from projects.actions.export_life import lease_exports
from projects.actions.exports import render_export
from projects.actions.uploads import process_upload
from projects.media.parts import part_path
from projects.models import Asset, Blob, Membership, Node, Upload
from tests.projects.actions.test_library import png
from tests.support.api import Browser, body_of
from tests.support.studio import person, picture_of

pytestmark = pytest.mark.django_db
PART = "application/offset+octet-stream"


def announce(browser, size, *, key="", **facts):
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())
    once = {"Idempotency-Key": key} if key else {}
    return browser.client.post(
        "/api/v1/uploads",
        headers={"Upload-Length": str(size), "Upload-Metadata": metadata, "Tus-Resumable": "1.0.0", **once},
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

    changed = send(browser, location, data, 0, **{"Upload-Checksum": "sha256 AAAA"})
    assert (changed.status_code, changed.json()["code"]) == (460, "checksum_mismatch")
    unknown = send(browser, location, data, 0, **{"Upload-Checksum": "crc32 AAAA"})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "checksum_unknown")
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


def test_a_file_that_is_not_the_announced_one_is_refused_and_forgotten(browser, by_hand):
    data = png()
    location = announce(browser, len(data), sha256=hashlib.sha256(b"another").hexdigest()).headers["Location"]

    assert send(browser, location, data[:9], 0).status_code == 204
    refused = send(browser, location, data[9:], 9)

    assert (refused.status_code, refused.json()["code"]) == (422, "upload_changed")
    seen = browser.client.get(location).json()
    assert (seen["status"], seen["error"]["code"]) == ("failed", "upload_changed")
    assert not part_path(seen["id"]).exists()
    assert not Asset.objects.exists()


def test_a_process_that_died_before_it_could_compare_is_made_up_for(browser, by_hand, monkeypatch):
    data = png()
    location = announce(browser, len(data), sha256="0" * 64).headers["Location"]
    with monkeypatch.context() as dying:
        dying.setattr("projects.actions.uploads._compare", lambda _upload: None)
        dying.setattr("projects.api.uploads.process_upload", lambda _id: True)
        assert send(browser, location, data, 0).status_code == 204

    process_upload(location.rsplit("/", 1)[-1])

    assert browser.client.get(location).json()["error"]["code"] == "upload_changed"


def test_a_file_that_the_person_brought_before_costs_nothing_again(browser, by_hand, ada, project, monkeypatch):
    data = png()
    announced = {"sha256": hashlib.sha256(data).hexdigest().upper()}
    first = announce(browser, len(data)).headers["Location"]
    send(browser, first, data, 0)
    node = Node.objects.create(project=project, kind="image")
    monkeypatch.setattr("projects.actions.uploads.take_in", lambda _path: pytest.fail("it is there already"))

    again = announce(browser, len(data), project=str(project.pk), node=str(node.pk), **announced).headers["Location"]
    assert send(browser, again, data, 0).status_code == 204

    assert browser.client.get(again).json()["asset"]["id"] == browser.client.get(first).json()["asset"]["id"]
    assert Asset.objects.count() == Blob.objects.count() == 1
    node.refresh_from_db()
    assert node.asset is not None


def test_the_file_of_another_person_or_in_the_bin_is_taken_in_anew(browser, by_hand, ada):
    data = png()
    mine = announce(browser, len(data)).headers["Location"]
    send(browser, mine, data, 0)
    Asset.objects.update(deleted_at="2026-01-01T00:00:00Z")
    again = announce(browser, len(data), sha256=hashlib.sha256(data).hexdigest()).headers["Location"]
    send(browser, again, data, 0)
    other = Browser(person("eve"))
    theirs = announce(other, len(data), sha256=hashlib.sha256(data).hexdigest()).headers["Location"]
    send(other, theirs, data, 0)

    assert Asset.objects.count() == 3
    assert Blob.objects.count() == 1
    assert Asset.objects.filter(owner__username="eve", deleted_at=None).count() == 1


@pytest.mark.parametrize("facts", [{"sha256": "x"}, {"sha256": "0" * 63}, {"kind": "program"}])
def test_an_announcement_that_cannot_be_kept_is_refused(browser, store, facts):
    assert announce(browser, 10, **facts).status_code == 422


def test_a_file_that_is_announced_twice_under_one_key_is_one_upload(browser, store):
    first, again = (announce(browser, 10, key="k", filename="a") for _ in range(2))

    assert again.headers["Location"] == first.headers["Location"]
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (201, "true")
    assert again.json() == first.json()
    assert announce(browser, 11, key="k", filename="a").json()["code"] == "idempotency_mismatch"
    assert Upload.objects.count() == 1


def test_a_project_goes_out_and_comes_back_over_http(browser, by_hand, ada, project):
    Node.objects.create(project=project, kind="image", asset=picture_of(ada, project), title="Sea")
    asked = browser.post(f"/projects/{project.pk}/exports").json()
    assert (asked["film_id"], asked["project_id"], asked["preset"]) == (None, str(project.pk), "project")
    for export_id in lease_exports():
        render_export(export_id)
    (file,) = browser.get(f"/exports/{asked['id']}").json()["sidecars"]
    path = file["url"].removeprefix("/api/v1")
    data = body_of(browser.get(path))

    part = browser.get(path, Range="bytes=0-3")
    assert (part.status_code, body_of(part)) == (206, b"PK\x03\x04")
    assert "project.zip" in browser.get(path).headers["Content-Disposition"]
    location = announce(browser, len(data), kind="project", sha256=hashlib.sha256(data).hexdigest()).headers["Location"]
    send(browser, location, data, 0)

    seen = browser.client.get(location).json()
    assert (seen["kind"], seen["status"], seen["asset"]) == ("project", "ready", None)
    (node,) = browser.get(f"/projects/{seen['project_id']}/canvas").json()["nodes"]
    assert node["title"] == "Sea"
    # Who may only look at a project gets no file that carries no label.
    eve = person("eve")
    Membership.objects.create(project=project, user=eve, role="viewer")
    assert Browser(eve).get(path).status_code == 403
