"""Where the pointer is a finger, everything that can be pressed reaches 44 pixels (2.5.5, and the design)."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.canvas_page import CanvasPage, picture_file
from tests.support.canvas_tour import TROUBLES, Sights, changing, in_trouble, on_the_canvas, uploading
from tests.support.fingers import out_of_reach
from tests.support.running_studio import RunningStudio
from tests.support.tour import around, dress, film_states, phone_states

pytestmark = pytest.mark.e2e

TABLET = {"width": 1180, "height": 820}
PHONE = {"width": 390, "height": 844}
Walk = Callable[[CanvasPage, Sights], Iterator[str]]


def on_a_tablet(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """Every screen, what opens on the canvas, and what a shot offers there when something is wrong."""
    yield from around(canvas, sights, "en")
    yield from on_the_canvas(canvas, sights, "en")
    yield from uploading(canvas, sights)
    for name in in_trouble(canvas, sights):
        # From afar a card shows its buttons only when it is chosen.
        canvas.shot("1a").locator(".head").click()
        expect(canvas.shot("1a").locator(".acts button").first).to_be_visible()
        yield name
    yield from film_states(canvas, sights, "en")


def on_a_phone(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """Every screen; the canvas is its outline there."""
    yield from around(canvas, sights, "en")
    yield from film_states(canvas, sights, "en")
    yield from phone_states(canvas, sights)
    yield from troubles_by_line(canvas, sights)
    yield from arrivals_by_line(canvas, sights)


def troubles_by_line(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """What the line of a shot offers when something is wrong with it."""
    where = f"**/projects/{sights.project}/canvas"
    for name, values in TROUBLES.items():
        canvas.page.route(where, changing(values))
        canvas.page.goto(f"{canvas.address}/p/{sights.project}?node=")
        canvas.page.get_by_role("treeitem", name=re.compile("1a")).click()
        expect(canvas.page.locator(".outline-card .acts button").first).to_be_visible()
        yield f"phone-{name}"
        canvas.page.unroute(where)


def arrivals_by_line(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """A picture on its way."""
    page = canvas.page
    page.goto(f"{canvas.address}/p/{sights.project}?node=")
    expect(page.get_by_role("treeitem").first).to_be_visible()
    page.route("**/api/v1/uploads**", lambda _route: None)
    page.get_by_test_id("canvas-file").set_input_files(picture_file(sights.folder, shade=140))
    expect(page.locator(".outline-card [role=status]")).to_be_visible()
    yield "phone-uploading"
    page.locator(".outline-card").get_by_role("button", name="Cancel").click()
    expect(page.locator(".outline-card [role=status]")).to_have_count(0)
    page.unroute("**/api/v1/uploads**")


@pytest.mark.parametrize(("size", "walk"), [(TABLET, on_a_tablet), (PHONE, on_a_phone)], ids=("tablet", "phone"))
def test_fingers_reach_everything(
    chromium: Browser, studio: RunningStudio, sights: Sights, size: dict[str, int], walk: Walk
):
    with chromium.new_context(viewport=size, has_touch=True, is_mobile=True) as context:
        canvas = CanvasPage(page=context.new_page(), address=studio.address)
        dress(canvas, language="en", theme="dark")
        assert canvas.page.evaluate("matchMedia('(pointer: coarse)').matches")
        seen = {name: out_of_reach(canvas.page) for name in walk(canvas, sights)}

    assert len(seen) > 15
    assert {name: found for name, found in seen.items() if found} == {}


def test_a_phones_bar_leaves_the_title_its_room(chromium: Browser, studio: RunningStudio, sights: Sights):
    with chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(f"{studio.address}/p/{sights.project}")
        title = page.get_by_role("textbox", name="Project title")
        expect(title).to_be_visible()
        box = title.bounding_box()
        assert box is not None
        assert box["width"] >= 80
