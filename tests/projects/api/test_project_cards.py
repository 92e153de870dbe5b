"""Cards count in few queries what each project would count for itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.api.project_cards import card, cards, counts_of, visible_projects
from projects.models import Asset, Membership, Node, Take
from tests.support.api import Browser
from tests.support.studio import person, picture_of, project_of, shot_in

pytestmark = pytest.mark.django_db


def take_in(shot, status, *, ordinal, seconds=2, ended_h=None, frame=0):
    """A take; with a file if it ended so many hours ago."""
    asset = None
    if ended_h is not None:
        blob = picture_of(shot.project.owner).blob
        asset = Asset.objects.create(
            owner=shot.project.owner, kind="clip", blob=blob, frames=24 * seconds, poster_frame=frame
        )
    return Take.objects.create(
        shot=shot, project=shot.project, requested_by=shot.project.owner, ordinal=ordinal, duration_s=seconds, seed=1,
        status=status, asset=asset,
        finished_at=None if ended_h is None else timezone.now() - timedelta(hours=ended_h),
    )  # fmt: skip


def slowly(project) -> dict:
    """The obvious way: every row looked at."""
    takes = list(Take.objects.filter(project=project))
    clips = sorted((it for it in takes if it.asset), key=lambda it: it.finished_at)
    found = {
        "shots": sum(it.kind == "shot" and it.deleted_at is None for it in Node.objects.filter(project=project)),
        "running": sum(it.status in ("queued", "running") for it in takes),
        "seconds": sum(it.duration_s for it in takes if it.status == "succeeded"),
    }
    if clips:
        found |= {"preview_take": clips[-1].pk, "preview_frame": clips[-1].asset.poster_frame}
    return found


@pytest.fixture
def several(store, ada):
    """An empty project, one with every kind of take, and one whose shot was deleted."""
    empty, busy, left = (project_of(ada, title=title) for title in ("empty", "busy", "left"))
    shot, other = shot_in(busy), shot_in(busy)
    Node.objects.create(project=busy, kind="note")
    take_in(shot, "succeeded", ordinal=1, ended_h=5, seconds=3)
    take_in(shot, "succeeded", ordinal=2, ended_h=1, frame=7)
    take_in(other, "succeeded", ordinal=1, ended_h=3)
    for number, status in enumerate(("queued", "running", "failed", "cancelled", "blocked")):
        take_in(other, status, ordinal=2 + number)
    gone = shot_in(left, deleted_at=timezone.now())
    take_in(gone, "succeeded", ordinal=1, ended_h=2, seconds=9)
    return [empty, busy, left]


def test_counts_are_those_of_every_row(several):
    found = counts_of([project.pk for project in several])

    for project in several:
        plain = {"shots": 0, "running": 0, "seconds": 0, **found[project.pk]}
        assert plain == slowly(project), project.title
    assert counts_of([]) == {}


def test_a_page_takes_as_many_queries_as_one_card(several, ada):
    cards(ada, several)
    with CaptureQueriesContext(connection) as one:
        shown = card(ada, several[1])
    with CaptureQueriesContext(connection) as many:
        page = cards(ada, several)

    assert len(many) == len(one) <= 5
    assert page[1] == shown
    assert (shown["shots"], shown["running"], shown["seconds"]) == (2, 2, 7)
    assert shown["poster_urls"]["320"].endswith("&v=7")


def test_roles_are_each_persons_own(several, ada):
    eve = person("eve")
    Membership.objects.create(project=several[1], user=eve, role="viewer")
    mine = project_of(eve, title="mine")

    seen = list(visible_projects(eve).order_by("title"))

    assert [(it["title"], it["role"]) for it in cards(eve, seen)] == [("busy", "viewer"), ("mine", "owner")]
    assert mine not in visible_projects(ada)


def test_ones_own_projects_are_listed_apart_from_those_of_others(several, ada):
    eve = person("eve")
    Membership.objects.create(project=several[1], user=eve, role="viewer")
    project_of(eve, title="mine")
    titles = {
        owner: [it["title"] for it in Browser(eve).get(f"/projects?filter[owner]={owner}&sort=name").json()["results"]]
        for owner in ("", "mine", "shared")
    }

    assert titles == {"": ["busy", "mine"], "mine": ["mine"], "shared": ["busy"]}
    assert Browser(ada).get("/projects?filter[owner]=shared").json()["results"] == []
