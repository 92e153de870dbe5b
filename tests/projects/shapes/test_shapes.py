"""What is sent has the fields that the schema says, and places in line are told in seconds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.api.answer_schemas import ASSET, EXPORT, FILM, ITEM, NODE, PROJECT, TAKE
from projects.models import Chunk, Export, Film, FilmItem
from projects.rules.scheduling import Place
from projects.shapes.assets import asset_shape, with_cards
from projects.shapes.documents import film_shape, node_shape, project_shape
from projects.shapes.exports import export_shape
from projects.shapes.queue_places import in_seconds, stage_seconds
from projects.shapes.takes import (
    QueuePlace,
    attach_chunks,
    one_take_shape,
    plain_takes,
    takes_shape,
    with_chunks,
)
from tests.support.studio import ask, picture_of, shot_in

pytestmark = pytest.mark.django_db


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


def test_a_place_in_line_is_told_in_seconds(store, ada, project):
    (take,) = ask(ada, shot_in(project))
    place = Place(take_id=str(take.pk), position=2, starts_after=3, ends_after=5)

    found = in_seconds([place], each=2.5)[take.pk]

    assert found == QueuePlace(position=2, starts_in_s=7.5, eta_s=12.5)
    low, high = found.to_json()["eta_range_s"]
    assert low < found.eta_s < high


def test_a_stage_takes_what_it_took_on_average():
    assert stage_seconds([2.0, 0.0, 4.0]) == 3.0
    assert stage_seconds([]) == stage_seconds([0.0]) > 0


def test_a_finished_take_is_told_without_its_seconds_as_with_them(studio, ada, project):
    """What is not read of finished takes is what the slow way would find: every second, each of them there."""
    (done,) = ask(ada, shot_in(project, duration_s=2))
    studio.until_quiet()
    chunks = list(Chunk.objects.filter(take=done).order_by("index"))
    ready = sum(1 for number, chunk in enumerate(chunks) if chunk.index == number and chunk.fragment_key)

    with CaptureQueriesContext(connection) as queries:
        shown = one_take_shape(done.pk)

    assert (shown["status"], shown["seconds_ready"], shown["cells"]) == ("succeeded", ready, [1.0] * ready)
    assert (shown["live"], shown["duration_s"], ready) == (None, 2, 2)
    assert shown["sprite"]["columns"] > 0
    assert shown["poster_urls"]
    assert len(queries) == 2


def test_a_take_that_is_made_shows_the_seconds_that_are_there(studio, ada, project):
    (take,) = ask(ada, shot_in(project, duration_s=3))
    while not Chunk.objects.filter(take=take).exclude(fragment_key="").exists():
        studio.round()
        studio.deliver()

    shown = one_take_shape(take.pk)

    assert (shown["status"], shown["seconds_ready"], shown["cells"][0]) == ("running", 1, 1.0)
    assert len(shown["live"]["chunk_urls"]) == 1


def test_seconds_that_are_attached_are_those_that_are_prefetched(studio, ada, project):
    shots = [shot_in(project) for _ in range(3)]
    ask(ada, shots[0], count=2)
    studio.until_quiet()
    (begun,) = ask(ada, shots[1])
    Chunk.objects.bulk_create(
        Chunk(take=begun, index=index, latents_key="l", latents_sha256="l", fragment_key=key, mime_type="video/mp4")
        for index, key in ((1, ""), (0, "f"))
    )
    ask(ada, shots[2])
    takes = list(plain_takes().order_by("pk"))

    with CaptureQueriesContext(connection) as queries:
        attach_chunks(takes)
        fast = takes_shape(takes)

    assert len(queries) == 1
    assert fast == takes_shape(with_chunks().order_by("pk"))
    assert [shape["seconds_ready"] for shape in fast] == [2, 2, 1, 0]
    assert fast[0]["sprite"] is not None
    attach_chunks([])
