"""What is left in memory of a hundred takes that were made, watched while they were, and finished: their records."""

import itertools
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, WebSocketRoute, expect

from tests.support.canvas_page import MAKING_MS, CanvasPage
from tests.support.tour import api

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

GENERATIONS = 100
# The first ones fill what is filled once: caches, pools, code that is compiled when it is first used.
SETTLED = 20
SECONDS = 2
# Videos that the page keeps at most (frontend/src/player/videoBudget.ts), and one on its way out.
MOST_VIDEOS = 9
# Eighty takes more are eighty records of some 4 KB, 0.3 MB; three times that leaves room for what is collected late.
# The elements and sources of video that a leak would hold weigh little here, so these are counted, too.
MOST_GROWTH_BYTES = 2**20
COUNTED = ("HTMLVideoElement", "MediaSource", "SourceBuffer")
COUNT_ADDRESSES = """
window.blobs = new Set();
const [make, drop] = [URL.createObjectURL, URL.revokeObjectURL];
URL.createObjectURL = (of) => { const made = make.call(URL, of); window.blobs.add(made); return made; };
URL.revokeObjectURL = (one) => { window.blobs.delete(one); drop.call(URL, one); };
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What is alive after everything unused was collected."""

    heap: int
    listeners: int
    addresses: int
    objects: dict[str, int]


@dataclass(kw_only=True, slots=True)
class Line:
    """The page's socket: what the server said, and a way to say more."""

    routes: list[WebSocketRoute]
    heard: list[dict[str, Any]]

    def say(self, event: dict[str, Any]) -> None:
        """One event, as the server would send it."""
        self.routes[-1].send(json.dumps({"op": "event", "seq": 0, "at": "", **event}))


