"""Points of WCAG 2.2 AA that no checker of markup sees: tips, motion, focus under bars, words beside pictures."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.canvas_page import CanvasPage, picture_file
from tests.support.running_studio import RunningStudio

pytestmark = pytest.mark.e2e

# Whether what has the keyboard is seen: something of it, or of what it labels, is on top at one of its points.
SEEN = """
() => {
  const focused = document.activeElement;
  const box = (focused.closest("label") ?? focused).getBoundingClientRect();
  if (box.width < 2) return "hidden";
  const shares = [0.2, 0.5, 0.8];
  const points = shares.flatMap((x) => shares.map((y) => [box.left + box.width * x, box.top + box.height * y]));
  const seen = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top !== null && (focused.contains(top) || top.contains(focused));
  });
  return seen ? "" : focused.outerHTML.slice(0, 120);
}
"""
MOVING = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
TABS = 60
# The spacing that 1.4.12 names.
WIDE = """
() => document.querySelectorAll("body *").forEach(({ style }) => {
  style.letterSpacing = "0.12em";
  style.wordSpacing = "0.16em";
  style.lineHeight = "1.5";
})
"""


def shot_done(canvas: CanvasPage, folder: Path, shade: int) -> None:
    """A picture with one finished shot of two takes."""
    canvas.start_from(picture_file(folder, shade=shade))
    canvas.page.keyboard.type("pan left")
    canvas.page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")


def test_tips_stay_while_pointed_at_and_go_with_escape(canvas: CanvasPage):
    """1.4.13"""
    page = canvas.page
    page.goto(canvas.address)
    page.get_by_role("button", name="Start from text").click()
    page.wait_for_url("**/p/**")
    page.get_by_role("button", name="Tidy the tree").hover()
    tip = page.locator(".tip")
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(600)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)


def test_no_bar_lies_over_what_has_the_keyboard(canvas: CanvasPage, tmp_path: Path):
    """2.4.7, 2.4.11, 2.1.2"""
    page = canvas.page
    page.set_viewport_size({"width": 1280, "height": 720})
    shot_done(canvas, tmp_path, 34)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    hidden, met = [], set()
    for _ in range(TABS):
        page.keyboard.press("Tab")
        met.add(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
        found = page.evaluate(SEEN)
        if found:
            hidden.append(found)
    assert [found for found in hidden if found != "hidden"] == []
    # It went round the whole page instead of staying in one place.
    assert len(met) > TABS / 4

    # A card that comes by key is under neither the map nor a panel.
    canvas.take_up_keyboard()
    canvas.shot("1a").locator(".head").click()
    for _ in range(3):
        canvas.take_up_keyboard()
        page.keyboard.press("+")
        expect(canvas.prompt()).to_be_focused()
        page.wait_for_timeout(400)
        assert page.evaluate(SEEN) == ""
        page.keyboard.press("Escape")
        canvas.take_up_keyboard()
        page.keyboard.press("ArrowLeft")


def test_nothing_moves_by_itself_for_who_wants_it_quiet(chromium: Browser, studio: RunningStudio, tmp_path: Path):
    """2.2.2, 2.3.1, 1.2.1"""
    with chromium.new_context(viewport={"width": 1600, "height": 1000}, reduced_motion="reduce") as context:
        canvas = CanvasPage(page=context.new_page(), address=studio.address)
        page = canvas.page
        shot_done(canvas, tmp_path, 35)
        canvas.show_all()
        canvas.shot("1a").locator(".viewport").hover()
        page.wait_for_timeout(700)
        assert page.evaluate(MOVING) == 0
        assert page.evaluate("[...document.querySelectorAll('video')].filter((video) => !video.paused).length") == 0
        canvas.shot("1a").locator(".picture-button").click()
        video = canvas.shot("1a").locator("video")
        # Clips have no sound; their words are the text beside them.
        expect(video).to_have_attribute("aria-label", "pan left")
        expect(video).to_have_js_property("muted", value=True)
        canvas.take_up_keyboard()
        page.keyboard.press("c")
        sheet = page.get_by_role("dialog", name="Compare takes")
        expect(sheet.get_by_text("Differences may flicker.")).to_be_attached()


def test_every_screen_has_a_name_of_its_own_and_a_way_past_its_bar(canvas: CanvasPage, tmp_path: Path):
    """2.4.1, 2.4.2"""
    page = canvas.page
    names = {"/": "Sceneloom", "/library": "Library · Sceneloom", "/queue": "Queue and usage · Sceneloom",
             "/settings": "Settings · Sceneloom", "/login": "Sign in · Sceneloom"}  # fmt: skip
    for path, name in names.items():
        page.goto(canvas.address + path)
        expect(page).to_have_title(name)
    canvas.start_from(picture_file(tmp_path, shade=36))
    page.get_by_role("textbox", name="Project title").fill("Kites")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Kites · Sceneloom")
    canvas.wait_until_saved()
    page.reload()
    expect(page).to_have_title("Kites · Sceneloom")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#content') !== null")


def test_the_tree_is_one_stop_walked_by_arrows_and_said_in_full(canvas: CanvasPage, tmp_path: Path):
    """2.1.1, 2.4.3, 4.1.2"""
    page = canvas.page
    shot_done(canvas, tmp_path, 37)
    canvas.take_up_keyboard()
    page.keyboard.press("Escape")
    # Nothing is chosen, so no card has anything to write in or press: the tree is one stop.
    canvas.take_up_keyboard()
    stops = page.evaluate("document.querySelectorAll('[data-canvas] .react-flow__node[tabindex=\"0\"]').length")
    assert stops == 0
    canvas.shot("1a").locator(".head").click()
    canvas.take_up_keyboard()
    page.keyboard.press("ArrowLeft")
    expect(canvas.stage.locator("article.picture")).to_have_attribute("data-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(canvas.shot("1a")).to_have_attribute("data-selected", "true")

    page.keyboard.press("o")
    tree = page.get_by_role("tree", name="Outline")
    root, shot = tree.get_by_role("treeitem").nth(0), tree.get_by_role("treeitem").nth(1)
    expect(root).to_have_attribute("aria-level", "1")
    expect(root).to_have_attribute("aria-expanded", "true")
    expect(shot).to_have_attribute("aria-level", "2")
    expect(shot).to_have_attribute("aria-label", re.compile(r"^Shot 1a pan left Done, take \d of 2, 4 seconds"))
    assert tree.locator("[role=treeitem][tabindex='0']").count() == 1
    shot.focus()
    page.keyboard.press("ArrowLeft")
    expect(root).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(tree.get_by_role("treeitem")).to_have_count(1)

    # A dialog gives the keyboard back to what opened it.
    canvas.take_up_keyboard()
    share = page.get_by_role("button", name="Share")
    share.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(share).to_be_focused()


def test_pages_need_no_way_of_holding_the_screen_and_give_way_to_wide_letters(canvas: CanvasPage):
    """1.3.4, 1.4.12"""
    page = canvas.page
    for size in ({"width": 844, "height": 390}, {"width": 390, "height": 844}):
        page.set_viewport_size(size)
        page.goto(f"{canvas.address}/settings")
        expect(page.get_by_text("English").first).to_be_visible()
        page.evaluate(WIDE)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
