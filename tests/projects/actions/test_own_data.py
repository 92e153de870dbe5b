"""Everything that is a person's, as one archive that they alone can have."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from projects.actions.accounts import make_token
from projects.actions.export_life import (
    LEASE,
    MOST_DEATHS,
    begin_export,
    forget_project_files,
    is_ours,
    lease_exports,
)
from projects.actions.exports import cancel_export, export_of, render_export
from projects.actions.members import add_member
from projects.actions.own_data import FILE_NAME, own_exports, request_own_data
from projects.actions.own_records import as_json, edits_of, takes_of
from projects.artifact_store import artifacts
from projects.errors import NotFound
from projects.models import Asset, Collection, Export, Operation, Project, Take
from projects.models.film import FILES_KEPT
from tests.support.project_files import taken_in, unpacked
from tests.support.studio import ask, person, picture_of, project_of, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def eve(store):
    """Somebody with a project and a picture."""
    eve = person("eve", email="eve@example.org", first_name="Eve")
    picture = picture_of(eve, project_of(eve, title="风筝 / Kites"))
    Collection.objects.create(owner=eve, title="Weather").assets.add(picture)
    make_token(eve, "a program")
    return eve


@pytest.fixture
def maker(eve, studio, ada, project):
    """The same with a take in that project, and one in ada's."""
    ask(eve, shot_in(Project.objects.get(owner=eve), prompt="her own words", duration_s=1))
    add_member(ada, project.pk, username="eve", role="editor")
    for user, words in ((eve, "words elsewhere"), (ada, "ada's words")):
        ask(user, shot_in(project, prompt=words, duration_s=1))
    studio.until_quiet()
    return eve


def archive_of(user) -> bytes:
    """What a worker makes of the wish."""
    export = request_own_data(user)
    assert lease_exports() == [str(export.pk)]
    render_export(export.pk)
    export.refresh_from_db()
    assert (export.status, export.error_code, export.progress) == ("succeeded", "", 1.0)
    return artifacts().get(export.sidecars[FILE_NAME]["key"])


def test_it_holds_the_account_the_projects_the_library_and_every_word(maker, ada, project):
    files = unpacked(archive_of(maker))

    profile = json.loads(files["profile.json"])
    assert (profile["username"], profile["email"]) == ("eve", "eve@example.org")
    assert [it["name"] for it in profile["tokens"]] == ["a program"]
    assert [it["title"] for it in profile["projects"]] == ["风筝 / Kites"]
    assert [(it["title"], it["role"]) for it in profile["member_of"]] == [(project.title, "editor")]
    assert "password" not in files["profile.json"].decode().lower()
    library = json.loads(files["library.json"])
    mine = {str(it.pk) for it in Asset.objects.filter(owner=maker)}
    assert {it["id"] for it in library["assets"]} == mine
    assert len(mine) == 3
    # Each stands where the list says, whole.
    assert all(files[it["file"]] for it in library["assets"])
    assert sorted(it["file"].rsplit(".", 1)[1] for it in library["assets"]) == ["mp4", "mp4", "png"]
    assert [len(it["assets"]) for it in library["collections"]] == [1]
    takes = json.loads(files["takes.json"])
    assert {it["prompt"] for it in takes} == {"her own words", "words elsewhere"}
    assert json.loads(files["left_out.json"]) == []
    assert not [name for name, data in files.items() if b"ada's words" in data]


def test_a_project_in_it_can_be_taken_in_again(maker):
    files = unpacked(archive_of(maker))
    (name,) = [name for name in files if name.startswith("projects/")]

    upload = taken_in(person("bob"), files[name])

    assert (upload.status, upload.error_code) == ("ready", "")
    assert upload.project.title == "风筝 / Kites"
    assert Take.objects.get(project=upload.project).prompt == "her own words"


def test_clips_in_it_say_that_a_machine_made_them(maker, settings):
    settings.VISIBLE_LABEL = True
    files = unpacked(archive_of(maker))
    stored = {artifacts().get(it.blob.key) for it in Asset.objects.filter(owner=maker, kind="clip")}

    clips = [data for name, data in files.items() if name.endswith(".mp4")]

    assert len(clips) == 2
    assert all(b"c2pa" in data for data in clips)
    assert not stored & set(clips)


def test_edits_are_told_one_by_one(maker, project):
    Operation.objects.create(
        pk="0190c3a0-0000-7000-8000-000000000001", project=project, seq=1, user=maker, client_id="x",
        type="node.update", body={"after": {"title": "风"}},
    )  # fmt: skip

    (line,) = edits_of(maker)

    assert json.loads(line)["body"] == {"after": {"title": "风"}}
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert as_json({"at": takes_of(maker)[0]["created_at"]}, indent=None).startswith(b'{"at": "20')


