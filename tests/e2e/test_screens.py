"""Every screen and state: axe finds nothing serious, nothing runs off a phone's side, nothing jumps."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import findings, small_targets
from tests.support.canvas_page import CanvasPage
from tests.support.layout import jumps, without_room
from tests.support.tour import Sights, dress, phone_states, states

pytestmark = pytest.mark.e2e

PHONE = {"width": 390, "height": 844}
# Cards that lie under what is over the canvas.
UNDER_COVERS = """() => {
  const covers = [...document.querySelectorAll("[data-over-canvas]")].map((one) => one.getBoundingClientRect());
  const under = (box) => covers.some((cover) =>
    box.left < cover.right && cover.left < box.right && box.top < cover.bottom && cover.top < box.bottom);
  const cards = [...document.querySelectorAll(".react-flow__node .node")];
  if (covers.length < 2 || cards.length < 5) return ["something is missing"];
  return cards.filter((card) => under(card.getBoundingClientRect())).map((card) => card.textContent.slice(0, 40));
}"""


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


@pytest.mark.parametrize("width", [1280, 1440, 1600])
def test_what_can_be_done_with_a_clip_stands_in_one_line_and_keeps_its_names(
    canvas: CanvasPage, sights: Sights, width: int
):
    dress(canvas, language="en", theme="dark")
    page = canvas.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{canvas.address}/library?kind=clip")
    page.get_by_role("option").first.click()
    bar = page.locator(".selection-bar")
    for name in ("New project from this", "Insert in project", "Continue in place", "Open in its project", "Delete"):
        expect(bar.get_by_role("button", name=name)).to_be_visible()

    assert page.evaluate("document.querySelector('.selection-bar').offsetHeight") == 44
    assert (
        page.evaluate("(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(document.querySelector('main'))")
        == 0
    )


@pytest.mark.parametrize("size", [(1280, 720), (900, 1000)])
def test_show_everything_leaves_no_card_under_the_map(canvas: CanvasPage, sights: Sights, size: tuple[int, int]):
    dress(canvas, language="en", theme="dark")
    page = canvas.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{canvas.address}/p/{sights.project}")
    expect(canvas.shot("2a")).to_be_visible()
    page.locator("[data-canvas]").focus()
    page.keyboard.press("Shift+1")
    page.wait_for_timeout(400)

    assert page.evaluate(UNDER_COVERS) == []
