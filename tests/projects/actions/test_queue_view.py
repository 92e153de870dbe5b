"""When a take will be done, looked up often and computed seldom."""

import uuid

import pytest

from projects.actions import queue_view
from tests.support.studio import ask, shot_in

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
