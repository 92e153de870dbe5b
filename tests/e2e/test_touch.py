"""Where the pointer is a finger, everything that can be pressed reaches 44 pixels (2.5.5, and the design)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.canvas_page import CanvasPage
from tests.support.canvas_tour import Sights, on_the_canvas
from tests.support.fingers import out_of_reach
from tests.support.running_studio import RunningStudio
from tests.support.tour import around, dress, film_states, phone_states

pytestmark = pytest.mark.e2e

TABLET = {"width": 1180, "height": 820}
PHONE = {"width": 390, "height": 844}
Walk = Callable[[CanvasPage, Sights], Iterator[str]]


def on_a_tablet(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """Every screen, and what opens on the canvas."""
    yield from around(canvas, sights, "en")
    yield from on_the_canvas(canvas, sights, "en")
    yield from film_states(canvas, sights, "en")


def on_a_phone(canvas: CanvasPage, sights: Sights) -> Iterator[str]:
    """Every screen; the canvas is its outline there."""
    yield from around(canvas, sights, "en")
    yield from film_states(canvas, sights, "en")
    yield from phone_states(canvas, sights)


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
