"""Whatever the schema allows, and much that it does not, is answered in words: never by an error of ours.

By default a few cases of each operation; with ``--slow`` more than two thousand.
"""

import json
import uuid
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from projects.actions.accounts import invite, make_token
from projects.actions.checkpoints import make_checkpoint
from projects.actions.shares import share
from projects.models import Collection, Export, Film, Node, Upload
from tests.support.studio import ask, person, picture_of, project_of, shot_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("many_questions")]
FEW, MANY = 5, 32
# Nothing that a schema would come up with: what breaks encoders, columns and parsers.
NASTY: list[Any] = [
    "\ud800", "\0", "\r\nX: y", "%s%n{0}", "<script>", "../../etc/passwd", "\u202e", "😀" * 50, "x" * 20_000, "", None,
    -1, 2**31, 2**63, 2**64, 10**400, 1e308, float("nan"), float("inf"), True, [], {}, [[[[]]]], {"a": {"b": None}},
    str(uuid.UUID(int=0)), "2026-13-45T99:99:99Z", "0190c3a0-0000-7000-8000-000000000000",
]  # fmt: skip


def operations() -> list[Any]:
    """Every operation of the API's schema."""
    made = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    return [found.ok() for found in schemathesis.openapi.from_dict(made).get_all_operations()]


OPERATIONS = {f"{it.method.upper()} {it.path}": it for it in operations()}
# Files are plain views, so no schema names them.
FILES = (
    "takes/{take_id}/media", "takes/{take_id}/poster", "takes/{take_id}/sprite", "takes/{take_id}/frame",
    "takes/{take_id}/live/init.mp4", "takes/{take_id}/live/{second}.m4s", "takes/{take_id}/live/playlist.m3u8",
    "assets/{asset_id}/media", "assets/{asset_id}/poster", "assets/{asset_id}/sprite", "exports/{export_id}/media",
    "exports/{export_id}/sidecars/{name}", "public/s/{secret}/takes/{take_id}/media",
    "public/s/{secret}/takes/{take_id}/poster", "public/s/{secret}/pictures/{asset_id}/poster",
)  # fmt: skip


@pytest.fixture
def many_questions(monkeypatch):
    """Nobody counts how often one asks."""
    monkeypatch.setattr("projects.api.throttling.SimpleRateThrottle.allow_request", lambda *_: True)
    monkeypatch.setattr("projects.generation_client._send", lambda *_a, **_k: True)
    cache.clear()


@pytest.fixture
def world(store, ada):
    """One of everything, so that addresses lead somewhere; and who asks."""
    ada.is_staff = True
    ada.save()
    project = project_of(ada)
    picture = picture_of(ada, project)
    image = Node.objects.create(project=project, kind="image", asset=picture)
    shot = shot_in(project, parent_node=image)
    take, _ = ask(ada, shot, count=2)
    film = Film.objects.create(project=project, title="Film")
    link, secret = share(ada, project.pk, scope="tree", film_id=None, allow_copy=True, expires_at=None)
    token, _ = make_token(ada, "a program")
    invitation, _ = invite(ada, email="x@example.org", is_staff=False)
    bob = person("bob")
    ids = {
        "project_id": project.pk, "shot_id": shot.pk, "take_id": take.pk, "asset_id": picture.pk, "film_id": film.pk,
        "export_id": Export.objects.create(film=film, requested_by=ada, preset="master").pk,
        "upload_id": Upload.objects.create(owner=ada, size=9, expires_at="2100-01-01T00:00:00Z").pk,
        "collection_id": Collection.objects.create(owner=ada, title="Weather").pk,
        "checkpoint_id": make_checkpoint(ada, project.pk, "x").pk,
        "share_id": link.pk, "token_id": token.pk, "user_id": bob.pk, "secret": secret, "second": 1,
        "name": "project.json",
    }  # fmt: skip
    client = Client(raise_request_exception=False)
    client.force_login(ada)
    return client, {key: str(value) for key, value in ids.items()}, invitation


def examples(request: pytest.FixtureRequest) -> settings:
    """How many cases, none of them new from run to run."""
    most = MANY if request.config.getoption("--slow") else FEW
    return settings(
        max_examples=most, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )


