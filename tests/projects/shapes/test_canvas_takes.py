"""The takes of a canvas, fast, are those that the slow way finds, whatever has changed since they were read last."""

import pytest
from django.utils import timezone

from projects.models import Asset, Node, Take
from projects.shapes import canvas_takes as module
from projects.shapes.canvas_takes import canvas_takes
from projects.shapes.takes import QueuePlace, takes_shape, with_chunks
from tests.support.studio import ask, project_of, shot_in

pytestmark = pytest.mark.django_db


def slow(project):
    found = with_chunks().filter(project=project, shot__deleted_at=None, shot__isnull=False).order_by("ordinal")
    return takes_shape(found)


def both(project):
    fast = canvas_takes(project.pk, dict)
    order = {shape["id"]: (shape["ordinal"], shape["id"]) for shape in fast}
    assert [it["ordinal"] for it in fast] == sorted(it["ordinal"] for it in fast)
    assert sorted(fast, key=lambda it: order[it["id"]]) == sorted(slow(project), key=lambda it: order[it["id"]])
    return {it["id"]: it for it in fast}


@pytest.fixture
def grown(studio, ada, project):
    """A shot with two finished takes, another with one that waits."""
    shot = shot_in(project)
    done = ask(ada, shot, count=2)
    studio.until_quiet()
    (waits,) = ask(ada, shot_in(project))
    return shot, done, waits


def test_they_are_those_of_the_slow_way_after_every_change(grown, ada, project):
    shot, (first, second), waits = grown
    found = both(project)
    assert [found[str(take.pk)]["status"] for take in (first, second, waits)] == ["succeeded", "succeeded", "queued"]
    assert found[str(first.pk)]["sprite"] is not None

    Take.objects.filter(pk=first.pk).update(starred=True, tags=["kite"])
    assert both(project)[str(first.pk)]["tags"] == ["kite"]
    Asset.objects.filter(take=second).update(poster_frame=7)
    assert both(project)[str(second.pk)]["poster_urls"]["160"].endswith("-7")
    Asset.objects.get(take=second).renditions.filter(name="sprite").delete()
    assert both(project)[str(second.pk)]["sprite"] is None
    Take.objects.filter(pk=second.pk).update(asset=None)
    assert both(project)[str(second.pk)]["media_url"] is None
    Node.objects.filter(pk=shot.pk).update(deleted_at=timezone.now())
    assert set(both(project)) == {str(waits.pk)}
    assert both(project_of(ada, "Empty")) == {}


def test_who_waits_has_a_place_and_nobody_is_asked_for_one_otherwise(grown, project):
    _, _, waits = grown
    place = QueuePlace(position=1, starts_in_s=2.0, eta_s=3.0)

    shown = {it["id"]: it for it in canvas_takes(project.pk, lambda: {waits.pk: place})}
    assert shown[str(waits.pk)]["queue"] == place.to_json()

    Take.objects.filter(pk=waits.pk).delete()
    assert len(canvas_takes(project.pk, lambda: pytest.fail("nobody moves"))) == 2


def test_one_that_ends_while_they_are_read_is_there_once(grown, project, monkeypatch):
    _, (first, _), _ = grown
    asset = Take.objects.get(pk=first.pk).asset_id
    Take.objects.filter(pk=first.pk).update(asset=None, status="running")
    attach = module.attach_chunks

    def then_it_ends(takes):
        attach(takes)
        Take.objects.filter(pk=first.pk).update(asset=asset, status="succeeded")

    monkeypatch.setattr(module, "attach_chunks", then_it_ends)
    shown = [it["status"] for it in canvas_takes(project.pk, dict) if it["id"] == str(first.pk)]

    assert shown == ["succeeded"]
