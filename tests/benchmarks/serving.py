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
import statistics
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

from tests.support.fault_studio import TOKEN, FaultStudio, fault_studio

CLIENTS, EVENT_LIMIT_MS = 100, 200
REQUESTS_PER_SECOND, ANSWER_LIMIT_MS = 60, 120
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


async def answers(studio: FaultStudio, seconds: int) -> None:
    project = studio.project("Answers")
    card = Card(node=studio.shot(project, duration_s=1))
    over = threading.Event()
    renderer = threading.Thread(target=keep_rendering, args=(studio, over))
    renderer.start()
    times: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[int] = Counter()
    address = f"http://127.0.0.1:{studio.plan.port}/api/v1"
    async with httpx.AsyncClient(
        base_url=address, cookies={"csrftoken": TOKEN}, headers={"X-CSRFToken": TOKEN}, timeout=30,
        # Let go of an idle connection before the server does, after 5 s: it might do so while it is used again.
        limits=httpx.Limits(keepalive_expiry=2),
    ) as client:  # fmt: skip

        async def one(number: int) -> None:
            started = time.perf_counter()
            answer = await request(client, number, project, card)
            times[str(answer.request.url.path.rpartition("/")[2])].append(time.perf_counter() - started)
            statuses[answer.status_code] += 1

        used, begun, asked = processor_seconds(studio), time.perf_counter(), []
        for number in range(seconds * REQUESTS_PER_SECOND):
            await asyncio.sleep(max(0.0, begun + number / REQUESTS_PER_SECOND - time.perf_counter()))
            asked.append(asyncio.create_task(one(number)))
        await asyncio.gather(*asked)
        took = time.perf_counter() - begun
        busy = {name: f"{(now - used[name]) / took:.0%}" for name, now in processor_seconds(studio).items()}
    over.set()
    await asyncio.to_thread(renderer.join)
    every = [value for values in times.values() for value in values]
    print(f"answers by status: {dict(statuses)}, {len(every) / took:.1f} a second")
    told(
        f"{REQUESTS_PER_SECOND} requests a second for {seconds} s beside a worker that renders", every, ANSWER_LIMIT_MS
    )
    print(f"mean {1000 * statistics.mean(every):.0f} ms; of one core: {busy}")
    for name, values in sorted(times.items()):
        print(f"  {name}: {shares(values)}")


@dataclass(kw_only=True, slots=True)
class Card:
    """A card that is moved again and again, and where its tab believes it to be."""

    node: str
    x: float = 0


async def request(client: httpx.AsyncClient, number: int, project: str, card: Card) -> httpx.Response:
    """Four reads, then a write."""
    match number % 5:
        case 0:
            return await client.get(f"/projects/{project}/canvas")
        case 1:
            return await client.get("/queue")
        case 2:
            return await client.get("/projects")
        case 3:
            return await client.get("/me")
    change = {"type": "node.update", "node_id": card.node, "before": {"x": card.x}, "after": {"x": number}}
    ops = [{"id": str(uuid.uuid4()), **change}]
    answer = await client.post(f"/projects/{project}/ops", json={"ops": ops, "client_id": "load"})
    if answer.is_success:
        clashes = answer.json()["clashes"]
        card.x = clashes[0]["theirs"] if clashes else number
    return answer


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
            asyncio.run(answers(studio, wanted.seconds))
        print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
