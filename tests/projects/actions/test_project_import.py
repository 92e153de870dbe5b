"""A project leaves as a file and comes back: the same tree, the same bytes; and what is no such file does not."""

import io
import json
import struct
import zipfile

import pytest

from generation.media.video import read_all
from projects.actions.film_changes import build_film, change_film, create_film
from projects.actions.project_export import request_project_file
from projects.actions.uploads import process_upload
from projects.actions.usage import stored_bytes, usage_of
from projects.artifact_store import artifacts
from projects.errors import NotAllowed
from projects.media.parts import notes_path, part_path
from projects.models import Asset, Chunk, Film, Membership, Node, Project, QuotaEntry, Take, Upload
from tests.support.invariants import check
from tests.support.project_files import changed, file_of, packed, taken_in, unpacked
from tests.support.studio import ask, person, picture_of, shot_in
from tests.support.wrong_project_files import WRONG

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(studio, ada, project):
    """A picture, a shot of it with two takes, a shot that goes on from the middle, a note, and a film of the path."""
    picture = picture_of(ada, project)
    image = Node.objects.create(project=project, kind="image", asset=picture, title="海")
    first = shot_in(project, parent_node=image, prompt="slow zoom in", second_prompts={"2": "pan left"}, color="3")
    one, two = ask(ada, first, count=2)
    studio.until_quiet()
    second = shot_in(project, parent_take=one, parent_frames=36, prompt="pan left", duration_s=1)
    (three,) = ask(ada, second)
    studio.until_quiet()
    Node.objects.filter(pk=first.pk).update(chosen_take=one)
    Node.objects.filter(pk=second.pk).update(chosen_take=three)
    Node.objects.create(project=project, kind="note", text="remember", x=7)
    Take.objects.filter(pk=two.pk).update(starred=True, tags=["warm"])
    Project.objects.filter(pk=project.pk).update(settings={"takes": 2}, poster_asset=picture)
    film = create_film(ada, project.pk, title="Film")
    build_film(ada, film.pk, second.pk)
    project.refresh_from_db()
    return project


def described(project) -> dict:
    """A project without ids: cards by what they say, takes by their seeds."""

    def seed(take):
        return take.seed if take else None

    nodes = Node.objects.filter(project=project, deleted_at=None).select_related("parent_node", "asset")
    return {
        "project": (project.title, project.settings, project.poster_asset.blob_id),
        "nodes": sorted(
            (
                node.kind, node.title, node.prompt, node.text, node.x, node.color, json.dumps(node.second_prompts),
                node.asset.blob_id if node.asset else "", node.parent_node.title if node.parent_node else "",
                seed(node.parent_take), node.parent_frames, seed(node.chosen_take),
            )
            for node in nodes
        ),
        "takes": sorted(
            (
                take.seed, take.prompt, take.enhanced_prompt, json.dumps(take.settings, sort_keys=True),
                take.duration_s, take.ordinal,
                take.starred, str(take.tags), seed(take.parent_take), take.parent_frames or 0, take.asset.blob_id,
                take.shot.prompt, take.source_asset.blob_id if take.source_asset else "", take.width, take.height,
                str(list(take.chunks.order_by("index").values_list(
                    "index", "latents_sha256", "fragment_sha256", "fragment_bytes", "mime_type", "width", "height",
                ))),
            )
            for take in Take.objects.filter(project=project)
        ),
        "films": [
            (film.title, [
                (seed(it.take), it.start_frame, it.stop_frame, it.transition) for it in film.items.all()
            ])
            for film in Film.objects.filter(project=project)
        ],
    }  # fmt: skip


def test_a_project_comes_back_with_the_same_tree_and_the_same_bytes(whole, ada):
    data = file_of(ada, whole)
    eve = person("eve")
    upload = taken_in(eve, data)

    assert (upload.status, upload.error_code) == ("ready", "")
    assert upload.project.owner == eve
    assert described(upload.project) == described(whole)
    # Nothing of the one is in the other.
    assert not Take.objects.filter(project=upload.project, pk__in=Take.objects.filter(project=whole)).exists()
    assert not Asset.objects.filter(owner=eve, pk__in=Asset.objects.filter(owner=ada)).exists()
    # Takes that came whole cost storage and no seconds, and the ledger says so.
    check(at_rest=True)
    assert {(entry.kind, entry.seconds) for entry in QuotaEntry.objects.filter(user=eve)} == {("brought", 0)}
    assert (usage_of(eve)["seconds_today"], usage_of(eve)["days"]) == (0, [])
    assert stored_bytes(eve) == stored_bytes(ada)
    assert not part_path(upload.pk).exists()
    assert not notes_path(upload.pk).exists()
    # And the copy's file is the same but for its ids.
    again = unpacked(file_of(eve, upload.project))
    assert set(again) == set(unpacked(data))


def test_what_came_back_plays_by_seconds_and_can_be_continued_from_its_latents(whole, studio, ada):
    copy = taken_in(ada, file_of(ada, whole)).project
    one = Take.objects.get(project=copy, starred=False, duration_s=2)
    chunk = one.chunks.get(index=1)
    store = artifacts()
    assert len(read_all(store.get(chunk.init_key) + store.get(chunk.fragment_key))) == 24

    (more,) = ask(ada, shot_in(copy, parent_take=one, parent_frames=24, duration_s=1))
    studio.until_quiet()

    more.refresh_from_db()
    assert more.status == "succeeded", more.error_detail
    assert more.spec["latents"]["chunk_keys"] == [one.chunks.get(index=0).latents_key]


def test_equal_projects_give_equal_bytes(whole, ada):
    assert file_of(ada, whole) == file_of(ada, whole)


