"""A prepared query finds what the plain one finds, whatever its values, its thread and the order of its calls."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count, DateTimeField, F, Max, Q, UUIDField
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import Node, Project, Take
from projects.models.prepared import Prepared
from tests.support.studio import person, project_of, shot_in

pytestmark = pytest.mark.django_db


def by_id() -> Prepared:
    return Prepared(lambda pk: Project.objects.select_related("owner").filter(pk=pk), pk=UUIDField())


def shots_of_several() -> Prepared:
    return Prepared(
        lambda ids: (
            Node.objects.filter(project__id__in=ids, kind="shot")
            .order_by("project_id")
            .values_list("project_id")
            .annotate(count=Count("pk"), longest=Max("duration_s", filter=Q(title="long")))
        ),
        lists=["ids"],
        ids=UUIDField(),
    )


def since() -> Prepared:
    return Prepared(
        lambda owner, moment: (
            Take.objects.filter(requested_by=owner, created_at__gte=moment)
            .select_related("shot")
            .only("seed", "shot__title")
            .prefetch_related("chunks")
            .order_by(F("finished_at").desc(nulls_last=True), "seed")[:3]
        ),
        owner=UUIDField(),
        moment=DateTimeField(),
    )


@pytest.fixture
def many(ada):
    """Nine projects with 0 to 8 shots, and a take in each shot."""
    found = [project_of(ada, title=str(number)) for number in range(9)]
    for number, project in enumerate(found):
        for place in range(number):
            shot = shot_in(project, title="long" if place % 2 else "short", duration_s=1 + place)
            Take.objects.create(
                shot=shot, project=project, requested_by=ada, ordinal=1, duration_s=1, seed=10 * number + place
            )
    return found


def test_one_query_after_another_finds_what_was_asked_for(many):
    query = by_id()

    for project in [*many, *reversed(many)]:
        (found,) = query(pk=project.pk)
        (plain,) = query.plain(pk=project.pk)
        assert found == plain == project
        assert found.title == project.title
        assert found.owner.username == "ada"
    assert query(pk=uuid4()) == []
    assert query(pk=str(many[3].pk)) == [many[3]]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 9])
def test_lists_of_every_length_count_each_row_once(many, count):
    query = shots_of_several()
    ids = [project.pk for project in many[-count:]]

    assert query(ids=ids) == list(query.plain(ids=ids)) != []
    assert query(ids=set(ids)) == query(ids=tuple(ids))


def test_lists_need_few_statements(many):
    query, made = shots_of_several(), set()
    for count in range(1, 10):
        with CaptureQueriesContext(connection) as queries:
            query(ids=[project.pk for project in many[:count]])
        made.add(queries.captured_queries[0]["sql"].count(", ") - 2)

    assert len(made) <= 5


def test_objects_come_with_all_that_belongs_to_them(many, ada):
    query, values = since(), {"owner": ada.pk, "moment": timezone.now() - timedelta(hours=1)}

    with CaptureQueriesContext(connection) as queries:
        found = query(**values)
        shown = [(take.seed, take.shot.title, list(take.chunks.all())) for take in found]

    assert len(queries) == 2, "the takes with their shots, and their seconds"
    assert shown == [(take.seed, take.shot.title, list(take.chunks.all())) for take in query.plain(**values)]
    assert len(found) == 3
    assert query(owner=ada.pk, moment=timezone.now() + timedelta(hours=1)) == []
    assert query(owner=person("eve").pk, moment=values["moment"]) == []


def test_rows_are_read_anew_each_time(many):
    query = by_id()
    query(pk=many[0].pk)
    Project.objects.filter(pk=many[0].pk).update(title="another")

    assert query(pk=many[0].pk)[0].title == "another"


def test_the_statement_is_made_once(many, monkeypatch):
    query, made, make = by_id(), [], SQLCompiler.as_sql
    monkeypatch.setattr(
        SQLCompiler, "as_sql", lambda self, *words, **more: made.append(1) or make(self, *words, **more)
    )

    for project in many:
        query(pk=project.pk)

    assert len(made) == 1


def test_what_would_find_nothing_without_a_word_is_refused(many):
    with pytest.raises(ValueError, match="takes no None"):
        by_id()(pk=None)
    with pytest.raises(ValueError, match="at least one value"):
        shots_of_several()(ids=[])
    with pytest.raises(TypeError, match=r"needs \['pk'\]"):
        by_id()(project=many[0].pk)
    with pytest.raises(TypeError, match="needs"):
        by_id()()


@pytest.mark.django_db(transaction=True)
def test_threads_have_their_own_connections_and_values(ada):
    projects = [project_of(ada, title=str(number)) for number in range(4)]
    query, wrong, start = by_id(), [], threading.Barrier(4)

    def ask(project):
        start.wait(10)
        for _ in range(30):
            found = query(pk=project.pk)
            if [it.title for it in found] != [project.title]:
                wrong.append((project.title, found))
        connection.close()

    threads = [threading.Thread(target=ask, args=(project,)) for project in projects]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert wrong == []
