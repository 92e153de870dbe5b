"""Every screen and state of the browser part, one after the other: for accessibility checks and for pictures."""

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import expect

from tests.support.canvas_page import CanvasPage, picture_file
from tests.support.canvas_tour import Sights, add_cards, api, in_trouble, on_the_canvas, uploading
from tests.support.film_page import words_of


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
    add_cards(page, canvas.address, project)
    link = api(
        page, canvas.address, "POST", f"/projects/{project}/shares", {"scope": "film_and_prompts", "film_id": film}
    )
    return Sights(project=project, film=film, shared=str(link["url"]).split("/s/")[1], folder=folder)


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
    yield from uploading(canvas, sights)
    yield from in_trouble(canvas, sights)
    yield from film_states(canvas, sights, language)


def around(canvas: CanvasPage, sights: Sights, language: str) -> Iterator[str]:
    """Screens that are not a project."""
    page, address = canvas.page, canvas.address
    page.goto(address)
    expect(page.locator("article .card-poster").first).to_be_visible()
    yield "home"
    page.locator(".avatar").click()
    expect(page.get_by_role("menu")).to_be_visible()
    yield "account-menu"
    page.keyboard.press("Escape")
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
