"""When a take will be done, looked up often and computed seldom."""

import uuid

import pytest
from django.db import connection
from django.utils import timezone

from projects.actions import queue_view
from projects.actions.schedule import WORKER_SILENCE, as_waiting, people_of, waiting_takes
from projects.models import Take, Worker
from projects.rules.scheduling import places
from projects.shapes.queue_places import in_seconds, stage_seconds
from tests.support.studio import ask, person, project_of, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when we say so."""
    now = [1_000_000.0 + hash(str(uuid.uuid4())) % 10**6]
    monkeypatch.setattr("projects.actions.queue_view.time.monotonic", lambda: now[0])
    return now


def test_the_range_is_the_one_of_the_line(studio, ada, project, clock):
    first, second = ask(ada, shot_in(project), count=2)
    studio.round()

    places = queue_view.queue_places()
    assert queue_view.eta_range(first.pk) == places[first.pk].to_json()["eta_range_s"]
    low, high = queue_view.eta_range(second.pk)
    assert 0 < low < high
    assert high > queue_view.eta_range(first.pk)[1]
    assert queue_view.eta_range(uuid.uuid4()) is None


def looked_at_slowly():
    """The same line, read one plain question after the other."""
    waiting = waiting_takes()
    running = [as_waiting(take) for take in Take.objects.filter(status="running", lease_until__isnull=False)]
    workers = Worker.objects.filter(kind="generation", heard_at__gte=timezone.now() - WORKER_SILENCE, stopping=False)
    each = stage_seconds(Worker.objects.filter(kind="generation").values_list("stage_seconds", flat=True))
    return in_seconds(places(waiting, running, people_of([*waiting, *running]), num_workers=workers.count()), each=each)


def test_the_line_in_two_queries_is_the_line(studio, ada, project, django_assert_num_queries):
    eve = person("eve", queue_weight=2)
    ask(ada, shot_in(project), count=3)
    ask(eve, shot_in(project_of(eve)), count=2)
    paused, *_ = ask(ada, shot_in(project), count=2)
    Take.objects.filter(pk=paused.pk).update(paused=True)
    studio.round()

    # PostgreSQL is asked for the time as well, SQLite is on this machine.
    with django_assert_num_queries(3 if connection.vendor == "postgresql" else 2):
        found = queue_view.queue_places()
    assert len(found) == 6
    assert found == looked_at_slowly()
    # Looked at again, from the same rows.
    assert queue_view.queue_places() == found


def test_the_line_is_looked_at_every_two_seconds_however_often_it_is_asked(studio, ada, project, clock, monkeypatch):
    (take,) = ask(ada, shot_in(project), count=1)
    looks = []
    look = queue_view.queue_places
    monkeypatch.setattr(queue_view, "queue_places", lambda: looks.append(1) or look())

    for _ in range(20):
        queue_view.eta_range(take.pk)
    assert len(looks) == 1
    clock[0] += 2
    queue_view.eta_range(take.pk)
    assert len(looks) == 2
