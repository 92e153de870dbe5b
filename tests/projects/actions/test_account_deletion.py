"""The end of an account: what goes, what stays without a name, and what stands against it."""

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from generation.contract.messages import StageAdvanced, cancel_key
from projects.actions import account_deletion
from projects.actions.account_deletion import delete_account, planned_deletion
from projects.actions.accounts import invite, make_token
from projects.actions.collection import collect
from projects.actions.commits import commit
from projects.actions.export_life import lease_exports
from projects.actions.exports import render_export
from projects.actions.members import add_member, members_of, pass_ownership
from projects.actions.operations import apply_operations
from projects.actions.own_data import FILE_NAME, own_exports, request_own_data
from projects.actions.uploads import Announced, begin_upload, continue_upload
from projects.artifact_store import artifacts
from projects.errors import Conflict, Invalid, NotAllowed, NotFound
from projects.media.parts import part_path
from projects.models import (
    ApiToken,
    Asset,
    Collection,
    Export,
    FilmItem,
    Invitation,
    Node,
    Operation,
    Project,
    Take,
    Upload,
    User,
)
from projects.permissions import role_in
from tests.support.invariants import check
from tests.support.studio import ask, person, picture_of, project_of, shot_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def team(settings):
    settings.TEAM_MODE = True


@pytest.fixture
def eve(store):
    return person("eve", email="eve@example.org", first_name="Eve")


def test_everything_that_is_theirs_alone_goes(eve):
    mine = project_of(eve)
    picture = picture_of(eve, mine)
    Node.objects.create(project=mine, kind="image", asset=picture)
    Collection.objects.create(owner=eve, title="Weather")
    make_token(eve, "a program")
    invite(eve, email="bo@example.org", is_staff=False)
    upload = begin_upload(eve, Announced(size=9, filename="x.png"))
    continue_upload(eve, upload.pk, b"four", offset=0)
    assert part_path(upload.pk).exists()
    LogEntry.objects.create(
        user=person("keeper", is_staff=True), content_type=ContentType.objects.get_for_model(User), object_id=eve.pk,
        object_repr="eve", action_flag=2,
    )  # fmt: skip

    delete_account(eve, password=PASSWORD)

    for table in (Project, Asset, Collection, ApiToken, Invitation, Upload, Node, LogEntry):
        assert not table.objects.exists(), table
    assert not part_path(upload.pk).exists()
    left = User.objects.get(pk=eve.pk)
    said = " ".join(str(value) for value in vars(left).values())
    assert "eve" not in said.lower()
    assert (left.is_active, left.settings, left.deleted_at is not None) == (False, {}, True)
    # And the name is free.
    assert person("eve").pk != eve.pk


def test_their_files_go_when_they_are_collected_and_nobody_elses(eve, ada):
    picture_of(eve)
    others = picture_of(ada)
    delete_account(eve, password=PASSWORD)

    posters = {it.key for it in others.renditions.all()}
    found = [(key, 0.0) for folder in ("assets", "blobs") for key, _ in artifacts().stored(folder)]
    collect(found)

    left = {key for folder in ("assets", "blobs") for key, _ in artifacts().stored(folder)}
    # The picture is the same one, so its bytes are ada's, too.
    assert left == posters | {others.blob.key}


def test_what_they_made_for_others_stays_and_says_no_name(eve, studio, ada, project):
    add_member(ada, project.pk, username="eve", role="editor")
    shot = shot_in(project, duration_s=1)
    (take,) = ask(eve, shot)
    picture = picture_of(eve)
    node = {"id": str(uuid.uuid4()), "kind": "image", "asset_id": str(picture.pk)}
    apply_operations(
        eve, project.pk, [{"id": str(uuid.uuid4()), "type": "node.create", "node": node}], client_id="a tab"
    )
    unused = picture_of(eve)
    studio.until_quiet()
    take.refresh_from_db()

    delete_account(eve, password=PASSWORD)

    clip = Asset.objects.get(pk=take.asset_id)
    assert (clip.owner, Asset.objects.get(pk=picture.pk).owner) == (ada, ada)
    assert not Asset.objects.filter(pk=unused.pk).exists()
    assert [it["username"] for it in members_of(ada, project.pk)] == ["ada"]
    by = {Take.objects.get(pk=take.pk).requested_by, Operation.objects.get(project=project).user}
    assert [user.username for user in by] == [f"deleted-{eve.pk.hex[-12:]}"]
    check()


def test_a_film_keeps_its_clips(eve, ada, project):
    film = project.films.create(title="Kites")
    picture = picture_of(eve)
    FilmItem.objects.create(film=film, order=0, asset=picture)

    delete_account(eve, password=PASSWORD)

    assert film.items.get().asset.owner == ada


