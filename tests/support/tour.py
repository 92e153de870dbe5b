"""Every screen and state of the browser part, one after the other: for accessibility checks and for pictures."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

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
    """What there is to see: a project with a film, and a link to it."""

    project: str
    film: str
    shared: str


def api(page: Page, address: str, method: str, path: str, body: object = None) -> Any:
    """One request as the page would make it."""
    found = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    head = {"X-CSRFToken": found.get("csrftoken", ""), "Idempotency-Key": str(uuid.uuid4())}
    answer = page.request.fetch(f"{address}/api/v1{path}", method=method, data=body, headers=head)
    assert answer.ok, answer.text()
    return answer.json() if answer.text() else None


def prepare(canvas: CanvasPage, folder: Path, picture: Path | None = None) -> Sights:
    """Make a project with two generations of shots, a film and a link; minutes on a busy machine."""
    page = canvas.page
    canvas.start_from(picture or picture_file(folder, shade=70))
    page.keyboard.type("The wind lifts the curtain, and the light turns golden.")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    page.keyboard.press("+")
    page.keyboard.type("The camera climbs slowly over the ridge.")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("2a", "done")
    page.keyboard.press("b")
    expect(page.locator(".strip-clip")).to_have_count(2)
    project = page.url.split("/p/")[1].split("?")[0]
    film = api(page, canvas.address, "GET", f"/films?project={project}")[0]["id"]
    link = api(
        page, canvas.address, "POST", f"/projects/{project}/shares", {"scope": "film_and_prompts", "film_id": film}
    )
    return Sights(project=project, film=film, shared=str(link["url"]).split("/s/")[1])


def dress(canvas: CanvasPage, *, language: str, theme: str, motion: str = "reduced") -> None:
    """Show everything in a language and a theme from now on; no language is the browser's."""
    canvas.page.goto(canvas.address)
    api(
        canvas.page,
        canvas.address,
        "PATCH",
        "/me/settings",
        {"language": language, "theme": theme, "motion": motion},
    )
    # The pages that know nobody speak the browser's language.
    spoken = language or "en"
    canvas.page.evaluate("(language) => localStorage.setItem('language', language)", spoken)
    canvas.page.goto(canvas.address)
    expect(canvas.page.locator("html")).to_have_attribute("data-theme", theme)
    expect(canvas.page.locator("html")).to_have_attribute("lang", spoken)


def states(canvas: CanvasPage, sights: Sights, language: str) -> Iterator[str]:
    """Go through every screen and state; the page is in it while its name is handed out."""
    yield from around(canvas, sights, language)
    yield from on_the_canvas(canvas, sights, language)
    yield from in_trouble(canvas, sights)
    yield from film_states(canvas, sights, language)


def around(canvas: CanvasPage, sights: Sights, language: str) -> Iterator[str]:
    """Screens that are not a project."""
    page, address = canvas.page, canvas.address
    page.goto(address)
    expect(page.locator("article .card-poster").first).to_be_visible()
    yield "home"
    page.locator("article .card-line button").first.click()
    expect(page.get_by_role("menu")).to_be_visible()
    yield "home-menu"
    page.get_by_role("menuitem", name=str(words_of(language, "app")["rename"])).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "home-rename"
    page.keyboard.press("Escape")
    page.goto(f"{address}/library")
    expect(page.get_by_role("option").first).to_be_visible()
    yield "library"
    page.get_by_role("option").first.click()
    yield "library-chosen"
    page.goto(f"{address}/library?search=nothing-is-called-that")
    expect(page.locator(".empty")).to_be_visible()
    yield "library-nothing"
    page.goto(f"{address}/queue")
    expect(page.locator(".usage")).to_be_visible()
    yield "queue"
    for name in ("settings", "studio"):
        page.goto(f"{address}/{name}")
        expect(page.locator("main section").first).to_be_visible()
        yield name
    page.goto(f"{address}/login")
    expect(page.locator("input[type=password]")).to_be_visible()
    yield "log-in"
    page.goto(f"{address}/invitation/gone")
    yield "invitation"
    page.goto(f"{address}/nowhere")
    expect(page.locator("main h1")).to_be_visible()
    yield "not-found"


def on_the_canvas(canvas: CanvasPage, sights: Sights, language: str) -> Iterator[str]:
    """The canvas with what opens on it."""
    page = canvas.page
    page.goto(f"{canvas.address}/p/{sights.project}")
    canvas.wait_for_look("1a", "done")
    canvas.show_all()
    page.wait_for_timeout(400)
    yield "canvas"
    canvas.shot("1a").locator(".head").click()
    expect(page.locator(".inspector-body")).to_be_visible()
    yield "canvas-inspector"
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
    page = canvas.page
    for name, values in TROUBLES.items():
        page.route(f"**/projects/{sights.project}/canvas", changing(values))
        page.goto(f"{canvas.address}/p/{sights.project}?node=")
        expect(canvas.stage.locator("article.node[data-look]").first).to_be_visible(timeout=MAKING_MS)
        page.wait_for_timeout(300)
        yield f"canvas-{name}"
        page.unroute(f"**/projects/{sights.project}/canvas")


def changing(values: dict[str, Any]) -> Callable[[Route], None]:
    """Lets an answer through with all of its takes changed."""

    def change(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["takes"] = [{**take, **values, "version": take["version"] + 1000} for take in body["takes"]]
        route.fulfill(response=answer, body=json.dumps(body))

    return change


def film_states(canvas: CanvasPage, sights: Sights, language: str) -> Iterator[str]:
    """The film, its dialogs, and what a link shows."""
    page, words = canvas.page, words_of(language, "film")
    page.goto(f"{canvas.address}/p/{sights.project}/film/{sights.film}")
    expect(page.get_by_role("option").first).to_be_visible()
    yield "film"
    page.get_by_role("button", name=str(words["export"]), exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "film-export"
    page.keyboard.press("Escape")
    page.get_by_role("button", name=str(words["share"]), exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "film-share"
    page.keyboard.press("Escape")
    page.goto(f"{canvas.address}/s/{sights.shared}")
    expect(page.locator("video").first).to_be_attached()
    yield "share"


def phone_states(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """What differs on a small screen; the page must be small already."""
    page = canvas.page
    film = f"/p/{sights.project}/film/{sights.film}"
    screens = {"home": "/", "library": "/library", "queue": "/queue", "settings": "/settings", "film": film}
    for name, path in screens.items():
        page.goto(canvas.address + path)
        expect(page.locator("main")).to_be_visible()
        page.wait_for_load_state("networkidle")
        yield f"phone-{name}"
    page.goto(f"{canvas.address}/p/{sights.project}")
    expect(page.get_by_role("tree")).to_be_visible()
    page.get_by_role("treeitem", name=re.compile("1a")).click()
    yield "phone-canvas"
