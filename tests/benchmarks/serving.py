"""``python -m tests.benchmarks.serving [--seconds N]``: how soon people hear and are answered while a worker renders.

A studio of real processes with the preset ``tiny`` on this machine, each as nice as the supervisor makes it. First 100
sockets listen to takes being made: time from a second's commit to each client. Then 60 requests a second, four reads to
one write, beside a worker that never rests: time to the answer, by what was asked, and how busy each process was.
Figures stand beside their limits; nothing is judged, since it depends on the machine.
"""

import argparse
import asyncio
import json
import os
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from tests.support.fault_studio import TOKEN, FaultStudio, fault_studio

CLIENTS, EVENT_LIMIT_MS = 100, 200
REQUESTS_PER_SECOND, ANSWER_LIMIT_MS = 60, 120
# Requests that this client has open at once; figures are also told for each stretch.
MOST_WAITING, STRETCH_SECONDS = 120, 10
# Takes that are made while people listen, and their length.
LISTENING_TAKES, TAKE_SECONDS = 4, 10


def share(values: list[float], part: float) -> float:
    """The value that so large a part of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def shares(values: list[float]) -> str:
    """In the middle, for 95, for 99 of 100."""
    p50, p95, p99 = (1000 * share(values, part) for part in (0.5, 0.95, 0.99))
    return f"n {len(values)}, p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms"


def told(name: str, values: list[float], limit_ms: float) -> None:
    of_limit = 1000 * share(values, 0.95) / limit_ms
    print(f"{name}: {shares(values)}; p95 is {of_limit:.2f} of its limit, {limit_ms:.0f} ms")


def processor_seconds(studio: FaultStudio) -> dict[str, float]:
    """What each process of a studio has used so far."""
    used = {}
    for name, process in studio.processes.items():
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        used[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


async def listen(studio: FaultStudio, project: str, delays: list[float], over: asyncio.Event) -> None:
    """One tab: how long after its commit each second is heard of."""
    origin = studio.socket_address.replace("ws://", "http://").removesuffix("/ws/v1")
    async with connect(studio.socket_address, origin=origin, max_size=None) as connection:
        await connection.send(json.dumps({"op": "subscribe", "topics": [f"project:{project}"]}))
        while not over.is_set():
            try:
                message = json.loads(await asyncio.wait_for(connection.recv(), 0.5))
            except TimeoutError:
                continue
            if message.get("type") == "take.chunk":
                delays.append(time.time() - datetime.fromisoformat(message["at"]).timestamp())


async def events(studio: FaultStudio) -> None:
    project = studio.project("Listeners")
    shot = studio.shot(project, duration_s=TAKE_SECONDS)
    delays: list[float] = []
    over = asyncio.Event()
    tabs = [asyncio.create_task(listen(studio, project, delays, over)) for _ in range(CLIENTS)]
    await asyncio.sleep(5)
    takes = await asyncio.to_thread(studio.order, shot, count=LISTENING_TAKES)
    await asyncio.to_thread(studio.until_ended, *takes)
    await asyncio.sleep(2)
    over.set()
    await asyncio.gather(*tabs)
    print(f"heard {len(delays)} of {CLIENTS * LISTENING_TAKES * TAKE_SECONDS}")
    told(f"chunk committed -> event at {CLIENTS} clients", delays, EVENT_LIMIT_MS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """One answer: to what, how, when it was due, and after how many seconds it came."""

    kind: str
    status: int
    at: float
    took: float


@dataclass(kw_only=True, slots=True)
class Card:
    """A card that is moved again and again, and where its tab believes it to be."""

    node: str
    x: float = 0


class Client:
    """Asks from many threads, each with a connection of its own.

    It runs on the cores that are measured, so it is a plain one: a quarter of the processor time of httpx's.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._kept = threading.local()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """The status and what came."""
        connection = getattr(self._kept, "connection", None)
        # Let go of an idle connection before the server does, after 5 s: it might do so while it is used again.
        if connection is None or time.monotonic() - self._kept.used > 2:
            connection = self._kept.connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Cookie": f"csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "Content-Type": "application/json"}
        connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        came = answer.read()
        self._kept.used = time.monotonic()
        return answer.status, came


