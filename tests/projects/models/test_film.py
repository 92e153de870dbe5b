"""Exports know whose people may see them."""

from projects.models import Export, Film, Project


def test_an_export_belongs_to_its_films_project_or_to_the_one_that_it_holds():
    whole, shown = Project(), Project()

    assert Export(film=Film(project=shown), project=None).project_key == shown.pk
    assert Export(project=whole).project_key == whole.pk
    assert Export().project_key is None
