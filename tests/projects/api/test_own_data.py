"""Own data over HTTP: the archive in ranges, the end of an account, and what both are called when they are refused."""

import io
import zipfile

import pytest

from projects.actions.accounts import make_token
from projects.actions.export_life import lease_exports
from projects.actions.exports import render_export
from projects.actions.members import add_member
from projects.actions.own_data import FILE_NAME
from projects.models import Project, User
from tests.support.api import Browser, body_of
from tests.support.studio import person, picture_of, project_of

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"


@pytest.fixture
def asked(browser, ada, store):
    """An archive that is made."""
    picture_of(ada)
    told = browser.post("/me/exports", **{"Idempotency-Key": "one"})
    assert told.status_code == 202
    lease_exports()
    render_export(told.json()["id"])
    return told.json()


def test_an_archive_is_asked_for_watched_and_fetched_in_ranges(asked, browser):
    assert (asked["status"], asked["preset"], asked["project_id"], asked["film_id"]) == (
        "queued", "own_data", None, None,
    )  # fmt: skip
    done = browser.get(f"/exports/{asked['id']}").json()
    assert (done["status"], done["progress"]) == ("succeeded", 1.0)
    assert done["expires_at"] > done["finished_at"]
    assert browser.get("/me/exports").json() == [done]
    address = done["sidecars"][0]["url"].removeprefix("/api/v1")
    assert address.endswith(f"/{FILE_NAME}")

    whole = browser.get(address)
    data = body_of(whole)
    part = browser.get(address, Range="bytes=10-19")

    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes 10-19/{len(data)}")
    assert body_of(part) == data[10:20]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "profile.json" in archive.namelist()


def test_asked_for_again_with_its_key_it_is_the_same(asked, browser):
    again = browser.post("/me/exports", **{"Idempotency-Key": "one"})

    assert (again.json()["id"], again.headers["Idempotent-Replay"]) == (asked["id"], "true")


def test_nobody_else_gets_it(asked):
    for name, staff in (("bob", False), ("keeper", True)):
        other = Browser(person(name, is_staff=staff, is_superuser=staff))
        for path in ("", f"/sidecars/{FILE_NAME}"):
            assert other.get(f"/exports/{asked['id']}{path}").status_code == 404
        assert other.get("/me/exports").json() == []
    assert Browser(None).get("/me/exports").status_code == 401


def test_it_is_made_without_accounts_too(ada, store, settings):
    settings.TEAM_MODE = False

    assert Browser(ada).post("/me/exports").status_code == 202


def test_an_account_ends_with_its_sessions_and_tokens(browser, ada, store):
    elsewhere = Browser(ada)
    _, secret = make_token(ada, "a program")
    program = {"Authorization": f"Bearer {secret}"}
    assert (elsewhere.get("/me").status_code, Browser(None).get("/me", **program).status_code) == (200, 200)
    project_of(ada)
    planned = browser.get("/me/deletion").json()
    assert planned == {"refused": None, "params": {}, "projects": 1, "shared": [], "memberships": 0, "takes": 0}

    assert browser.post("/me/deletion", {"password": PASSWORD}).status_code == 204

    assert (browser.get("/me").status_code, elsewhere.get("/me").status_code) == (401, 401)
    assert Browser(None).get("/me", **program).status_code == 401
    entry = Browser(None).post("/auth/login", {"username": "ada", "password": PASSWORD})
    assert entry.json()["code"] == "log_in_failed"
    assert not Project.objects.exists()
    keeper = Browser(person("keeper", is_staff=True))
    assert [it["username"] for it in keeper.get("/admin/users").json()] == ["keeper"]


def test_what_stands_against_it_is_told_by_name(browser, ada, store, settings):
    bob = person("bob")
    project = project_of(ada, title="Kites")
    add_member(ada, project.pk, username="bob", role="editor")

    told = browser.post("/me/deletion", {"password": PASSWORD})
    assert (told.status_code, told.json()["code"]) == (409, "projects_shared")
    assert told.json()["params"]["titles"] == "Kites"
    planned = browser.get("/me/deletion").json()
    assert planned["refused"] == "projects_shared"
    assert planned["shared"] == [{"id": str(project.pk), "title": "Kites", "members": 1}]

    passed = browser.post(f"/projects/{project.pk}/owner", {"user_id": str(bob.pk)})
    assert [(it["username"], it["role"]) for it in passed.json()] == [("bob", "owner"), ("ada", "editor")]
    wrong = browser.post("/me/deletion", {"password": "something else"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "password_wrong")
    assert wrong.json()["fields"][0]["path"] == "password"
    settings.TEAM_MODE = False
    local = browser.post("/me/deletion", {"password": PASSWORD})
    assert (local.status_code, local.json()["code"]) == (409, "local_account")
    assert User.objects.get(pk=ada.pk).is_active


def test_a_password_is_not_guessed_at_an_open_page(browser, ada, store):
    answers = [browser.post("/me/deletion", {"password": f"guess {number}"}).status_code for number in range(12)]

    assert answers == [422] * 10 + [429] * 2
    # What it would take is still shown.
    assert browser.get("/me/deletion").status_code == 200
