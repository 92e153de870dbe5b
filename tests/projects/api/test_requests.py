"""Refusals, versions, pages, repeated requests, tokens, rates: what every address shares."""

import json
import sqlite3
import uuid

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import DataError, InterfaceError, OperationalError
from django.test import Client
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.throttling import BaseThrottle

from projects.actions.accounts import make_token
from projects.api.authentication import TokenAuthentication
from projects.api.bodies import AssetBulk, TakeRequest
from projects.api.paging import CursorPaging
from projects.api.problems import problem_response
from projects.api.requests import require_version, uuid_of
from projects.api.throttling import EnhanceThrottle, LogInThrottle, PersonThrottle
from projects.errors import Invalid, Outdated, QuotaSpent, TooMany
from projects.models import Project
from tests.support.api import Browser
from tests.support.studio import person, project_of, shot_in

pytestmark = pytest.mark.django_db


def of_sqlite(code):
    """An error as Django raises it from one of the driver's."""
    error, cause = OperationalError("a secret in here"), sqlite3.OperationalError("a secret in here")
    cause.sqlite_errorcode = code
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (QuotaSpent("x", params={"left_s": 1}), 402, "quota"),
        (Outdated("x", current={"a": 1}), 412, "outdated"),
        (ValidationError({"a": ["wrong"], "b": {"c": ["bad"]}}), 422, "invalid"),
        (Throttled(wait=3), 429, "rate_limit"),
        (TooMany("x", params={"retry_after_s": 9}), 429, "too_many"),
        (of_sqlite(sqlite3.SQLITE_BUSY), 503, "database_busy"),
        (of_sqlite(sqlite3.SQLITE_FULL), 503, "disk_full"),
        (of_sqlite(sqlite3.SQLITE_CANTOPEN), 503, "database_away"),
        (of_sqlite(sqlite3.SQLITE_ERROR), 500, "server"),
        (OperationalError("the connection is closed"), 503, "database_away"),
        (InterfaceError("the connection is closed"), 503, "database_away"),
        (RuntimeError("a secret in here"), 500, "server"),
        (OverflowError("Python int too large"), 422, "invalid"),
        (DataError("text fields cannot contain NUL"), 422, "invalid"),
    ],
)
def test_everything_that_goes_wrong_is_a_problem_with_a_code(error, status, code):
    response = problem_response(error, {})

    assert (response.status_code, response.data["code"]) == (status, code)
    assert response.content_type == "application/problem+json"
    assert response.data["trace_id"]
    assert "secret" not in json.dumps(response.data)


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/v1/assets/0", "/api/v1/takes/0/media"])
def test_an_address_that_there_is_not_is_a_problem_too(browser, path):
    response = browser.client.get(path)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_elsewhere_people_get_a_page(browser):
    assert browser.client.get("/static/nothing.js").headers["Content-Type"].startswith("text/html")


def test_a_plain_view_that_fails_says_so_and_no_more(ada, monkeypatch, store):
    monkeypatch.setattr("projects.api.media.visible_take", lambda *_: 1 / 0)
    client = Client(raise_request_exception=False)
    client.force_login(ada)

    response = client.get("/api/v1/takes/0190c3a0-0000-7000-8000-000000000000/media")

    assert (response.status_code, response.json()["code"]) == (500, "server")
    assert b"ZeroDivision" not in response.content


@pytest.mark.parametrize(
    "place", ["projects.api.media.visible_take", "django.contrib.sessions.backends.db.SessionStore.load"]
)
def test_a_database_that_is_away_is_said_before_and_in_a_plain_view(ada, monkeypatch, store, settings, place):
    # Then whoever lets the one person in asks first.
    settings.TEAM_MODE = False
    client = Client(raise_request_exception=False)
    client.force_login(ada)

    def away(*_):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(place, away)

    response = client.get("/api/v1/takes/0190c3a0-0000-7000-8000-000000000000/media")

    assert (response.status_code, response.json()["code"]) == (503, "database_away")
    assert response.headers["Retry-After"] == "5"


def test_a_host_that_is_not_served_is_a_problem(browser, settings):
    settings.ALLOWED_HOSTS = ["localhost"]

    response = browser.client.get("/api/v1/me", headers={"Host": "evil.example.org"})

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


def test_wrong_fields_are_named_with_their_path():
    response = problem_response(ValidationError({"a": ["wrong"], "b": [{"c": ["bad"]}]}), {})

    assert [field["path"] for field in response.data["fields"]] == ["a", "b.0.c"]


def test_who_must_wait_is_told_how_long():
    assert problem_response(TooMany("x", params={"retry_after_s": 9}), {}).headers["Retry-After"] == "9"


class Asked:
    def __init__(self, **headers):
        self.headers = headers


def test_a_change_of_something_newer_is_refused_with_what_it_is_now():
    require_version(Asked(), 3, dict)
    require_version(Asked(**{"If-Match": '"3"'}), 3, dict)
    require_version(Asked(**{"If-Match": "*"}), 3, dict)
    with pytest.raises(Outdated) as caught:
        require_version(Asked(**{"If-Match": '"2"'}), 3, lambda: {"version": 3})
    assert caught.value.current == {"version": 3}


def test_an_id_that_is_none_is_named():
    with pytest.raises(Invalid, match="project must be an id"):
        uuid_of("x", "project")


