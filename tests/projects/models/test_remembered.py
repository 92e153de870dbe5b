"""What is made of rows is made once for each that differs, and is what would be made of them anew."""

import pytest
from django.db.models import F, UUIDField

from projects.models import Node
from projects.models.prepared import Prepared
from projects.models.remembered import Remembered
from tests.support.studio import picture_of, project_of, shot_in

pytestmark = pytest.mark.django_db


class Shown:
    """A query of cards, and each that something was made of."""

    def __init__(self, most=10):
        self.made = []
        query = Prepared(
            lambda project: (
                Node.objects.filter(project=project)
                .select_related("project")
                .annotate(name=F("asset__title"))
                .order_by("x")
            ),
            project=UUIDField(),
        )
        self.remembered = Remembered(query, self._make, most=most)

    def _make(self, node):
        self.made.append(node.title)
        return (node.title, node.second_prompts, node.project.title, node.created_at, node.name)

    def of(self, project):
        self.made.clear()
        found = self.remembered(project=project.pk)
        made = list(self.made)
        assert found == self.remembered.plain(project=project.pk)
        return [it[0] for it in found], made


@pytest.fixture
def three(ada):
    project = project_of(ada)
    return project, [shot_in(project, title=name, x=place) for place, name in enumerate("abc")]


def test_what_did_not_change_is_made_once(three):
    project, _ = three
    shown = Shown()

    assert shown.of(project) == (["a", "b", "c"], ["a", "b", "c"])
    assert shown.of(project) == (["a", "b", "c"], [])


def test_whatever_changes_a_row_makes_it_anew(three, ada, store):
    project, (first, second, third) = three
    picture = picture_of(ada, project)
    shown = Shown()
    shown.of(project)

    Node.objects.filter(pk=second.pk).update(second_prompts=["now"])
    assert shown.of(project) == (["a", "b", "c"], ["b"])
    Node.objects.filter(pk=third.pk).update(asset=picture)
    assert shown.of(project)[1] == ["c"]
    Node.objects.filter(pk=first.pk).update(x=9)
    assert shown.of(project) == (["b", "c", "a"], ["a"])
    project.title = "Another"
    project.save()
    assert shown.of(project)[1] == ["b", "c", "a"]
    Node.objects.filter(pk=second.pk).delete()
    assert shown.of(project) == (["c", "a"], [])
    assert shown.of(project_of(ada, "Empty")) == ([], [])


def test_what_comes_back_is_what_it_was(three):
    project, (first, _, _) = three
    shown = Shown()
    shown.of(project)
    Node.objects.filter(pk=first.pk).update(title="z")
    shown.of(project)
    Node.objects.filter(pk=first.pk).update(title="a")

    assert shown.of(project) == (["a", "b", "c"], [])


def test_no_more_are_kept_than_is_said(three):
    project, _ = three
    shown = Shown(most=2)
    shown.of(project)

    assert shown.of(project) == (["a", "b", "c"], ["a", "b", "c"])
