"""The line of one person says which shots and takes stand in it, in queries that do not grow with it."""

import time
from copy import copy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.actions.clock import database_now
from projects.models import Node, Take, Worker
from projects.models.take import TakeStatus
from tests.support.studio import ask, picture_of, project_of, shot_in

pytestmark = pytest.mark.django_db


def line(browser):
    answer = browser.get("/queue")
    assert answer.status_code == 200, answer.content
    return answer.json()


def several_takes(first, *, count):
    """So many takes that are like this one, with it."""
    copies = [copy(first) for _ in range(count - 1)]
    for number, take in enumerate(copies):
        take.pk, take.ordinal = uuid4(), number + 2
    Take.objects.bulk_create(copies)
    return [first.pk, *(take.pk for take in copies)]


def test_a_row_says_which_shot_and_take_it_is(browser, ada, store):
    project = project_of(ada, "Kites")
    first = shot_in(project, title="Wind")
    second = shot_in(project, title="Ridge")
    shot_in(project)
    ask(ada, second, count=2)
    Node.objects.filter(pk=second.pk).update(parent_node=first)

    waiting = line(browser)["waiting"]

    said = {(row["shot_number"], row["shot_title"], row["ordinal"], row["shot_takes"]) for row in waiting}
    assert said == {("2a", "Ridge", 1, 2), ("2a", "Ridge", 2, 2)}


def test_a_row_that_has_made_nothing_has_the_picture_it_begins_with(browser, ada, store):
    project = project_of(ada)
    picture = picture_of(ada, project)
    drawn = Node.objects.create(project=project, kind="image", asset=picture)
    [from_picture] = ask(ada, shot_in(project, parent_node=drawn, prompt="Wind"), count=1)
    [from_words] = ask(ada, shot_in(project, prompt="Words alone"), count=1)
    whole, from_end, cut, too_early, alone = several_takes(from_words, count=5)
    Take.objects.filter(pk=whole).update(status=TakeStatus.SUCCEEDED, duration_s=2, asset=picture)
    Take.objects.filter(pk__in=(from_end, cut)).update(parent_take=whole)
    Take.objects.filter(pk=cut).update(parent_frames=7)
    Take.objects.filter(pk=too_early).update(parent_take=cut)

    starts = {row["id"]: row["start_url"] for row in line(browser)["waiting"]}

    assert starts == {
        str(from_picture.pk): f"/api/v1/assets/{picture.pk}/poster?w=160",
        str(from_end): f"/api/v1/takes/{whole}/frame?frame=47&w=160",
        str(cut): f"/api/v1/takes/{whole}/frame?frame=6&w=160",
        str(too_early): None,
        str(alone): None,
    }
    assert browser.get(starts[str(from_picture.pk)].removeprefix("/api/v1")).status_code == 200


def test_the_queries_do_not_grow_with_the_line(browser, ada, store):
    ask(ada, shot_in(project_of(ada)), count=1)
    # How long people waited is kept for half a minute.
    line(browser)
    with CaptureQueriesContext(connection) as few:
        line(browser)
    for _ in range(3):
        ask(ada, shot_in(project_of(ada)), count=2)
    with CaptureQueriesContext(connection) as many:
        line(browser)

    assert len(many) == len(few)


def test_the_newest_hundred_of_each_kind_are_shown_and_crowd_out_no_other(browser, ada, store):
    failed, *done = several_takes(ask(ada, shot_in(project_of(ada)), count=1)[0], count=103)
    ended = database_now() - timedelta(hours=1)
    Take.objects.filter(pk=failed).update(status=TakeStatus.FAILED, finished_at=ended - timedelta(hours=2))
    for age, take in enumerate(done):
        Take.objects.filter(pk=take).update(status=TakeStatus.SUCCEEDED, finished_at=ended - timedelta(seconds=age))

    found = line(browser)

    assert [row["id"] for row in found["done_today"]] == [str(take) for take in done[:100]]
    assert [row["id"] for row in found["failed"]] == [str(failed)]


@pytest.mark.parametrize(
    ("age", "error", "starting"),
    [(1.0, None, True), (89.0, None, True), (91.0, None, False), (1.0, "", False), (1.0, "weights_missing", False)],
    ids=["just-begun", "still", "too-long-ago", "a-worker-is-there", "a-worker-is-there-and-cannot"],
)
def test_no_machine_is_missed_while_the_studio_begins(browser, store, monkeypatch, age, error, starting):
    monkeypatch.setattr(apps.get_app_config("projects"), "began", time.monotonic() - age)
    if error is not None:
        Worker.objects.create(name="w1", kind="generation", heard_at=database_now(), last_error=error)

    told = line(browser)

    assert told["workers_starting"] is starting
    assert told["workers"] == (1 if error == "" else 0)


def test_it_says_how_long_people_waited_today_and_keeps_that_for_a_while(browser, ada, store):
    first, second, earlier = several_takes(ask(ada, shot_in(project_of(ada)), count=1)[0], count=3)
    now = database_now()
    for take, waited, ago in ((first, 10, 1), (second, 30, 2), (earlier, 500, 25)):
        began = now - timedelta(hours=ago)
        Take.objects.filter(pk=take).update(started_at=began, created_at=began - timedelta(seconds=waited))

    assert line(browser)["average_wait_s"] == 20.0

    Take.objects.filter(pk=second).update(started_at=None)
    assert line(browser)["average_wait_s"] == 20.0
    cache.delete("queue.average_wait_s")
    assert line(browser)["average_wait_s"] == 10.0
