"""Fingers need 44 pixels of what they press: on every screen, on a tablet and on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import small_targets
from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file
from tests.support.canvas_tour import Sights, add_cards, api
from tests.support.running_studio import RunningStudio

pytestmark = pytest.mark.e2e

TABLET = {"width": 1180, "height": 820}
PHONE = {"width": 390, "height": 844}
FINGER = 44


@pytest.fixture(scope="module")
def sights(chromium: Browser, studio: RunningStudio, tmp_path_factory: pytest.TempPathFactory) -> Sights:
    """A project with a shot of one second, a film and a link to all of it."""
    folder = tmp_path_factory.mktemp("touch")
    with chromium.new_context() as context:
        canvas = CanvasPage(page=context.new_page(), address=studio.address)
        page, address = canvas.page, canvas.address
        # The studio may have come up a moment ago, on a busy machine.
        page.set_default_navigation_timeout(MAKING_MS)
        canvas.start_from(picture_file(folder, shade=41))
        page.keyboard.type("pan left")
        page.keyboard.press("Escape")
        canvas.wait_until_saved()
        project = page.url.split("/p/")[1].split("?")[0]
        opened = api(page, address, "GET", f"/projects/{project}/canvas")
        shot = next(node["id"] for node in opened["nodes"] if node["kind"] == "shot")
        api(page, address, "POST", f"/shots/{shot}/takes", {"count": 2, "duration_s": 1})
        canvas.wait_for_look("1a", "done")
        film = api(page, address, "POST", "/films", {"project": project, "title": ""})["id"]
        api(page, address, "POST", f"/films/{film}/build", {"node_id": shot})
        wish = {"scope": "tree", "film_id": film, "allow_copy": True}
        link = api(page, address, "POST", f"/projects/{project}/shares", wish)
        add_cards(page, address, project)
    return Sights(project=project, film=film, shared=str(link["url"]).split("/s/")[1], folder=folder)


def screens(page: Page, address: str, sights: Sights) -> Iterator[str]:
    """The screens, one after the other."""
    paths = {
        "home": "/", "library": "/library", "queue": "/queue", "settings": "/settings",
        "film": f"/p/{sights.project}/film/{sights.film}", "share": f"/s/{sights.shared}",
    }  # fmt: skip
    for name, path in paths.items():
        page.goto(address + path)
        expect(page.locator("main")).to_be_visible()
        page.wait_for_load_state("networkidle")
        yield name
    page.goto(f"{address}/p/{sights.project}")
    outline = page.get_by_role("treeitem", name="1a")
    if page.viewport_size == PHONE:
        outline.tap()
        expect(page.locator(".outline-card")).to_be_visible()
        yield "outline"
        page.get_by_role("button", name="Outline", exact=True).tap()
        expect(outline).to_have_count(0)
    card = page.locator("article.node[data-look]").first
    card.locator(".head").tap()
    expect(card).to_have_attribute("data-selected", "true")
    page.wait_for_timeout(400)
    yield "canvas"


@pytest.mark.parametrize("size", [TABLET, PHONE], ids=["tablet", "phone"])
def test_whatever_is_pressed_has_room_for_a_finger(chromium: Browser, studio: RunningStudio, sights: Sights, size):
    with chromium.new_context(viewport=size, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        seen = {name: small_targets(page, least=FINGER) for name in screens(page, studio.address, sights)}

    assert len(seen) >= 7
    assert {name: found for name, found in seen.items() if found} == {}
