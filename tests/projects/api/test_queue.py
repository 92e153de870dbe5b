"""The line of one person says which shots and takes stand in it, in queries that do not grow with it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Node
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
