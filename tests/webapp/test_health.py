"""Alive, ready, measured; and who sits here in local mode."""

import os
import subprocess
import sys

import pytest
from django.http import Http404
from django.utils import timezone

from projects.models import User, Worker
from tests.architecture.source_tree import ROOT
from webapp.apps import WebappConfig
from webapp.health import alive, metrics, ready
from webapp.local_user import LocalUserMiddleware, local_user

pytestmark = pytest.mark.django_db


def test_a_process_that_answers_is_alive(rf):
    assert alive(rf.get("/healthz")).content == b"ok\n"


def test_without_a_broker_nothing_is_ready(rf, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    response = ready(rf.get("/readyz"))

    assert response.status_code == 503
    assert b'"database": true, "broker": false' in response.content


def test_workers_are_told_of_and_counted(rf, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    Worker.objects.create(name="w1", kind="generation", heard_at=timezone.now(), rss_bytes=5, stage_seconds=1.5)
    Worker.objects.create(name="w2", kind="decode", heard_at="2020-01-01T00:00:00Z")

    assert b'"name": "w1", "kind": "generation", "alive": true' in ready(rf.get("/readyz")).content
    text = metrics(rf.get("/metrics")).content.decode()
    assert 'sceneloom_workers_alive{kind="generation"} 1.0' in text
    assert 'sceneloom_stage_seconds{worker="w1"} 1.5' in text
    assert "w2" not in text


@pytest.mark.parametrize(
    ("token", "address", "headers", "gets_in"),
    [
        ("", "127.0.0.1", {}, True),
        ("", "::1", {}, True),
        ("", "", {}, True),
        ("", "10.0.0.7", {}, False),
        ("", "nobody", {}, False),
        ("", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("", "127.0.0.1", {"Forwarded": "for=10.0.0.7"}, False),
        ("", "10.0.0.7", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("secret", "10.0.0.7", {"Authorization": "Bearer secret"}, True),
        ("secret", "10.0.0.7", {"Authorization": "Bearer secre"}, False),
        ("secret", "10.0.0.7", {"Authorization": "Bearer \u00e9"}, False),
        ("secret", "127.0.0.1", {}, False),
    ],
)
def test_only_who_may_look_inside_sees_metrics_and_workers(rf, settings, token, address, headers, gets_in):
    settings.METRICS_TOKEN, settings.REDIS_URL = token, "redis://127.0.0.1:9/0"
    Worker.objects.create(name="w1", kind="generation", heard_at=timezone.now(), last_error="a path of ours")
    asked = {"REMOTE_ADDR": address, "headers": headers}

    assert (b"a path of ours" in ready(rf.get("/readyz", **asked)).content) == gets_in
    if gets_in:
        assert metrics(rf.get("/metrics", **asked)).status_code == 200
        return
    with pytest.raises(Http404):
        metrics(rf.get("/metrics", **asked))


def test_in_local_mode_whoever_comes_is_the_one_person(rf, settings):
    settings.TEAM_MODE = False
    request = rf.get("/")
    request.user = type("Nobody", (), {"is_authenticated": False})()

    LocalUserMiddleware(lambda it: it)(request)

    assert request.user == local_user()
    assert User.objects.count() == 1


def test_in_team_mode_nobody_is_anybody(rf, settings):
    settings.TEAM_MODE = True
    request = rf.get("/")
    request.user = nobody = type("Nobody", (), {"is_authenticated": False})()

    LocalUserMiddleware(lambda it: it)(request)

    assert request.user is nobody


def test_every_process_sends_tasks_by_the_same_broker():
    """Asked in a process of its own: whoever set up Celery last in this one would answer."""
    code = "import django; django.setup(); from celery import current_app; print(current_app.main)"
    child = {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.settings"}

    said = subprocess.run(
        [sys.executable, "-c", code], env=child, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert WebappConfig.name == "webapp"
    assert said.stdout.strip() == "sceneloom", said.stderr
