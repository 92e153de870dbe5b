"""Rows of a line: finished takes are shown as they are now, though they are made into rows only when they change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from projects.api.answer_schemas import QUEUED_TAKE
from projects.models import Asset, Node, Take
from projects.models.take import TakeStatus
from projects.shapes import queue_rows
from projects.shapes.queue_rows import line_of
from projects.shapes.takes import QueuePlace, one_take_shape
from tests.support.studio import ask, shot_in

pytestmark = pytest.mark.django_db


def line(user, places=None):
    return line_of(user, timezone.now() - timedelta(days=1), places or {})


@pytest.fixture
def finished(studio, ada, project):
    takes = ask(ada, shot_in(project, title="Wind"), count=2)
    studio.until_quiet()
    return takes


def test_a_row_is_the_take_and_where_it_belongs(finished, ada, project):
    shown = {row["id"]: row for row in line(ada).done}

    for take in finished:
        row = shown.pop(str(take.pk))
        assert {name: row[name] for name in ("project_title", "shot_title", "shot_number", "shot_takes")} == {
            "project_title": "Kites", "shot_title": "Wind", "shot_number": "1a", "shot_takes": 2,
        }  # fmt: skip
        slow = one_take_shape(take.pk)
        assert {name: row[name] for name in slow} == slow
        assert set(row) == set(QUEUED_TAKE().fields)
    assert shown == {}


def test_a_row_shows_what_its_take_is_now(finished, ada, project):
    first, second = finished
    line(ada)
    Take.objects.filter(pk=first.pk).update(starred=True)
    Asset.objects.filter(take=second).update(poster_frame=5)
    Node.objects.filter(pk=second.shot_id).update(title="Ridge")

    shown = {row["id"]: row for row in line(ada).done}

    assert shown[str(first.pk)]["starred"] is True
    assert shown[str(second.pk)]["poster_urls"] == one_take_shape(second.pk)["poster_urls"]
    assert {row["shot_title"] for row in shown.values()} == {"Ridge"}


def test_one_whose_file_is_gone_stays_in_its_turn(finished, ada):
    first, second = finished
    now = timezone.now()
    Take.objects.filter(pk=first.pk).update(asset=None, finished_at=now)
    Take.objects.filter(pk=second.pk).update(finished_at=now - timedelta(seconds=5))

    rows = line(ada).done

    assert [(row["id"], row["media_url"] is None) for row in rows] == [(str(first.pk), True), (str(second.pk), False)]


def test_they_stand_in_their_turns(finished, ada, project):
    now = timezone.now()
    ids = [take.pk for take in ask(ada, shot_in(project), count=4)]
    places = {pk: QueuePlace(position=1, starts_in_s=at, eta_s=9.0) for pk, at in zip(ids[:2], (8.0, 3.0), strict=True)}
    for pk, ago in zip(ids[2:], (1, 2), strict=True):
        Take.objects.filter(pk=pk).update(status=TakeStatus.RUNNING, started_at=now - timedelta(minutes=ago))

    found = line(ada, places)

    assert [row["id"] for row in found.waiting] == [str(ids[1]), str(ids[0])]
    assert [row["id"] for row in found.running] == [str(ids[3]), str(ids[2])]


def test_one_that_ends_while_they_are_read_is_there_once(finished, ada, monkeypatch):
    first, second = finished
    asset = Take.objects.get(pk=first.pk).asset_id
    Take.objects.filter(pk=first.pk).update(asset=None, status=TakeStatus.RUNNING)
    attach = queue_rows.attach_chunks

    def then_it_ends(takes):
        attach(takes)
        Take.objects.filter(pk=first.pk).update(asset=asset, status=TakeStatus.SUCCEEDED)

    monkeypatch.setattr(queue_rows, "attach_chunks", then_it_ends)
    found = line(ada)

    assert found.running == []
    assert {row["id"] for row in found.done} == {str(first.pk), str(second.pk)}
