"""Every address, and what each kind of person may do there; an address without a row here fails."""

import inspect
import uuid

import pytest
from django.urls import URLPattern
from rest_framework.views import APIView

import projects.api.assets
import projects.api.films
import projects.api.media
import projects.api.own_data
import projects.api.people
import projects.api.projects
import projects.api.prompts
import projects.api.queue
import projects.api.shares
import projects.api.takes
import projects.api.uploads
from projects.models import Film, Membership, Node, Take, Upload
from projects.urls import urlpatterns
from tests.support.api import Browser
from tests.support.studio import person, picture_of, project_of

pytestmark = pytest.mark.django_db

MODULES = [
    projects.api.assets, projects.api.films, projects.api.media, projects.api.own_data, projects.api.people,
    projects.api.projects,
    projects.api.prompts, projects.api.queue, projects.api.shares, projects.api.takes, projects.api.uploads,
]  # fmt: skip
EVERYBODY = {"anonymous", "stranger", "viewer", "editor", "owner", "staff"}
SIGNED_IN = EVERYBODY - {"anonymous"}
SEES, EDITS, OWNS = {"viewer", "editor", "owner"}, {"editor", "owner"}, {"owner"}
STAFF = {"staff"}
# Per address: method, body, and who gets past the door (whatever the answer then is).
MATRIX = {
    "schema": ("GET", None, EVERYBODY), "me": ("GET", None, SIGNED_IN), "my-settings": ("PATCH", {}, SIGNED_IN),
    "my-tokens": ("GET", None, SIGNED_IN), "my-token": ("DELETE", None, set()),
    "my-exports": ("POST", {}, SIGNED_IN), "my-deletion": ("POST", {"password": "not this"}, SIGNED_IN),
    "sign-in": ("POST", {"username": "x", "password": "y"}, set()), "sign-out": ("POST", {}, SIGNED_IN),
    "invitation": ("GET", None, set()), "invitation-accept": ("POST", {"username": "x", "password": "y"}, set()),
    "workers": ("GET", None, STAFF), "users": ("GET", None, STAFF), "invitations": ("GET", None, STAFF),
    "presets": ("GET", None, SIGNED_IN), "templates": ("GET", None, SIGNED_IN),
    "projects": ("GET", None, SIGNED_IN), "project": ("GET", None, SEES),
    "project-duplicate": ("POST", {}, SEES), "canvas": ("GET", None, SEES),
    "operations": ("POST", {"client_id": "x", "ops": []}, EDITS), "history": ("GET", None, SEES),
    "checkpoints": ("POST", {"name": "x"}, EDITS), "checkpoint-restore": ("POST", {}, set()),
    "project-exports": ("POST", {}, EDITS), "shares": ("GET", None, OWNS), "members": ("GET", None, SEES),
    "member": ("PATCH", {"role": "viewer"}, set()),
    "project-owner": ("POST", {"user_id": "V"}, OWNS),
    "shot-takes": ("POST", {}, EDITS), "take": ("GET", None, SEES), "take-cancel": ("POST", {}, EDITS),
    "take-keep": ("POST", {}, EDITS), "take-pause": ("POST", {}, EDITS), "take-resume": ("POST", {}, EDITS),
    "take-retry": ("POST", {}, EDITS), "take-regenerate": ("POST", {"from_second": 1}, EDITS),
    "take-trim": ("POST", {"start_frame": 0, "stop_frame": 1}, EDITS),
    "enhance": ("POST", {"text": "x"}, SIGNED_IN),
    "queue": ("GET", None, SIGNED_IN), "queue-cancel": ("POST", {}, SIGNED_IN), "queue-pause": ("POST", {}, SIGNED_IN),
    "queue-resume": ("POST", {}, SIGNED_IN), "queue-place": ("PATCH", {}, OWNS),
    "assets": ("GET", None, SIGNED_IN), "assets-bulk": ("POST", {"action": "star", "ids": []}, SIGNED_IN),
    "asset": ("GET", None, OWNS), "asset-lineage": ("GET", None, OWNS), "asset-project": ("POST", {}, OWNS),
    "collections": ("GET", None, SIGNED_IN), "collection": ("DELETE", None, set()),
    "films": ("GET", None, SIGNED_IN), "film": ("GET", None, SEES), "film-build": ("POST", {"node_id": "N"}, EDITS),
    "film-exports": ("POST", {"preset": "master"}, SEES), "film-estimate": ("GET", None, SEES),
    "export": ("GET", None, set()), "export-cancel": ("POST", {}, set()),
    "uploads": ("POST", {}, SIGNED_IN), "upload": ("GET", None, OWNS), "share": ("DELETE", None, set()),
    "shared": ("GET", None, set()),
    "take-media": ("GET", None, SEES), "take-poster": ("GET", None, SEES), "take-sprite": ("GET", None, SEES),
    "take-frame": ("GET", None, SEES), "live-init": ("GET", None, SEES), "live-fragment": ("GET", None, SEES),
    "live-playlist": ("GET", None, SEES), "asset-media": ("GET", None, SEES), "asset-poster": ("GET", None, SEES),
    "asset-sprite": ("GET", None, SEES), "export-media": ("GET", None, set()), "export-sidecar": ("GET", None, set()),
    "shared-media": ("GET", None, set()), "shared-poster": ("GET", None, set()),
    "shared-picture": ("GET", None, set()),
}  # fmt: skip
NAMES = [pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)]
# Answers of the door itself; behind it, an id may be missing for everybody or a state be wrong, which say more.
CLOSED = {401, 403, 404}


