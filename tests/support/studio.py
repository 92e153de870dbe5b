"""A studio in one process: people, projects and shots; a queue that is a list; workers that are function calls."""

import threading
from collections import deque
from datetime import datetime
from pathlib import Path

import numpy as np
from django.db import transaction
from django.db.models import F

from generation.artifacts import sha256_of_bytes
from generation.contract.messages import AdvanceRequest, DecodeRequest, Message, WorkerAlive
from projects.actions.clock import database_now
from projects.actions.commits import commit
from projects.actions.schedule import WORKER_SILENCE
from projects.actions.take_files import finish_take, keep_blob, keep_renditions
from projects.actions.take_orders import TakeOrder, request_takes
from projects.actions.take_posters import make_posters
from projects.artifact_store import artifacts
from projects.dispatcher import Dispatcher
from projects.media.renditions import store_posters
from projects.media.take_movie import blob_key
from projects.models import Asset, Chunk, Node, Project, Take, User, Worker
from tests.support.serving import Bench

PNG_SIZE = (96, 64)


def person(name="ada", **values) -> User:
    return User.objects.create_user(username=name, password="a long password", **values)


def project_of(owner: User, title="Kites") -> Project:
    return Project.objects.create(owner=owner, title=title)


def shot_in(project: Project, **values) -> Node:
    return Node.objects.create(
        project=project, kind="shot", **{"prompt": "slow zoom in", "duration_s": 2, "takes_wanted": 1, **values}
    )


def picture_of(owner: User, project: Project | None = None) -> Asset:
    """A small picture in the library."""
    import io

    from PIL import Image

    width, height = PNG_SIZE
    pixels = np.add.outer(np.arange(height) * 2, np.arange(width)).astype(np.uint8)
    frame = np.stack([pixels, pixels[::-1], 255 - pixels], axis=-1)
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "PNG")
    data = file.getvalue()
    digest = sha256_of_bytes(data)
    artifacts().put(blob_key(digest), data)
    blob = keep_blob(digest, blob_key(digest), "image/png", len(data))
    asset = Asset.objects.create(
        owner=owner, project=project, kind="image", blob=blob, width=width, height=height, title="A gradient"
    )
    keep_renditions(asset.pk, store_posters(artifacts(), frame, folder=f"assets/{asset.pk}"))
    return asset


class Studio:
    """The product for real, the broker as a list, workers as calls; a message at a time, or all of them."""

    def __init__(self, folder: Path, monkeypatch, *, workers=("w1",), **sampling):
        self.queue: deque[tuple[str, str, dict]] = deque()
        self.said: list[Message] = []
        self.thread = threading.get_ident()
        self.bench = Bench(folder, **sampling)
        self.bench.store = artifacts()
        self.bench.messages = self
        self.workers = {name: self.bench.advancer(name) for name in workers}
        self.dispatcher = Dispatcher()
        monkeypatch.setattr("projects.generation_client._send", self._send)
        monkeypatch.setattr("projects.generation_client.poke", lambda: None)
        for user in ("schedule", "decoding"):
            monkeypatch.setattr(f"projects.actions.{user}.broker_answers", lambda: self.broker)
        # Whether the broker is there.
        self.broker = True
        for name in workers:
            self.alive(name)
        self.alive("d1", role="decode")

    def _send(self, task, payload, queue, *, as_keywords=False):
        if not self.broker:
            return False
        self.queue.append((task, queue, payload))
        return True

    def send(self, message: Message) -> None:
        """A worker's outlet. Heartbeats of a slow machine come from a thread that a database in memory keeps out."""
        if threading.get_ident() != self.thread:
            return
        self.said.append(message)
        commit(Message.from_json(message.to_json()))

    def alive(self, name: str, **values) -> None:
        commit(
            WorkerAlive(
                worker=name, queue=f"generation.{name}", preset="tiny", device="cpu",
                **{"role": "generation", "holds": "", "rss_bytes": 1, **values},
            )
        )  # fmt: skip

    def round(self) -> None:
        self.dispatcher.round()

    def deliver(self) -> bool:
        """Let whoever is asked do the oldest task; False if there is none."""
        if not self.queue:
            return False
        began = database_now()
        task, queue, payload = self.queue.popleft()
        if task == "generation.advance_take":
            worker = queue.removeprefix("generation.")
            self.workers[worker].advance(AdvanceRequest.from_json(payload))
            self.alive(worker, holds=self.workers[worker].holds)
        elif task == "generation.decode_chunk":
            self.bench.decoder().decode(DecodeRequest.from_json(payload))
            self.alive("d1", role="decode")
        elif task == "projects.finish_take":
            finish_take(payload["take_id"])
        elif task == "projects.make_posters":
            make_posters(payload["take_id"])
        self._stop_the_clock(began)
        return True

    def _stop_the_clock(self, began: datetime) -> None:
        """However long a task took on a busy machine, no lease ran out and nobody died of it."""
        took = database_now() - began
        Worker.objects.filter(heard_at__gte=began - WORKER_SILENCE).update(heard_at=F("heard_at") + took)
        Take.objects.filter(lease_until__gte=began).update(lease_until=F("lease_until") + took)
        Chunk.objects.filter(decode_lease_until__gte=began).update(decode_lease_until=F("decode_lease_until") + took)

    def until_quiet(self, most=400) -> None:
        """Rounds and deliveries until nothing moves any more."""
        for _ in range(most):
            self.round()
            if not self.queue:
                return
            while self.deliver():
                pass
        raise AssertionError("the studio never came to rest")


def ask(user: User, shot: Node, **order) -> list[Take]:
    with transaction.atomic():
        return request_takes(user, shot.pk, TakeOrder(**order))
