"""Two tabs change one film, project or asset: who saw an older one is told; nothing is overwritten without a word."""

import uuid

import pytest
from django.db import connection

from projects.actions.film_changes import change_film, create_film
from projects.actions.operations import apply_operations
from projects.api import assets, films, projects
from projects.models import Film
from projects.models.project import Role
from projects.permissions import project_for
from projects.shapes.documents import film_shape
from tests.support.api import Browser
from tests.support.studio import picture_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(store, ada, project):
    return create_film(ada, project.pk, title="Kites")


def item(ada) -> dict:
    return {"asset_id": str(picture_of(ada).pk), "start_frame": 0, "stop_frame": 12}


def test_who_saw_an_older_film_is_told_and_changes_nothing(browser, ada, film):
    seen = browser.get(f"/films/{film.pk}").json()
    match = {"If-Match": f'"{seen["version"]}"'}

    first = browser.patch(f"/films/{film.pk}", {"items": [item(ada)]}, **match)
    second = browser.patch(f"/films/{film.pk}", {"title": "Mine"}, **match)

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["code"] == "outdated"
    assert second.json()["current"] == first.json()
    assert Film.objects.get(pk=film.pk).title == "Kites"
    again = browser.patch(f"/films/{film.pk}", {"title": "Mine"}, **{"If-Match": f'"{first.json()["version"]}"'})
    assert again.status_code == 200
    assert len(again.json()["items"]) == 1


def test_without_a_version_the_last_change_stands(browser, ada, film):
    change_film(ada, film.pk, {"title": "Another"})

    assert browser.patch(f"/films/{film.pk}", {"title": "Mine"}).json()["title"] == "Mine"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["film", "project", "asset"])
def test_a_version_is_looked_at_while_the_row_is_held(ada, project, film, what, monkeypatch):
    module, path = {
        "film": (films, f"/films/{film.pk}"),
        "project": (projects, f"/projects/{project.pk}"),
        "asset": (assets, f"/assets/{picture_of(ada).pk}"),
    }[what]
    held, look = [], module.require_version
    monkeypatch.setattr(
        module, "require_version", lambda *words: held.append(connection.in_atomic_block) or look(*words)
    )

    assert Browser(ada).patch(path, {"title": "Mine"}).status_code == 200

    assert held == [True], "between the look and the change nobody else may change it"


def test_an_edit_of_a_film_clashes_with_what_was_not_seen(ada, project, film):
    before = film_shape(film)
    clip = item(ada)
    change_film(ada, film.pk, {"items": [clip]})
    edit = {
        "id": str(uuid.uuid4()), "type": "film.update", "film_id": str(film.pk),
        "before": {"title": "Kites", "items": before["items"]}, "after": {"title": "Mine", "items": [clip, clip]},
    }  # fmt: skip

    done = apply_operations(ada, project.pk, [edit], client_id="tab")

    changed = film_shape(Film.objects.get(pk=film.pk))
    assert changed["title"] == "Mine"
    assert len(changed["items"]) == 1, "somebody else's clips stay"
    (clash,) = done.clashes
    assert (clash.field, clash.entity_id, len(clash.theirs)) == ("items", str(film.pk), 1)
    assert project_for(ada, project.pk, Role.OWNER).operation_seq == 1
