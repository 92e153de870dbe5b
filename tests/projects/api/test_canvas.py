"""Opening a canvas is one call, whose queries do not grow with it and whose answer stays small."""

import gzip
import json
import random
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Chunk, Film, FilmItem, Node, Take
from projects.models.prepared import Prepared
from tests.support.studio import ask, picture_of, project_of, shot_in

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


def told_now(browser, project) -> dict:
    """What the doors that are asked most often say."""
    paths = (f"/projects/{project.pk}/canvas", "/queue", "/projects", "/me", f"/projects/{project.pk}")
    return {path: browser.get(path).json() for path in paths}


def moved(browser, project, shot, place: float) -> dict:
    """What an edit is told, but for what names it."""
    change = {"type": "node.update", "node_id": str(shot.pk), "before": {"x": shot.x}, "after": {"x": place}}
    answer = browser.post(f"/projects/{project.pk}/ops", {"ops": [{"id": str(uuid4()), **change}], "client_id": "a"})
    shot.refresh_from_db()
    (done,) = answer.json()["applied"]
    return {"clashes": answer.json()["clashes"], "is version": done["node_versions"] == {str(shot.pk): shot.version}}


def test_prepared_queries_say_what_plain_ones_say(studio, ada, browser, monkeypatch):
    project, other = grow(ada, 12), project_of(ada, title="Another")
    made = shot_in(project, title="Made")
    ask(ada, made, count=1)
    studio.until_quiet()
    ask(ada, shot_in(other, title="Waits"), count=2)
    ask(ada, shot_in(project, title="Waits, too"), count=1)

    fast_edit, fast = moved(browser, project, made, 7.0), told_now(browser, project)
    monkeypatch.setattr(Prepared, "__call__", lambda self, **values: list(self.plain(**values)))
    slow, slow_edit = told_now(browser, project), moved(browser, project, made, 0.0)

    assert fast == slow
    assert fast_edit == slow_edit == {"clashes": [], "is version": True}
    assert [len(fast["/queue"][line]) for line in ("waiting", "done_today")] == [3, 1]
    assert fast["/me"]["usage"]["storage_bytes"] > 0