def test_projects_that_others_work_in_must_be_passed_on_first(eve, ada):
    shared = project_of(eve, title="Kites")
    project_of(eve, title="Alone")
    add_member(eve, shared.pk, username="ada", role="viewer")

    planned = planned_deletion(eve)
    assert (planned.refused, planned.projects) == ("projects_shared", 1)
    assert [(project.title, members) for project, members in planned.shared] == [("Kites", 1)]
    with pytest.raises(Conflict) as caught:
        delete_account(eve, password=PASSWORD)
    assert caught.value.code == "projects_shared"
    assert caught.value.params == {
        "projects": [{"id": str(shared.pk), "title": "Kites"}], "titles": "Kites", "count": 1,
    }  # fmt: skip
    assert Project.objects.filter(owner=eve).count() == 2

    pass_ownership(eve, shared.pk, ada.pk)
    assert (role_in(ada, Project.objects.get(pk=shared.pk)), planned_deletion(eve).memberships) == ("owner", 1)
    delete_account(eve, password=PASSWORD)

    assert [project.title for project in Project.objects.all()] == ["Kites"]


def test_a_shared_project_in_the_bin_stands_against_nothing(eve, ada):
    shared = project_of(eve)
    add_member(eve, shared.pk, username="ada", role="viewer")
    Project.objects.filter(pk=shared.pk).update(deleted_at="2026-01-01T00:00:00Z")

    delete_account(eve, password=PASSWORD)

    assert not Project.objects.exists()


def test_somebody_who_was_let_in_meanwhile_keeps_the_project(eve, ada, monkeypatch):
    project = project_of(eve)
    monkeypatch.setattr(
        account_deletion, "raise_cancel_flags",
        lambda: add_member(eve, project.pk, username="ada", role="viewer"),
    )  # fmt: skip

    with pytest.raises(Conflict):
        delete_account(eve, password=PASSWORD)

    assert Project.objects.filter(pk=project.pk, owner=eve).exists()
    assert User.objects.get(pk=eve.pk).is_active


def test_a_wrong_password_changes_nothing(eve):
    (take,) = ask(eve, shot_in(project_of(eve)))

    with pytest.raises(Invalid) as caught:
        delete_account(eve, password="a wrong password")

    assert caught.value.fields[0].path == "password"
    take.refresh_from_db()
    assert (take.status, take.cancel_requested_at) == ("queued", None)


def test_without_accounts_there_is_none_to_delete(eve, settings):
    settings.TEAM_MODE = False

    assert planned_deletion(eve).refused == "local_account"
    with pytest.raises(Conflict) as caught:
        delete_account(eve, password=PASSWORD)
    assert caught.value.code == "local_account"


def test_the_only_keeper_of_a_studio_stays(store):
    keeper = person("keeper", is_staff=True)
    person("former", is_staff=True, is_active=False)
    with pytest.raises(Conflict) as caught:
        delete_account(keeper, password=PASSWORD)
    assert caught.value.code == "last_admin"

    person("other", is_staff=True)
    delete_account(keeper, password=PASSWORD)

    assert not User.objects.get(pk=keeper.pk).is_staff


def test_running_takes_are_stopped_and_what_still_comes_of_them_is_dropped(eve, studio, ada, project):
    mine = project_of(eve)
    add_member(ada, project.pk, username="eve", role="editor")
    (own,) = ask(eve, shot_in(mine, duration_s=2))
    (elsewhere,) = ask(eve, shot_in(project, duration_s=2))
    studio.round()
    own.refresh_from_db()
    # A worker has it in hand.
    assert own.lease_until is not None
    assert planned_deletion(eve).takes == 2

    delete_account(eve, password=PASSWORD)

    assert artifacts().exists(cancel_key(str(own.pk)))
    assert not Take.objects.filter(pk=own.pk).exists()
    assert not commit(
        StageAdvanced(
            take_id=str(own.pk), token=own.token, worker="w1", stage=0, num_stages=4, chunk_index=-1, latents_key="",
            latents_sha256="", state_key="x", texts_key="x", context_key="", seconds=1.0,
        )
    )  # fmt: skip
    studio.until_quiet()
    elsewhere.refresh_from_db()
    assert elsewhere.status == "cancelled"
    check()


def test_an_archive_of_their_data_goes_at_once(eve):
    export = request_own_data(eve)
    lease_exports()
    render_export(export.pk)
    key = Export.objects.get(pk=export.pk).sidecars[FILE_NAME]["key"]

    delete_account(eve, password=PASSWORD)

    assert not own_exports(eve).exists()
    assert not artifacts().exists(key)


def test_only_an_owner_passes_on_and_only_to_a_member(eve, ada, project):
    with pytest.raises(NotFound):
        pass_ownership(ada, project.pk, eve.pk)
    add_member(ada, project.pk, username="eve", role="editor")
    with pytest.raises(NotAllowed):
        pass_ownership(eve, project.pk, eve.pk)

    pass_ownership(ada, project.pk, eve.pk)

    project.refresh_from_db()
    assert (role_in(eve, project), role_in(ada, project), project.version) == ("owner", "editor", 2)
    assert [it["role"] for it in members_of(ada, project.pk)] == ["owner", "editor"]
