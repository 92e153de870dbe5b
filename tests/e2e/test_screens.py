"""Every screen and state: axe finds nothing serious, nothing runs off a phone's side, nothing jumps."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import findings, small_targets
from tests.support.canvas_page import CanvasPage
from tests.support.layout import jumps, without_room
from tests.support.tour import Sights, dress, phone_states, states

pytestmark = pytest.mark.e2e

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("zh-CN", "light")])
def test_every_screen_is_usable_by_everybody(canvas: CanvasPage, sights: Sights, language: str, theme: str):
    dress(canvas, language=language, theme=theme)
    seen = {name: [*findings(canvas.page), *small_targets(canvas.page)] for name in states(canvas, sights, language)}

    assert len(seen) > 25
    assert {name: found for name, found in seen.items() if found} == {}


def test_phones_get_every_screen_whole(canvas: CanvasPage, sights: Sights):
    dress(canvas, language="en", theme="dark")
    canvas.page.set_viewport_size(PHONE)
    seen = {}
    for name in phone_states(canvas, sights):
        wide = canvas.page.evaluate("document.documentElement.scrollWidth")
        seen[name] = [
            *findings(canvas.page),
            *small_targets(canvas.page),
            *([f"{wide} px wide"] if wide > PHONE["width"] else []),
        ]

    assert {name: found for name, found in seen.items() if found} == {}


def test_no_screen_jumps_while_it_comes_and_longer_words_have_room(canvas: CanvasPage, sights: Sights):
    dress(canvas, language="en", theme="dark")
    project = f"/p/{sights.project}"
    seen = {}
    for path in ("/", "/library", "/queue", "/settings", f"{project}?node=", f"{project}/film/{sights.film}"):
        canvas.page.goto(canvas.address + path)
        expect(canvas.page.locator("main")).to_be_visible()
        canvas.page.wait_for_load_state("networkidle")
        seen[path] = [*jumps(canvas.page), *without_room(canvas.page)]

    assert {path: found for path, found in seen.items() if found} == {}
