"""Cards have room for all that they show from near, and what a shot grows from stays in sight beside a panel."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support.canvas_page import AT_REST, CanvasPage, picture_file

pytestmark = pytest.mark.e2e

SMALL = {"width": 1280, "height": 800}
SIBLINGS = ("1a", "1b", "1c")
# What the zoom control says while cards are pictures alone.
FAR = re.compile(r"^[12]?\d\s?%$")


def lies_in(card: Locator, stage: Locator) -> bool:
    """Whether a card is seen whole."""
    inner, outer = card.bounding_box(), stage.bounding_box()
    assert inner is not None
    assert outer is not None
    return (
        inner["x"] >= outer["x"]
        and inner["y"] >= outer["y"]
        and inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        and inner["y"] + inner["height"] <= outer["y"] + outer["height"]
    )


def test_a_panel_leaves_a_shot_and_what_it_grows_from_in_sight(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    page.set_viewport_size(SMALL)
    canvas.start_from(picture_file(tmp_path, shade=71))
    page.keyboard.press("Escape")
    expect(page.locator(".inspector-body")).to_be_visible()

    canvas.take_up_keyboard()
    page.keyboard.press("o")
    expect(page.get_by_role("tree", name="Outline")).to_be_visible()
    # The view follows a moment after the panel has taken its room.
    page.wait_for_timeout(500)
    page.evaluate(AT_REST)

    seen = [lies_in(card, canvas.stage) for card in (canvas.shot("1a"), canvas.stage.locator("article.picture"))]
    assert seen == [True, True]


def test_cards_that_are_tidied_from_afar_do_not_overlap_from_near(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=72))
    heights: list[int] = [canvas.shot("1a").evaluate("(card) => card.offsetHeight")]
    for number in SIBLINGS[1:]:
        page.keyboard.press("Escape")
        canvas.take_up_keyboard()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("+")
        expect(canvas.shot(number).locator("textarea")).to_be_focused()
        heights.append(canvas.shot(number).evaluate("(card) => card.offsetHeight"))
    page.keyboard.press("Escape")
    canvas.wait_until_saved()

    # After a reload nothing but the far view was ever drawn.
    canvas.take_up_keyboard()
    page.keyboard.press("Escape")
    while not FAR.match(page.locator(".zoom-control").locator(".num").inner_text()):
        page.keyboard.press("Control+-")
        page.wait_for_timeout(300)
    page.reload()
    expect(canvas.stage.locator("article.far-shot")).to_have_count(len(SIBLINGS))
    canvas.take_up_keyboard()
    with page.expect_response(lambda answer: answer.url.endswith("/ops")):
        page.keyboard.press("t")
    canvas.wait_until_saved()

    project = page.url.split("/p/")[1].split("?")[0]
    nodes = page.request.get(f"{canvas.address}/api/v1/projects/{project}/canvas").json()["nodes"]
    tops = sorted(node["y"] for node in nodes if node["kind"] == "shot")
    assert len(tops) == len(SIBLINGS)
    assert min(below - above for above, below in pairwise(tops)) >= max(heights)


def test_the_window_has_no_bar_to_scroll_by_around_the_canvas(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=73))

    beyond = page.evaluate("document.documentElement.scrollHeight - innerHeight")

    assert beyond == 0