def test_what_is_in_the_library_already_is_not_there_twice(whole, ada):
    pictures = Asset.objects.filter(owner=ada, kind="image").count()
    before = stored_bytes(ada)
    taken_in(ada, file_of(ada, whole))

    assert Asset.objects.filter(owner=ada, kind="image").count() == pictures
    assert stored_bytes(ada) == before


def test_what_is_not_finished_or_gone_stays_behind(whole, ada):
    Take.objects.create(
        shot=Node.objects.filter(project=whole, kind="shot").first(), project=whole, requested_by=ada, ordinal=9,
        duration_s=1, seed=1,
    )  # fmt: skip
    Node.objects.filter(project=whole, kind="note").update(deleted_at="2026-01-01T00:00:00Z")
    copy = taken_in(ada, file_of(ada, whole)).project

    assert Take.objects.filter(project=copy).count() == 3
    assert not Node.objects.filter(project=copy, kind="note").exists()


def test_a_clip_in_a_film_whose_shot_is_gone_comes_along(whole, ada):
    Node.objects.filter(project=whole, prompt="pan left").update(deleted_at="2026-01-01T00:00:00Z")
    copy = taken_in(ada, file_of(ada, whole)).project

    first, last = Film.objects.get(project=copy).items.all()
    assert first.take is not None
    assert last.take is None
    assert last.asset.frames == 24


def test_who_may_only_look_gets_no_file(whole):
    eve = person("eve")
    Membership.objects.create(project=whole, user=eve, role="viewer")

    with pytest.raises(NotAllowed):
        request_project_file(eve, whole.pk)


def test_bytes_are_counted_before_any_row_is_written(whole, ada, settings, monkeypatch):
    data = file_of(ada, whole)
    eve = person("eve")
    monkeypatch.setattr("projects.actions.uploads.stored_bytes", lambda _user: 0)
    settings.STORAGE_BYTES_PER_PERSON = len(data)
    monkeypatch.setattr("projects.actions.project_import.stored_bytes", lambda _user: len(data))

    upload = taken_in(eve, data)

    assert (upload.status, upload.error_code) == ("failed", "storage")
    assert not Project.objects.filter(owner=eve).exists()


def test_a_process_that_dies_in_between_leaves_what_it_found_out(whole, ada, monkeypatch):
    data = file_of(ada, whole)
    looked = []
    from projects.media import project_files

    really = project_files.look_at
    monkeypatch.setattr(
        project_files, "look_at", lambda path, **options: looked.append(path) or really(path, **options)
    )
    upload = taken_in(person("eve"), data)
    assert process_upload(upload.pk)
    assert Project.objects.count() == 2

    # One look per file and one per take's seconds, although each round did but one of them.
    assert upload.status == "ready"
    assert len(looked) == 4 + 3


def test_what_is_no_file_of_a_project_is_refused_by_name_and_leaves_nothing(whole, ada):
    data = file_of(ada, whole)
    eve = person("eve")
    before = {model: model.objects.count() for model in (Project, Node, Take, Chunk, Asset, Film)}
    for change, code in WRONG.items():
        upload = taken_in(eve, changed(data, change))

        assert (upload.status, upload.error_code) == ("failed", code), change.__name__
        assert not part_path(upload.pk).exists(), change.__name__
        assert {model: model.objects.count() for model in before} == before, change.__name__


def _bomb(_data) -> bytes:
    files = {"project.json": b"{}", f"media/{'0' * 64}": bytes(50_000_000)}
    return packed(files, how=zipfile.ZIP_DEFLATED)


def _encrypted(data) -> bytes:
    # The flag in the local header and in the list at the end.
    changed_bytes = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := changed_bytes.find(signature, at + 1)) >= 0:
            changed_bytes[at + offset] |= 1
    return bytes(changed_bytes)


def _link(data) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in unpacked(data).items():
            archive.writestr(name, content)
        info = zipfile.ZipInfo(f"media/{'1' * 64}")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def _twice(data) -> bytes:
    """Two files of one name: the second one is renamed once it is written, there and in the list."""
    twice = packed({"project.json": unpacked(data)["project.json"], "project.jsom": b"{}"})
    return twice.replace(b"project.jsom", b"project.json")


def _many_names(_data) -> bytes:
    """An end that promises more entries than anybody has."""
    return b"\0" * 100 + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**31, 0, 0)


def _cut(data) -> bytes:
    return data[: len(data) // 2]


def _nested(_data) -> bytes:
    return packed({"project.json": b"[" * 100_000 + b"]" * 100_000})


NO_ARCHIVES = {
    _bomb: "project_file_too_big", _encrypted: "project_file_unsafe", _link: "project_file_unsafe",
    _twice: "project_file_unsafe", _many_names: "project_file_too_big", _cut: "project_file_unreadable",
    _nested: "project_file_unreadable", (lambda _data: b"no archive at all"): "project_file_unreadable",
    (lambda _data: packed({"x": b""})): "project_file_unsafe",
    (lambda _data: packed({})): "project_file_unreadable",
}  # fmt: skip


def test_archives_that_mean_harm_are_refused_before_they_are_unpacked(whole, ada):
    data = file_of(ada, whole)
    for make, code in NO_ARCHIVES.items():
        upload = taken_in(ada, make(data))
        assert (upload.status, upload.error_code) == ("failed", code), make.__name__
    assert Project.objects.filter(owner=ada).count() == 1


def test_an_archive_packed_anew_by_another_program_is_read(whole, ada):
    files = unpacked(file_of(ada, whole))
    upload = taken_in(ada, packed({"media/": b"", **files}, how=zipfile.ZIP_DEFLATED))

    assert upload.status == "ready"
    assert Upload.objects.get(pk=upload.pk).project is not None
    assert change_film(ada, Film.objects.get(project=upload.project).pk, {"title": "x"}).title == "x"
