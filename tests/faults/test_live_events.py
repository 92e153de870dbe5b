"""Sockets break, servers restart, clients fall asleep or run wild: whoever listens ends with the server's truth."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.faults.conftest import SEED
from tests.support.fault_studio import FaultStudio

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]

DROPS, ALL_DROPS = 30, 100
MOST_GROWTH = 64 * 2**20
PATIENCE = 30


@contextmanager
def opened(studio: FaultStudio, **options: Any) -> Iterator[ClientConnection]:
    """A socket as a page of the studio opens it."""
    origin = studio.socket_address.replace("ws://", "http://").removesuffix("/ws/v1")
    with connect(studio.socket_address, origin=origin, **options) as connection:
        yield connection


class Listener:
    """A tab: remembers the last number it saw, and refuses gaps."""

    def __init__(self, studio: FaultStudio, project: str) -> None:
        self.studio = studio
        self.topic = f"project:{project}"
        self.last = 0
        self.events: list[dict[str, Any]] = []
        self.snapshot: dict[str, Any] = {}

    def subscribe(self, connection: ClientConnection) -> None:
        connection.send(json.dumps({"op": "subscribe", "topics": [self.topic], "since": self.last}))

    def hear(self, message: dict[str, Any]) -> None:
        assert message["op"] != "reset", "nothing was too old to be told again"
        if message["op"] == "snapshot":
            assert message["seq"] == self.last, "a snapshot comes after what led to it"
            self.snapshot = message
        seq = message.get("seq", 0) if message["op"] == "event" else 0
        if seq > self.last:
            assert seq == self.last + 1, f"{self.last} is followed by {seq}"
            self.last = seq
            self.events.append(message)

    def listen(self, seconds: float) -> None:
        """Connect, hear what comes for a while, and break off without a word."""
        with suppress(OSError, ConnectionClosed, TimeoutError), opened(self.studio) as connection:
            self.subscribe(connection)
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                self.hear(json.loads(connection.recv(timeout=left)))
            connection.socket.close()

    def catch_up(self) -> None:
        """Connect and hear everything that there is."""
        with opened(self.studio) as connection:
            self.subscribe(connection)
            self.snapshot = {}
            while not self.snapshot:
                self.hear(json.loads(connection.recv(timeout=PATIENCE)))


def last_number(studio: FaultStudio, project: str) -> int:
    return int(studio.rows("select event_seq from projects_project where id = ?", project.replace("-", ""))[0][0])


def test_however_often_a_socket_breaks_every_event_is_told_once_and_in_order(
    studio: FaultStudio, request: pytest.FixtureRequest
):
    drops = ALL_DROPS if request.config.getoption("--full-faults") else DROPS
    chance = random.Random(19)
    project = studio.project("Broken sockets")
    shot = studio.shot(project, duration_s=3)
    listener = Listener(studio, project)
    takes = []
    for drop in range(drops):
        if drop % 10 == 0:
            takes += studio.order(shot, count=2, seed=SEED)
        if drop == drops // 2:
            studio.restart("web")
            studio.until(studio.answers, "the web answers again")
        listener.listen(chance.uniform(0.02, 0.4))
    studio.until_ended(*takes)
    studio.until(lambda: not studio.rows("select 1 from projects_event where published_at is null"), "all is sent")

    listener.catch_up()

    kept = studio.rows(
        "select seq, type, entity_id from projects_event where project_id = ? order by seq", project.replace("-", "")
    )
    assert [(event["seq"], event["type"], event["id"]) for event in listener.events] == kept
    assert listener.last == last_number(studio, project)
    assert listener.snapshot["takes"] == [], "nothing moves any more, and the client knows"
    ends = [event["data"]["take"]["status"] for event in listener.events if event["type"] == "take.finished"]
    assert ends == ["succeeded"] * len(takes)


def rss(studio: FaultStudio, name: str) -> int:
    status = Path(f"/proc/{studio.processes[name].pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def write_much(studio: FaultStudio, project: str, node: str, times: int) -> None:
    """That many edits of a long text; each event is as long."""
    before = "slow zoom in"
    for number in range(times):
        after = f"{number:06d}" + "x" * 60_000
        studio.operate(
            project,
            {"type": "node.update", "node_id": node, "before": {"prompt": before}, "after": {"prompt": after}},
        )
        before = after


def test_a_client_that_does_not_read_costs_nobody_anything(studio: FaultStudio):
    project = studio.project("A sleeper")
    node = studio.shot(project)
    listener = Listener(studio, project)
    heard = threading.Event()

    def listen() -> None:
        with opened(studio, max_size=None) as connection:
            listener.subscribe(connection)
            while not heard.is_set() or listener.last < last_number(studio, project):
                with suppress(TimeoutError):
                    listener.hear(json.loads(connection.recv(timeout=0.2)))

    tab = threading.Thread(target=listen)
    before = rss(studio, "web")
    with opened(studio, max_size=None, max_queue=1) as sleeper:
        sleeper.send(json.dumps({"op": "subscribe", "topics": [f"project:{project}"]}))
        tab.start()
        write_much(studio, project, node, 120)
        heard.set()
        tab.join(PATIENCE)
        growth = rss(studio, "web") - before

        assert not tab.is_alive()
        assert listener.last == last_number(studio, project), "the other tab heard everything meanwhile"
        assert growth < MOST_GROWTH
        # It wakes, and finds its way: by all that it missed, or by being told to start anew.
        seen = 0
        while seen < listener.last:
            message = json.loads(sleeper.recv(timeout=PATIENCE))
            assert message["op"] == "reset" or message.get("seq", 0) >= seen
            seen = listener.last if message["op"] == "reset" else message.get("seq", seen)


def flood(connection: ClientConnection) -> None:
    for _ in range(1000):
        connection.send('{"op":"ping"}')


def code_of_the_end(connection: ClientConnection) -> int | None:
    """With which code the server ends a connection; what it says before is left aside."""
    with suppress(ConnectionClosed):
        while True:
            connection.recv(timeout=PATIENCE)
    return connection.close_code


@pytest.mark.parametrize(
    ("abuse", "codes", "compression"),
    [
        pytest.param(lambda it: it.send("x" * 2**17), {1009}, None, id="a-frame-that-is-too-long"),
        # The server hangs up while it still comes, so its words may be lost.
        pytest.param(lambda it: it.send("x" * 10 * 2**20), {1009, 1006}, None, id="a-frame-of-ten-megabytes"),
        pytest.param(lambda it: it.send("0" * 40 * 2**20), {1009}, "deflate", id="a-frame-that-inflates"),
        pytest.param(flood, {1008}, None, id="a-thousand-messages"),
        pytest.param(lambda it: it.send("{"), {1008}, None, id="no-json"),
        pytest.param(lambda it: it.send(b"\0"), {1008}, None, id="bytes"),
        pytest.param(lambda it: it.send('{"op":"format"}'), {1008}, None, id="an-unknown-command"),
    ],
)
def test_who_runs_wild_is_shown_out_and_nobody_else_notices(
    studio: FaultStudio, project: str, abuse, codes: set[int], compression: str | None
):
    with opened(studio) as decent:
        decent.send('{"op":"ping"}')
        assert json.loads(decent.recv(timeout=PATIENCE))["op"] == "pong"
        before = rss(studio, "web")
        for _ in range(3):
            with opened(studio, compression=compression) as wild:
                with suppress(ConnectionClosed):
                    abuse(wild)
                assert code_of_the_end(wild) in codes
        decent.send('{"op":"ping"}')
        assert json.loads(decent.recv(timeout=PATIENCE))["op"] == "pong"
        assert rss(studio, "web") - before < MOST_GROWTH