@pytest.mark.parametrize("body", ["[]", "5", '"x"', "{", "null", "\\ud800"])
def test_a_body_that_is_no_object_is_refused(browser, body):
    response = browser.client.post("/api/v1/projects", data=body, content_type="application/json")

    assert response.status_code in (400, 422)
    assert response.json()["code"] in ("bad_request", "invalid")


def test_another_media_type_is_refused(browser):
    assert browser.client.post("/api/v1/projects", data="x", content_type="text/plain").status_code == 415


def test_a_repeated_request_is_carried_out_once(browser):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = browser.post("/projects", {"title": "A"}, **key)
    again = browser.post("/projects", {"title": "A"}, **key)

    assert first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert Project.objects.count() == 1
    assert browser.post("/projects", {"title": "B"}, **key).json()["code"] == "idempotency_mismatch"


def test_a_request_that_was_refused_can_be_sent_again_under_its_key(browser, project):
    shot = shot_in(project, prompt="")
    key = {"Idempotency-Key": "k"}
    assert browser.post(f"/shots/{shot.pk}/takes", {}, **key).json()["code"] == "prompt_empty"

    assert browser.post(f"/shots/{shot.pk}/takes", {"prompt": "zoom in"}, **key).status_code == 202


def test_lists_come_a_page_at_a_time(browser, ada):
    for number in range(7):
        project_of(ada, f"P{number}")
    seen, path = [], "/projects?limit=3"
    while path:
        page = browser.get(path).json()
        seen += [project["title"] for project in page["results"]]
        path = page["next"] and page["next"].split("/api/v1")[1]

    assert seen == [f"P{number}" for number in reversed(range(7))]
    assert CursorPaging.max_page_size == 200


def test_a_token_acts_for_its_person_until_it_is_revoked(ada):
    token, secret = make_token(ada, "script")
    program = Browser(None, authorization=f"Bearer {secret}")

    assert program.get("/me").json()["username"] == "ada"
    type(token).objects.update(revoked_at="2020-01-01T00:00:00Z")
    assert program.get("/me").status_code == 401
    assert Browser(None, authorization="Bearer nonsense").get("/me").status_code == 401
    assert TokenAuthentication().authenticate(Asked()) is None


def test_rates_are_counted_per_person_and_sign_ins_per_name_and_address(rf, ada):
    request = rf.post("/")
    request.user, request.data = ada, {"username": "Bob"}

    assert str(ada.pk) in PersonThrottle().get_cache_key(request, None)
    key = LogInThrottle().get_cache_key(request, None)
    request.data = {"username": "bOB"}
    assert LogInThrottle().get_cache_key(request, None) == key
    request.data = {"username": "Bob and a sign for ♪"}
    assert LogInThrottle().get_cache_key(request, None) != key
    assert "enhance" in EnhanceThrottle().get_cache_key(request, None)


def test_guessing_passwords_is_slowed_down(ada):
    stranger = Browser(None)
    answers = [
        stranger.post("/auth/login", {"username": "ada", "password": str(number)}).status_code for number in range(12)
    ]

    assert answers[0] == 403
    assert answers[-1] == 429


@pytest.fixture
def many_people():
    """Somebody to be found, somebody who left, somebody who never had a password."""
    person("left", is_active=False)
    nobody = person("local")
    nobody.set_unusable_password()
    nobody.save()


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "wrong"), ("nobody at all", "wrong"), ("left", "a long password"), ("local", "wrong"), ("\u0430da", "x")],
)
def test_every_sign_in_that_fails_costs_the_same_and_says_the_same(ada, many_people, monkeypatch, name, password):
    """What takes time is the hashing of a password: it is done once, whoever is named."""
    done, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: done.append(1) or encode(*given))

    response = Browser(None).post("/auth/login", {"username": name, "password": password})

    assert (response.status_code, response.json()["code"]) == (403, "log_in_failed")
    assert response.json()["detail"] == "the name or the password is wrong"
    assert len(done) == 1


def test_signing_in_and_out(ada):
    browser = Browser(None)
    assert browser.post("/auth/login", {"username": "ada", "password": "a long password"}).status_code == 200
    assert browser.get("/me").status_code == 200
    assert browser.post("/auth/logout").status_code == 204
    assert browser.get("/me").status_code in (401, 403)


@pytest.mark.parametrize(
    "body", [{"count": "many"}, {"duration_s": 0}, {"seed": 2**64}, {"from": {"take_id": "x"}}, {"second_prompts": []}]
)
def test_requests_for_takes_are_checked_field_by_field(body):
    assert not TakeRequest(data=body).is_valid()


def test_nobody_gets_more_tries_by_naming_another_address(rf):
    named = ("1.1.1.1", "2.2.2.2")
    seen = {BaseThrottle().get_ident(rf.post("/", headers={"X-Forwarded-For": address})) for address in named}

    assert seen == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("body", "name", "values"),
    [(AssetBulk, "ids", ["x"] * 200_000), (TakeRequest, "second_prompts", {str(n): None for n in range(200_000)})],
)
def test_what_is_far_too_long_is_refused_once_and_not_entry_by_entry(body, name, values):
    checked = body(data={"action": "delete", name: values})

    assert not checked.is_valid()
    (problem,) = checked.errors[name]
    assert problem.code == "max_length"
