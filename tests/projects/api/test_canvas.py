"""Opening a canvas is one call, whose queries do not grow with it and whose answer stays small."""

import gzip
import json
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Chunk, Film, FilmItem, Node, Take
from tests.support.studio import picture_of, project_of

pytestmark = pytest.mark.django_db
MOST_BYTES = 250 * 1024
WORDS = [
    "the",
    "camera",
    "glides",
    "slowly",
    "over",
    "a",
    "quiet",
    "harbour",
    "at",
    "dawn",
    "while",
    "gulls",
    "circle",
    "and",
    "lanterns",
    "fade",
    "to",
    "grey",
]


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


def grow(owner, nodes: int):
    """A project with this many shots in chains, each with a take of three seconds, every tenth a picture."""
    chance = random.Random(nodes)
    project = project_of(owner)
    asset = picture_of(owner, project)
    shots = [
        Node(
            project=project, kind="image" if place % 10 == 0 else "shot", asset=asset if place % 10 == 0 else None,
            title=words(chance, 3), prompt=words(chance, 20), enhanced_prompt=words(chance, 60),
            x=chance.uniform(-9000, 9000), y=chance.uniform(-9000, 9000), duration_s=3,
        )
        for place in range(nodes)
    ]  # fmt: skip
    Node.objects.bulk_create(shots)
    takes = [
        Take(
            shot=shot, project=project, requested_by=owner, ordinal=1, duration_s=3, seed=chance.getrandbits(31),
            status="succeeded", spec={"seconds": 3, "prompt": words(chance, 20)},
        )
        for shot in shots if shot.kind == "shot"
    ]  # fmt: skip
    Take.objects.bulk_create(takes)
    Chunk.objects.bulk_create(
        Chunk(take=take, index=second, latents_key="l", latents_sha256="l", fragment_key="f", mime_type="video/mp4")
        for take in takes for second in range(3)
    )  # fmt: skip
    film = Film.objects.create(project=project, title="All of it")
    FilmItem.objects.bulk_create(FilmItem(film=film, order=place, take=take) for place, take in enumerate(takes[:40]))
    return project


def opened(browser, project):
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(f"/projects/{project.pk}/canvas", **{"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    return answer, len(queries)


def test_the_queries_do_not_grow_with_the_canvas(browser, ada, store):
    small, large = grow(ada, 10), grow(ada, 120)
    opened(browser, small)

    assert opened(browser, small)[1] == opened(browser, large)[1]


def test_five_hundred_cards_arrive_in_a_quarter_of_a_megabyte(browser, ada, store):
    answer, _ = opened(browser, grow(ada, 500))
    shown = json.loads(gzip.decompress(answer.content))

    assert len(shown["nodes"]) == 500
    assert len(shown["takes"]) == 450
    assert len(answer.content) <= MOST_BYTES
