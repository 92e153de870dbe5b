"""The demo project is a small tree that the studio's own model makes."""

import pytest
from django.conf import settings

from projects.actions.demo import MOVES, create_demo
from projects.actions.film_changes import films_with_items
from projects.errors import Invalid, QuotaSpent
from projects.models import Asset, Node, Project, QuotaEntry, Take
from projects.shapes.documents import film_shape
from tests.support import invariants

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["", "zh-CN"])
def test_its_takes_are_made_and_its_film_is_whole(studio, ada, language):
    project = create_demo(ada, settings.DEMO_PICTURE, language=language)

    assert Take.objects.filter(project=project, status="queued").count() == 4
    studio.until_quiet()

    assert set(Take.objects.filter(project=project).values_list("status", flat=True)) == {"succeeded"}
    invariants.check(at_rest=True)
    words = {move["zh-CN" if language else "en"] for move in MOVES}
    assert words < set(Node.objects.filter(project=project, kind="shot").values_list("prompt", flat=True))
    film = film_shape(films_with_items().get(project=project))
    # The first as far as it is gone on from, then what goes on: a join that cannot be seen.
    assert film["duration_frames"] == 36 + 48
    assert film["items"][1]["continuous"]
    assert project.title == Project.objects.get(pk=project.pk).title
    assert sum(QuotaEntry.objects.values_list("seconds", flat=True)) == 8


def test_without_seconds_left_there_is_no_half_of_it(studio, ada, settings):
    settings.DAILY_SECONDS = 3

    with pytest.raises(QuotaSpent):
        create_demo(ada, settings.DEMO_PICTURE, language="")
    assert not Project.objects.exists()


def test_what_is_no_picture_makes_no_project(studio, ada, tmp_path):
    path = tmp_path / "x.jpg"
    path.write_bytes(b"not a picture")

    with pytest.raises(Invalid):
        create_demo(ada, path, language="")
    assert not Project.objects.exists()
    assert not Asset.objects.exists()