def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(NAMES) == sorted(MATRIX)


def test_every_view_has_an_address():
    routed = {getattr(pattern.callback, "cls", None) for pattern in urlpatterns}
    views = {
        view
        for module in MODULES
        for _, view in inspect.getmembers(module, inspect.isclass)
        if issubclass(view, APIView) and view.__module__ == module.__name__
    }

    assert {view.__name__ for view in views - routed} <= {"TusView"}


@pytest.fixture
def world(store, ada):
    """One of everything, owned by ada."""
    project = project_of(ada)
    people = {"owner": ada, "anonymous": None}
    for name in ("viewer", "editor"):
        people[name] = person(name)
        Membership.objects.create(project=project, user=people[name], role=name)
    people["stranger"], people["staff"] = person("stranger"), person("staff", is_staff=True)
    asset = picture_of(ada, project)
    shot = Node.objects.create(project=project, kind="shot", prompt="zoom in")
    Node.objects.create(project=project, kind="image", asset=asset)
    take = Take.objects.create(
        shot=shot, project=project, requested_by=ada, ordinal=1, duration_s=1, seed=1, spec={"seconds": 1}
    )
    upload = Upload.objects.create(owner=ada, size=1, expires_at="2100-01-01T00:00:00Z")
    ids = {
        "project_id": project.pk, "shot_id": shot.pk, "take_id": take.pk, "asset_id": asset.pk,
        "film_id": Film.objects.create(project=project, title="x").pk, "upload_id": upload.pk,
    }  # fmt: skip
    return people, ids


def code_of(response) -> str:
    """The code of a refusal; empty for everything else."""
    if not response.headers.get("Content-Type", "").endswith("json"):
        return ""
    body = response.json()
    return body.get("code", "") if isinstance(body, dict) else ""


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_person_gets_as_far_as_the_matrix_says(world, name, settings):
    from django.urls import reverse

    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"log_in": None}}
    people, ids = world
    method, body, allowed = MATRIX[name]
    pattern = next(it for it in urlpatterns if it.name == name)
    values = {"second": 1, "secret": "nothing", "name": "x"}
    arguments = {key: ids.get(key, values.get(key, uuid.uuid4())) for key in pattern.pattern.converters}
    if body and body.get("node_id") == "N":
        body = {"node_id": str(ids["shot_id"])}
    if body and body.get("user_id") == "V":
        body = {"user_id": str(people["viewer"].pk)}
    path = reverse(name, kwargs=arguments).removeprefix("/api/v1")
    got_in = set()
    for who, user in people.items():
        response = Browser(user).call(method, path, body)
        assert response.status_code < 500, (who, response.content[:300])
        told = code_of(response)
        # Some things are not there yet even for who may see them, and say so by name.
        missing = told in ("not_ready", "path_empty", "missing_media")
        if response.status_code not in CLOSED or missing:
            got_in.add(who)

    assert got_in == allowed


@pytest.mark.parametrize("name", [name for name, (method, _, _) in MATRIX.items() if method != "GET"])
def test_pages_of_others_cannot_act_for_anybody(world, name):
    from django.test import Client
    from django.urls import reverse

    people, ids = world
    method, body, _ = MATRIX[name]
    pattern = next(it for it in urlpatterns if it.name == name)
    arguments = {key: ids.get(key, "x" if key == "secret" else uuid.uuid4()) for key in pattern.pattern.converters}
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["owner"])

    response = getattr(client, method.lower())(
        reverse(name, kwargs=arguments), data=body or {}, content_type="application/json"
    )

    # Signing in and accepting an invitation act for nobody who is signed in already; they read no session.
    assert response.status_code == 403 or name in ("sign-in", "invitation-accept")
