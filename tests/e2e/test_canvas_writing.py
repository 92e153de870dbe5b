"""Words keep the keyboard, whatever the view does meanwhile, and whoever writes is near enough to read."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support.canvas_page import AT_REST, CanvasPage, picture_file

pytestmark = pytest.mark.e2e

# What the zoom control says: under 30 percent, and 80.
FAR = re.compile(r"^[12]?\d\s?%$")
NEAR = re.compile(r"^80\s?%$")


def zoom_of(canvas: CanvasPage) -> Locator:
    """Where the view's zoom is said."""
    return canvas.page.locator(".zoom-control").locator(".num")


def test_fast_keys_move_the_view_without_zooming_it(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    page.set_viewport_size({"width": 1280, "height": 720})
    canvas.start_from(picture_file(tmp_path, shade=61))
    page.keyboard.press("Escape")
    page.evaluate(AT_REST)
    zoom = zoom_of(canvas).inner_text()

    for _ in range(5):
        canvas.take_up_keyboard()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("+")
        expect(canvas.prompt()).to_be_focused()
        page.keyboard.press("Escape")

    page.evaluate(AT_REST)
    expect(zoom_of(canvas)).to_have_text(zoom)


def test_words_keep_the_keyboard_when_the_view_leaves_them(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=62))
    page.keyboard.type("A kite ")

    page.mouse.move(700, 900)
    for _ in range(12):
        page.mouse.wheel(0, 600)
    expect(canvas.prompt()).not_to_be_in_viewport()
    page.keyboard.type("rises ")
    page.keyboard.down("Control")
    for _ in range(8):
        page.mouse.wheel(0, 300)
    page.keyboard.up("Control")
    expect(zoom_of(canvas)).to_have_text(FAR)
    page.keyboard.type("over the sea")

    expect(canvas.prompt()).to_be_focused()
    expect(canvas.prompt()).to_have_value("A kite rises over the sea")


def test_a_shot_that_grows_far_below_is_come_near_to(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=63))
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    page.keyboard.press("ArrowLeft")
    for _ in range(10):
        page.keyboard.press("Control+-")
    expect(zoom_of(canvas)).to_have_text(FAR)
    canvas.take_up_keyboard()

    page.keyboard.press("+")
    page.keyboard.type("waves")

    expect(canvas.prompt()).to_be_focused()
    expect(canvas.prompt()).to_have_value("waves")
    expect(zoom_of(canvas)).to_have_text(NEAR)
    expect(canvas.prompt()).to_be_in_viewport(ratio=0.99)
    expect(canvas.stage.locator("article.node[data-selected=true] .number")).to_have_text(re.compile(r"^1"))