def test_nobody_else_sees_it_not_even_staff(eve, ada):
    export = request_own_data(eve)

    for other in (ada, person("keeper", is_staff=True, is_superuser=True)):
        with pytest.raises(NotFound):
            export_of(other, export.pk)
        with pytest.raises(NotFound):
            cancel_export(other, export.pk)
    assert export_of(eve, export.pk) == export


def test_asking_twice_makes_one_and_a_new_one_replaces_the_old(eve):
    first = request_own_data(eve)
    assert request_own_data(eve) == first
    lease_exports()
    render_export(first.pk)
    first.refresh_from_db()
    old = first.sidecars[FILE_NAME]["key"]
    assert artifacts().exists(old)

    second = request_own_data(eve)
    # Until there is a new one, the old one can be had.
    assert artifacts().exists(old)
    lease_exports()
    render_export(second.pk)

    assert [it.pk for it in own_exports(eve)] == [second.pk]
    assert not artifacts().exists(old)


def test_a_file_that_is_gone_is_named_and_keeps_back_nothing_else(maker):
    lost = Asset.objects.filter(owner=maker, kind="clip", project__owner=maker).get()
    artifacts().delete(lost.blob.key)

    files = unpacked(archive_of(maker))

    left_out = json.loads(files["left_out.json"])
    assert {it["code"] for it in left_out} == {"missing_media", "storage_failed"}
    assert str(lost.pk) in left_out[1]["file"]
    by_id = {it["id"]: it["file"] for it in json.loads(files["library.json"])["assets"]}
    assert by_id.pop(str(lost.pk)) is None
    assert all(files[name] for name in by_id.values())


def test_one_that_was_stopped_leaves_nothing(eve, monkeypatch):
    export = request_own_data(eve)
    lease_exports()
    monkeypatch.setattr("projects.actions.own_data.profile_of", lambda user: cancel_export(user, export.pk) and {})

    render_export(export.pk)

    export.refresh_from_db()
    assert (export.status, export.sidecars) == ("cancelled", {})
    assert list(artifacts().stored("blobs/own-data")) == []


def test_whoever_lost_the_lease_neither_ends_it_nor_leaves_a_file(eve, monkeypatch):
    export = request_own_data(eve)
    lease_exports()

    def taken_over(_user):
        Export.objects.filter(pk=export.pk).update(token=99)
        return {}

    monkeypatch.setattr("projects.actions.own_data.profile_of", taken_over)
    render_export(export.pk)

    export.refresh_from_db()
    assert (export.status, export.token) == ("running", 99)
    assert list(artifacts().stored("blobs/own-data")) == []


def test_a_worker_that_died_is_followed_by_another_and_after_three_it_ends(eve):
    export = request_own_data(eve)
    for deaths in range(MOST_DEATHS):
        assert lease_exports() == [str(export.pk)]
        export.refresh_from_db()
        assert (export.deaths, is_ours(export, export.token), begin_export(export.pk)) == (deaths, True, True)
        Export.objects.filter(pk=export.pk).update(lease_until=export.lease_until - 2 * LEASE)

    assert lease_exports() == []
    export.refresh_from_db()
    assert (export.status, export.error_code) == ("failed", "worker_failed")
    # It is asked for again as if nothing had been.
    assert request_own_data(eve).pk != export.pk


def test_a_full_disk_ends_it_and_leaves_nothing(eve, monkeypatch):
    export = request_own_data(eve)
    lease_exports()
    monkeypatch.setattr("projects.actions.own_data.has_room_to_go_on", lambda: False)

    render_export(export.pk)

    export.refresh_from_db()
    assert (export.status, export.error_code) == ("failed", "export_disk")
    assert list(artifacts().stored("blobs/own-data")) == []


def test_it_is_kept_for_a_week(eve):
    archive_of(eve)
    export = own_exports(eve).get()
    assert export.expires_at == export.finished_at + FILES_KEPT
    assert forget_project_files() == 0
    Export.objects.update(finished_at=export.finished_at - FILES_KEPT - timedelta(minutes=1))

    forget_project_files()

    assert not own_exports(eve).exists()


def test_a_person_with_nothing_gets_an_archive_of_that(db, store):
    data = archive_of(person("new"))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
    files = unpacked(data)
    assert sorted(files) == ["edits.jsonl", "left_out.json", "library.json", "profile.json", "takes.json"]
    assert json.loads(files["library.json"])["assets"] == []
