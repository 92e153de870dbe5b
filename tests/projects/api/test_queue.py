"""The line of one person says which shots and takes stand in it, in queries that do not grow with it."""

import time

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.actions.clock import database_now
from projects.models import Node, Worker
from tests.support.studio import ask, project_of, shot_in

pytestmark = pytest.mark.django_db


def line(browser):
    answer = browser.get("/queue")
    assert answer.status_code == 200, answer.content
    return answer.json()


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


def test_the_queries_do_not_grow_with_the_line(browser, ada, store):
    ask(ada, shot_in(project_of(ada)), count=1)
    with CaptureQueriesContext(connection) as few:
        line(browser)
    for _ in range(3):
        ask(ada, shot_in(project_of(ada)), count=2)
    with CaptureQueriesContext(connection) as many:
        line(browser)

    assert len(many) == len(few)


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