def answers(studio: FaultStudio, seconds: int) -> None:
    project = studio.project("Answers")
    card = Card(node=studio.shot(project, duration_s=1))
    over = threading.Event()
    renderer = threading.Thread(target=keep_rendering, args=(studio, over))
    renderer.start()
    client = Client(studio.plan.port)
    found: list[Answered] = []

    def one(number: int, due: float) -> None:
        kind, status = request(client, number, project, card)
        # From when it was due: one that waits for a thread of this client waits as well.
        found.append(Answered(kind=kind, status=status, at=due - begun, took=time.perf_counter() - due))

    used, own, begun, asked = processor_seconds(studio), time.process_time(), time.perf_counter(), []
    with ThreadPoolExecutor(MOST_WAITING) as threads:
        for number in range(seconds * REQUESTS_PER_SECOND):
            due = begun + number / REQUESTS_PER_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            asked.append(threads.submit(one, number, due))
    took = time.perf_counter() - begun
    busy = {name: f"{(now - used[name]) / took:.0%}" for name, now in processor_seconds(studio).items()}
    own_share = (time.process_time() - own) / took
    over.set()
    renderer.join()
    for answered in asked:
        # Whoever got no answer at all says so here.
        answered.result()
    tell_answers(found, seconds=seconds, took=took)
    print(f"of one core: {busy}, this client {own_share:.0%}")


def tell_answers(found: list[Answered], *, seconds: int, took: float) -> None:
    """All of them, by what was asked, and the worst stretch: a mean hides a server that stops now and then."""
    every = [it.took for it in found]
    print(f"answers by status: {dict(Counter(it.status for it in found))}, {len(every) / took:.1f} a second")
    told(
        f"{REQUESTS_PER_SECOND} requests a second for {seconds} s beside a worker that renders", every, ANSWER_LIMIT_MS
    )
    by_kind, by_stretch = defaultdict(list), defaultdict(list)
    for it in found:
        by_kind[it.kind].append(it.took)
        by_stretch[int(it.at // STRETCH_SECONDS)].append(it.took)
    for kind, values in sorted(by_kind.items()):
        print(f"  {kind}: {shares(values)}")
    worst = max(by_stretch, key=lambda stretch: share(by_stretch[stretch], 0.95))
    print(f"worst {STRETCH_SECONDS} s, from second {worst * STRETCH_SECONDS}: {shares(by_stretch[worst])}")
    over = sum(1000 * share(values, 0.95) > ANSWER_LIMIT_MS for values in by_stretch.values())
    print(f"over the limit in {over} of {len(by_stretch)} stretches")


def request(client: Client, number: int, project: str, card: Card) -> tuple[str, int]:
    """Four reads, then a write: what was asked, and the status."""
    reads = {"canvas": f"/projects/{project}/canvas", "queue": "/queue", "projects": "/projects", "me": "/me"}
    if number % 5 < len(reads):
        kind, path = list(reads.items())[number % 5]
        return kind, client.ask("GET", path)[0]
    change = {"type": "node.update", "node_id": card.node, "before": {"x": card.x}, "after": {"x": number}}
    ops = [{"id": str(uuid.uuid4()), **change}]
    status, came = client.ask("POST", f"/projects/{project}/ops", {"ops": ops, "client_id": "load"})
    if status == HTTPStatus.OK:
        clashes = json.loads(came)["clashes"]
        card.x = clashes[0]["theirs"] if clashes else number
    return "ops", status


def keep_rendering(studio: FaultStudio, over: threading.Event) -> None:
    """Order takes so that there is always one more to make."""
    shot = studio.shot(studio.project("Rendering"), duration_s=TAKE_SECONDS)
    while not over.is_set():
        takes = studio.order(shot, count=2)
        while not over.is_set() and all(studio.status(take) in ("queued", "running") for take in takes):
            time.sleep(1)
    studio.call("POST", "/queue/cancel", {"filter": "all"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="of requests (60)")
    parser.add_argument("--only", choices=("events", "answers"), help="one of the two alone")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fault_studio(Path(folder), generation=1, courteous=True) as studio:
        print(f"load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        if wanted.only != "answers":
            asyncio.run(events(studio))
        if wanted.only != "events":
            answers(studio, wanted.seconds)
        print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
