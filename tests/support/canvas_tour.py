"""The canvas in every state, one after the other: for accessibility checks and for pictures."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file
from tests.support.film_page import words_of

# What a take may come to, with what the server says of it then.
TROUBLES: dict[str, dict[str, Any]] = {
    "failed": {"status": "failed", "error": {"code": "numerics_failed", "params": {"second": 3}, "support_id": "7F3A"}},
    "blocked": {
        "status": "blocked",
        "error": {"code": "prompt_policy", "params": {"rule": "likeness"}, "support_id": "7F3B"},
    },
    "cancelled": {"status": "cancelled", "seconds_ready": 2, "cells": [1, 1, 0, 0]},
    "queued": {
        "status": "queued", "seconds_ready": 0, "cells": [0, 0, 0, 0],
        "queue": {"position": 3, "ahead_s": 12, "starts_in_s": 60, "eta_s": 90, "eta_range_s": [80, 100]},
    },
    "generating": {"status": "running", "phase": "denoising", "seconds_ready": 2, "cells": [1, 1, 0.6, 0.2]},
    "recovered": {
        "status": "running", "phase": "denoising", "seconds_ready": 2, "cells": [1, 1, 0.4, 0], "recovered": True,
    },
    # Made from the first half second of what its shot starts from whole now.
    "stale": {"parent_frames": 12},
    "missing": {"media_url": None, "poster_urls": None, "sprite": None},
}  # fmt: skip

# What a key opens on the canvas, and the key that closes it.
OPENED = (
    ("e", "canvas-flap", "e"),
    ("o", "canvas-outline", "o"),
    ("?", "canvas-keys", "Escape"),
    ("c", "canvas-compare", "Escape"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sights:
    """What there is to see: a project with a film, a link to it, and a folder for what is brought."""

    project: str
    film: str
    shared: str
    folder: Path


def api(page: Page, address: str, method: str, path: str, body: object = None) -> Any:
    """One request as the page would make it."""
    found = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    head = {"X-CSRFToken": found.get("csrftoken", ""), "Idempotency-Key": str(uuid.uuid4())}
    answer = page.request.fetch(f"{address}/api/v1{path}", method=method, data=body, headers=head)
    assert answer.ok, answer.text()
    return answer.json() if answer.text() else None


def add_cards(page: Page, address: str, project: str) -> None:
    """A note, a frame and the film as cards, beside the shots that are there."""
    canvas = api(page, address, "GET", f"/projects/{project}/canvas")
    picture = next(node for node in canvas["nodes"] if node["kind"] == "image")
    last = max((node for node in canvas["nodes"] if node["kind"] == "shot"), key=lambda node: node["x"])
    note = {"kind": "note", "text": "**Light**\n- late afternoon\n- no people", "width": 220, "height": 120}
    frame = {"kind": "frame", "title": "Second scene", "width": 400, "height": 560}
    film = {"kind": "film", "film_id": canvas["films"][0]["id"], "width": 320, "height": 160}
    places = (
        (note, picture["x"], picture["y"] + 260),
        (frame, last["x"] - 40, last["y"] - 64),
        (film, last["x"] + 480, last["y"]),
    )
    operations = [
        {"id": str(uuid.uuid4()), "type": "node.create", "node": {**card, "id": str(uuid.uuid4()), "x": x, "y": y}}
        for card, x, y in places
    ]
    api(page, address, "POST", f"/projects/{project}/ops", {"client_id": "tour", "ops": operations})


def on_the_canvas(canvas: CanvasPage, sights: Sights, language: str) -> Iterator[str]:
    """The canvas with what opens on it."""
    page, words = canvas.page, words_of(language, "canvas")
    page.goto(f"{canvas.address}/p/{sights.project}")
    canvas.wait_for_look("1a", "done")
    canvas.show_all()
    page.wait_for_timeout(400)
    yield "canvas"
    page.get_by_role("button", name=str(words["lane"]["open"]), exact=True).click()
    expect(page.locator(".strip-clip").first).to_be_visible()
    yield "canvas-lane"
    page.get_by_role("button", name=str(words["lane"]["close"]), exact=True).click()
    page.get_by_role("navigation").get_by_role("button", name=str(words["tool"]["library"]), exact=True).click()
    expect(page.locator(".drawer-thumb").first).to_be_visible()
    yield "canvas-library"
    page.get_by_role("navigation").get_by_role("button", name=str(words["tool"]["library"]), exact=True).click()
    canvas.shot("1a").locator(".head").click()
    expect(page.locator(".inspector-body")).to_be_visible()
    yield "canvas-inspector"
    canvas.shot("1a").locator(".bar").click(position={"x": 120, "y": 10})
    expect(canvas.shot("1a").locator(".flag")).to_be_visible()
    yield "canvas-playhead"
    for key, name, closing in OPENED:
        canvas.take_up_keyboard()
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        yield name
        page.keyboard.press(closing)
    canvas.take_up_keyboard()
    page.keyboard.press("Control+k")
    page.wait_for_timeout(200)
    yield "canvas-palette"
    page.keyboard.press("Escape")
    canvas.shot("1a").get_by_role("button", name=str(words_of(language, "nodes")["act"]["more"])).click()
    expect(page.get_by_role("menu")).to_be_visible()
    yield "canvas-more"
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    page.keyboard.press("Shift+Enter")
    expect(canvas.stage.locator("textarea").last).to_be_focused()
    yield "canvas-draft"
    # It is taken back, so that the next walk finds what this one found.
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    page.keyboard.press("Control+z")
    expect(canvas.stage.locator("textarea")).to_have_count(0)
    canvas.wait_until_saved()


def in_trouble(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """States that would take long to come by, told by an answer that was changed on its way."""
    for name, values in TROUBLES.items():
        open_changed(canvas, sights, values)
        yield f"canvas-{name}"
    yield from without_a_line(canvas, sights)


def open_changed(canvas: CanvasPage, sights: Sights, values: dict[str, Any]) -> None:
    """Open the canvas with all of its takes changed, and show the whole tree."""
    where = f"**/projects/{sights.project}/canvas"
    canvas.page.route(where, changing(values))
    canvas.page.goto(f"{canvas.address}/p/{sights.project}?node=")
    expect(canvas.stage.locator("article.node[data-look]").first).to_be_visible(timeout=MAKING_MS)
    canvas.show_all()
    canvas.page.wait_for_timeout(400)
    canvas.page.unroute(where)


def without_a_line(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """The canvas while the server cannot be reached and takes were running."""
    page = canvas.page
    lines: list[WebSocketRoute] = []
    away = False

    def connect(line: WebSocketRoute) -> None:
        if away:
            line.close()
        else:
            line.connect_to_server()
            lines.append(line)

    page.route_web_socket("**/ws/v1", connect)
    open_changed(canvas, sights, TROUBLES["generating"])
    away = True
    page.route("**/api/v1/**", lambda route: route.abort())
    for line in lines:
        line.close()
    expect(canvas.shot("1a")).to_have_attribute("data-look", "offline", timeout=MAKING_MS)
    yield "canvas-offline"
    away = False
    page.unroute("**/api/v1/**")


def uploading(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """Two pictures on their way; what they make is taken back."""
    page = canvas.page
    page.goto(f"{canvas.address}/p/{sights.project}?node=")
    canvas.wait_for_look("1a", "done")
    # Nothing arrives, so that they stay on their way for as long as somebody looks.
    page.route("**/api/v1/uploads**", lambda _route: None)
    brought = [picture_file(sights.folder, shade=60), picture_file(sights.folder, shade=200)]
    page.get_by_test_id("canvas-file").set_input_files(brought)
    expect(canvas.stage.locator("article.picture [role=status]").first).to_be_visible()
    canvas.show_all()
    page.wait_for_timeout(300)
    yield "canvas-uploading"
    canvas.take_up_keyboard()
    page.keyboard.press("Control+z")
    expect(canvas.stage.locator("article.picture [role=status]")).to_have_count(0)
    page.unroute("**/api/v1/uploads**")
    canvas.wait_until_saved()


def changing(values: dict[str, Any]) -> Callable[[Route], None]:
    """Lets an answer through with all of its takes changed."""

    def change(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["takes"] = [{**take, **values, "version": take["version"] + 1000} for take in body["takes"]]
        route.fulfill(response=answer, body=json.dumps(body))

    return change
