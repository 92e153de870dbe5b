"""The schema says what is really sent, and what stands in the repository is what the code says."""

from pathlib import Path

import pytest
import yaml
from drf_spectacular.generators import SchemaGenerator

from projects.api.answer_schemas import ASSET, EXPORT, FILM, ITEM, NODE, PROJECT, SCHEMAS, TAKE, USER
from projects.api.answers import answers
from projects.models import Export, Film, FilmItem
from projects.rules.scheduling import Place
from projects.shapes.assets import asset_shape, with_cards
from projects.shapes.documents import film_shape, node_shape, project_shape
from projects.shapes.exports import export_shape
from projects.shapes.queue_places import anything_in_line, in_seconds, stage_seconds
from projects.shapes.takes import QueuePlace, one_take_shape
from tests.support.studio import ask, picture_of, shot_in

pytestmark = pytest.mark.django_db
COMMITTED = Path(__file__).parents[3] / "frontend/src/api/schema.yaml"


def fields_of(schema) -> set[str]:
    return set(schema().fields)


def test_shapes_have_the_fields_that_the_schema_says(store, ada, project):
    shot = shot_in(project)
    (take,) = ask(ada, shot)
    film = Film.objects.create(project=project, title="x")
    FilmItem.objects.create(film=film, order=0, take=take)
    export = Export.objects.create(film=film, requested_by=ada, preset="master")
    shown = film_shape(film)

    assert set(one_take_shape(take.pk)) == fields_of(TAKE)
    assert set(asset_shape(with_cards().get(pk=picture_of(ada).pk))) == fields_of(ASSET)
    assert set(node_shape(shot)) == fields_of(NODE)
    assert set(shown) == fields_of(FILM)
    assert set(shown["items"][0]) == fields_of(ITEM)
    assert set(export_shape(export)) == fields_of(EXPORT)
    assert set(project_shape(project, "owner")) == fields_of(PROJECT)


def test_a_person_is_shown_as_the_schema_says(browser):
    assert set(browser.get("/me").json()) == fields_of(USER)


def test_a_place_in_line_is_told_in_seconds(store, ada, project):
    assert not anything_in_line()
    (take,) = ask(ada, shot_in(project))
    place = Place(take_id=str(take.pk), position=2, starts_after=3, ends_after=5)

    found = in_seconds([place])[take.pk]

    assert anything_in_line()
    assert found == QueuePlace(position=2, starts_in_s=3 * stage_seconds(), eta_s=5 * stage_seconds())
    low, high = found.to_json()["eta_range_s"]
    assert low < found.eta_s < high


def test_every_answer_has_a_schema():
    assert all(answers(name)[200] for name in SCHEMAS)


def test_the_committed_schema_is_the_codes(settings):
    """Made anew by: python manage.py spectacular --file frontend/src/api/schema.yaml"""
    made = SchemaGenerator().get_schema(request=None, public=True)

    assert yaml.safe_load(COMMITTED.read_text(encoding="utf-8")) == yaml.safe_load(yaml.safe_dump(_plain(made)))


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