@pytest.fixture
def line(page: Page) -> Iterator[Line]:
    """A socket with the real server behind it."""
    found = Line(routes=[], heard=[])

    def through(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            found.heard.append(json.loads(message))
            route.send(message)

        server.on_message(pass_on)
        found.routes.append(route)

    page.route_web_socket("**/ws/v1", through)
    page.add_init_script(COUNT_ADDRESSES)
    return iter([found])


def alive(session: CDPSession, name: str) -> int:
    """How many objects of a kind the page still has."""
    kind = session.send("Runtime.evaluate", {"expression": f"{name}.prototype", "objectGroup": "counted"})
    all_of_it = session.send(
        "Runtime.queryObjects", {"prototypeObjectId": kind["result"]["objectId"], "objectGroup": "counted"}
    )
    counted = session.send(
        "Runtime.callFunctionOn",
        {
            "objectId": all_of_it["objects"]["objectId"],
            "functionDeclaration": "function () { return this.length }",
            "returnByValue": True,
        },
    )
    session.send("Runtime.releaseObjectGroup", {"objectGroup": "counted"})
    return int(counted["result"]["value"])


def look(page: Page, session: CDPSession) -> Left:
    """Collect, and count."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(100)
    objects = {name: alive(session, name) for name in COUNTED}
    session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: int(one["value"]) for one in session.send("Performance.getMetrics")["metrics"]}
    addresses = int(page.evaluate("window.blobs.size"))
    found = Left(
        heap=metrics["JSHeapUsedSize"], listeners=metrics["JSEventListeners"], addresses=addresses, objects=objects
    )
    print(f"\nheap {found.heap / 2**20:.2f} MB, {found.listeners} listeners, {addresses} addresses, {objects}")
    return found


def make_shots(page: Page, address: str) -> tuple[str, list[str]]:
    """A project with a column of empty shots: its id and theirs."""
    page.goto(address)
    project = api(page, address, "POST", "/projects", {"title": "Many takes"})["id"]
    shots = [str(uuid.uuid4()) for _ in range(GENERATIONS + 1)]
    operations = [
        {
            "id": str(uuid.uuid4()), "group_id": "shots", "type": "node.create",
            "node": {
                "id": shot, "kind": "shot", "x": 0, "y": number * 520, "width": 320, "height": 448,
                "prompt": "pan left", "takes_wanted": 1, "duration_s": SECONDS, "enhance": False,
            },
        }
        for number, shot in enumerate(shots)
    ]  # fmt: skip
    api(page, address, "POST", f"/projects/{project}/ops", {"client_id": "memory", "ops": operations})
    return project, shots


def real_take(page: Page, address: str, line: Line, shot: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Have one take made: what it is at the end, and what was said of its seconds."""
    made = api(page, address, "POST", f"/shots/{shot}/takes", {"count": 1})["takes"][0]["id"]
    expect(page.locator("[data-look=done]").first).to_be_visible(timeout=MAKING_MS)
    seconds = [one["data"] for one in line.heard if one.get("type") == "take.chunk" and one.get("id") == made]
    assert len(seconds) == SECONDS
    return api(page, address, "GET", f"/takes/{made}"), seconds


def live_through(
    canvas: CanvasPage, line: Line, shot: str, done: dict[str, Any], seconds: list[dict[str, Any]]
) -> None:
    """One take of a selected shot from the line to its file, played from its first second on."""
    page, take_id, project = canvas.page, str(uuid.uuid4()), done["project_id"]
    versions = itertools.count(1)

    def say(kind: str, **data: object) -> None:
        line.say({"topic": f"project:{project}", "type": kind, "id": take_id, "v": next(versions), "data": data})

    begun = {
        **done, "id": take_id, "shot_id": shot, "ordinal": 1, "version": 1, "status": "queued", "seconds_ready": 0,
        "cells": [0.0] * SECONDS, "live": None, "media_url": None, "poster_urls": None, "sprite": None,
        "asset_id": None, "finished_at": None, "phase": "",
    }  # fmt: skip
    say("take.queued", take=begun)
    for share in (0.3, 0.6, 0.9):
        say("take.progress", cells=[share, 0.0], phase="denoising")
    say("take.chunk", **{key: value for key, value in seconds[0].items() if key != "take"})
    card = canvas.stage.locator(f"article[data-node-id='{shot}']")
    expect(card.locator(".picture-button")).to_be_attached()
    page.keyboard.press(" ")
    page.wait_for_function("(id) => document.querySelector(`[data-node-id='${id}'] video`)?.currentTime > 0", arg=shot)
    say("take.chunk", **{key: value for key, value in seconds[1].items() if key != "take"})
    say("take.finished", take={**done, "id": take_id, "shot_id": shot, "ordinal": 1, "version": 50})
    expect(card).to_have_attribute("data-look", re.compile("done|stale"))
    expect(card.locator("video[data-waiting=false]")).to_have_count(1)


def test_a_hundred_takes_leave_their_records_and_nothing_else(canvas: CanvasPage, line: Iterator[Line]):
    page, told = canvas.page, next(line)
    project, shots = make_shots(page, canvas.address)
    view = json.dumps({"x": 60, "y": 60, "zoom": 1})
    page.evaluate("([key, view]) => localStorage.setItem(key, view)", [f"viewport:{project}", view])
    page.goto(f"{canvas.address}/p/{project}")
    canvas.stage.locator("article.node").first.wait_for()
    done, seconds = real_take(page, canvas.address, told, shots[0])
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.enable")

    canvas.take_up_keyboard()
    page.keyboard.press("Escape")
    canvas.shot("1a").locator(".head").click()
    # A pointer that rests on the cards would play them, too.
    page.mouse.move(700, 20)
    settled = None
    for number, shot in enumerate(shots[1:], start=1):
        page.keyboard.press("ArrowDown")
        live_through(canvas, told, shot, done, seconds)
        if number == SETTLED:
            settled = look(page, session)
    left = look(page, session)

    assert settled is not None
    assert left.heap - settled.heap <= MOST_GROWTH_BYTES
    assert left.addresses <= MOST_VIDEOS
    assert {name: count for name, count in left.objects.items() if count > MOST_VIDEOS} == {}
    assert left.listeners <= settled.listeners * 1.5