def spoiled(value: Any, data: st.DataObject) -> Any:
    """A body in which something nasty stands in place of one of its values, or of all of it."""
    nasty = data.draw(st.sampled_from(NASTY))
    if isinstance(value, dict) and value and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(sorted(value, key=str)))
        return {**value, key: spoiled(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        return [spoiled(value[0], data), *value[1:]]
    return nasty


def send(client: Client, case: Any, known: dict[str, str], data: st.DataObject):
    """Send a case, mostly to where something is."""
    found = known if data.draw(st.integers(0, 3)) else {}
    values = {**case.path_parameters, **{key: value for key, value in found.items() if key in case.path_parameters}}
    path = case.path
    for key, value in values.items():
        path = path.replace("{" + key + "}", str(value).replace("/", "%2F").replace("?", "%3F").replace("#", "%23"))
    body = case.body
    if isinstance(body, schemathesis.core.NotSet):
        body = {}
    if case.method != "GET" and data.draw(st.integers(0, 2)) == 0:
        body = spoiled(body, data)
    text = body if isinstance(body, bytes) else json.dumps(body, default=str)
    query = {key: value for key, value in (case.query or {}).items() if value is not None}
    if case.method == "GET" and data.draw(st.booleans()):
        query[data.draw(st.sampled_from(("cursor", "search", "sort", "limit", "w", "filter[project]")))] = data.draw(
            st.sampled_from([str(one) for one in NASTY if one != "\ud800"])
        )
    headers = {
        str(key): str(value)
        for key, value in (case.headers or {}).items()
        if str(value).isascii() and str(value).isprintable() and str(key).isascii() and str(key).isprintable()
    }
    kind = "application/offset+octet-stream" if "/uploads/" in path and case.method == "PATCH" else "application/json"
    return client.generic(case.method.upper(), path, text, kind, query_params=query, headers=headers)


def check(response, told) -> None:
    """Answered in words, and refused as a problem with a code."""
    assert response.status_code < 500 or response.status_code == 503, (told, response.status_code, response.content)
    if response.status_code >= 400 and response.content and response.status_code not in (415, 416, 460):
        assert response.headers["Content-Type"].startswith("application/problem+json"), (told, response.content[:300])
        assert response.json()["code"], told


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_is_answered_by_an_error_of_ours(request, world, name):
    client, known, _ = world
    cases = st.one_of(
        OPERATIONS[name].as_strategy(generation_mode=GenerationMode.POSITIVE),
        OPERATIONS[name].as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @seed(1)
    @examples(request)
    @given(case=cases, data=st.data())
    def never(case, data):
        check(send(client, case, known, data), (name, case.path_parameters, case.query, case.body))

    never()


def test_the_full_run_asks_more_than_two_thousand_times():
    assert (len(OPERATIONS) + len(FILES)) * MANY > 2000


RANGES = ("", "bytes=0-", "bytes=-1", "bytes=5-2", "bytes=0-0,5-9", "bytes=" + "9" * 40 + "-", "x", "bytes=abc-")


@pytest.mark.parametrize("name", FILES)
def test_no_file_is_answered_by_an_error_of_ours(request, world, name):
    client, known, _ = world
    queries = st.dictionaries(
        st.sampled_from(("w", "frame", "at_ms", "download", "v", "x")),
        st.one_of(st.sampled_from([str(one) for one in NASTY if one != "\ud800"]), st.integers().map(str)),
        max_size=3,
    )

    @seed(1)
    @examples(request)
    @given(
        query=queries, wanted=st.sampled_from(RANGES), method=st.sampled_from(("GET", "HEAD", "POST", "DELETE")),
        bearer=st.sampled_from(("", "Bearer", "Bearer nothing", "Basic eDp5")), is_signed_in=st.booleans(),
        lost=st.booleans(),
    )  # fmt: skip
    def never(query, wanted, method, bearer, is_signed_in, lost):
        path = f"/api/v1/{name}".format(**{**known, **({"take_id": uuid.UUID(int=5)} if lost else {})})
        asking = client if is_signed_in else Client(raise_request_exception=False)
        headers = {key: value for key, value in (("Range", wanted), ("Authorization", bearer)) if value}
        response = asking.generic(method, path, query_params=query, headers=headers)
        assert response.status_code < 500, (path, query, headers, response.content[:500])

    never()
