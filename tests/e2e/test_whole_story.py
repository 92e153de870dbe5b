"""From a dropped picture to a film's file and on to the next project: by mouse, by keyboard alone, in Chinese."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.canvas_page import AT_REST, MAKING_MS, CanvasPage, picture_file
from tests.support.film_page import FilmPage

pytestmark = pytest.mark.e2e

DROP = """
async ([bytes, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
  const how = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const type of ["dragover", "drop"]) window.dispatchEvent(new DragEvent(type, how));
}
"""
# What the one mounted video shows while the rest is still made.
LIVE = """
() => {
  const video = document.querySelector("[data-canvas] video");
  const cells = [...document.querySelectorAll("[data-canvas] .bar:has(> [role=slider]) > i")];
  const ready = cells.filter((cell) => ["ready", "played"].includes(cell.dataset.state)).length;
  const early = video !== null && video.currentTime > 0 && ready < cells.length;
  return early ? { live: video.src.startsWith("blob:"), ready } : null;
}
"""

# Keys faster than a screen is drawn.
AT_ONCE = """keys => {
  for (const key of keys) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}"""


def drop(page: Page, picture: Path) -> None:
    """Drop a picture on the page, as from a file manager."""
    page.evaluate(DROP, [list(picture.read_bytes()), picture.name])


def search(page: Page, words: str) -> None:
    """Open the palette and type, by keys."""
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Search commands, shots and places")).to_be_focused()
    page.keyboard.type(words)


def library_to_new_project(page: Page, film: FilmPage, address: str) -> None:
    """Find the newest clip in the library and start a project from it."""
    page.goto(f"{address}/library?kind=clip")
    clips = page.get_by_role("button", name=film.say("library", "kind.clip"))
    expect(clips).to_have_attribute("aria-current", "true")
    page.get_by_role("option").first.click()
    page.get_by_role("button", name=film.say("library", "actions.newProject")).click()
    page.wait_for_url(re.compile("/p/.+"))


def outline_is_an_equal(canvas: CanvasPage) -> None:
    """Delete 2a and take it back, then walk to it in the outline: the same selection."""
    page = canvas.page
    page.keyboard.press("Delete")
    expect(canvas.shot("2a")).to_have_count(0)
    expect(canvas.shot("1a")).to_have_attribute("data-selected", "true")
    page.keyboard.press("Control+z")
    expect(canvas.shot("2a")).to_have_count(1)
    page.keyboard.press("o")
    tree = page.get_by_role("tree", name="Outline")
    expect(tree.get_by_role("treeitem")).to_have_count(3)
    expect(tree.get_by_role("treeitem", selected=True)).to_have_attribute("aria-label", re.compile("Shot 1a"))
    tree.get_by_role("treeitem", selected=True).focus()
    page.keyboard.press("ArrowDown")
    expect(canvas.shot("2a")).to_have_attribute("data-selected", "true")
    canvas.take_up_keyboard()
    page.keyboard.press("o")


def new_project_by_palette(canvas: CanvasPage, words: str) -> None:
    """Find the first shot by its words, and begin another project with its clip."""
    page = canvas.page
    search(page, words)
    page.keyboard.press("Enter")
    expect(canvas.shot("1a")).to_have_attribute("data-selected", "true")
    search(page, "New project from")
    before = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.split("?")[0] != before and "/p/" in url)
    expect(canvas.stage.locator("textarea").last).to_be_focused()


def test_by_mouse_with_a_refresh_in_the_middle(canvas: CanvasPage, tmp_path: Path):
    page, film = canvas.page, FilmPage(page=canvas.page)
    page.goto(canvas.address)
    expect(page.get_by_text("Drop an image", exact=False).first).to_be_visible()
    drop(page, picture_file(tmp_path, shade=121))
    page.wait_for_url(re.compile("/p/"))
    expect(canvas.prompt()).to_be_focused()
    page.keyboard.type("The wind lifts the curtain.")
    page.get_by_role("radio", name="8 seconds").click()
    page.get_by_role("button", name=re.compile("^Generate")).click()

    # The first seconds play while the later ones do not exist.
    canvas.shot("1a").get_by_role("button", name="Play", exact=True).click(timeout=MAKING_MS)
    live = page.wait_for_function(LIVE, timeout=MAKING_MS).json_value()
    assert live["live"]
    page.reload()
    expect(canvas.shot("1a")).to_contain_text("The wind lifts the curtain.")
    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a").get_by_role("radio")).to_have_count(2)
    expect(canvas.shot("1a").locator(".bar > i")).to_have_count(8)

    # Two children from different moments; one of them is made.
    canvas.show_all()
    canvas.shot("1a").locator(".head").click()
    # A panel opens beside the shot, and the camera makes room for it.
    page.evaluate(AT_REST)
    canvas.shot("1a").locator(".port").last.click()
    expect(canvas.shot("2a").locator("textarea")).to_be_focused()
    page.keyboard.type("The camera climbs over the ridge.")
    page.get_by_role("radio", name="2 seconds").click()
    canvas.shot("2a").get_by_role("button", name="One take fewer").click()
    canvas.shot("2a").get_by_role("button", name=re.compile("^Generate")).click()
    canvas.show_all()
    canvas.shot("1a").locator(".head").click()
    bar = canvas.shot("1a").get_by_role("slider")
    box = bar.bounding_box()
    assert box is not None
    bar.click(position={"x": box["width"] * 3 / 8, "y": box["height"] / 2})
    canvas.shot("1a").get_by_role("button", name="Continue from 3.0 s").click()
    expect(canvas.shot("2b").locator("textarea")).to_be_focused()
    expect(page.get_by_text("from 3.0 s", exact=True)).to_be_visible()
    canvas.show_all()
    page.keyboard.press("Control+z")
    expect(canvas.shot("2b")).to_have_count(0)
    canvas.wait_for_look("2a", "done")

    canvas.shot("2a").locator(".head").click()
    page.get_by_role("button", name="Build from path").click()
    expect(page.locator(".strip-clip")).to_have_count(2)
    page.get_by_role("link", name="Open film").click()
    expect(page.get_by_role("option")).to_have_count(2)
    seen = film.play(film.export_small())
    # Eight seconds and the two that go on from them.
    assert seen["seconds"] == pytest.approx(10, abs=0.2)
    library_to_new_project(page, film, canvas.address)
    expect(canvas.stage.locator("article.node").first).to_be_visible()
    expect(canvas.stage.locator("textarea").last).to_be_focused()


def test_by_keyboard_alone(canvas: CanvasPage, tmp_path: Path):
    page, film = canvas.page, FilmPage(page=canvas.page)
    page.goto(canvas.address)
    with page.expect_file_chooser() as chooser:
        film.tab_to(page.get_by_role("button", name="Choose image"))
        page.keyboard.press("Enter")
    chooser.value.set_files(str(picture_file(tmp_path, shade=122)))
    page.wait_for_url(re.compile("/p/"))
    expect(canvas.prompt()).to_be_focused()
    page.keyboard.type("Rain begins softly.")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    # The keyboard is on the canvas now: choose, star, grow, write.
    page.keyboard.press("2")
    second = canvas.shot("1a").get_by_role("radio", name=re.compile("Take 2"))
    expect(second).to_have_attribute("aria-checked", "true")
    page.keyboard.press("s")
    expect(second).to_have_attribute("aria-label", re.compile("starred"))
    # Whoever types fast does not wait until the new words have the keyboard.
    page.evaluate(AT_ONCE, ["+", "L"])
    expect(canvas.shot("2a").locator("textarea")).to_be_focused()
    page.keyboard.type("amps come on.")
    expect(canvas.shot("2a").locator("textarea")).to_have_value("Lamps come on.")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("2a", "done")
    outline_is_an_equal(canvas)
    page.keyboard.press("ArrowLeft")

    # Another child from the first second: on by frames, then grow at the playhead.
    for _ in range(24):
        page.keyboard.press(".")
    page.keyboard.press("Shift+Enter")
    expect(canvas.shot("2b").locator("textarea")).to_be_focused()
    expect(page.get_by_text("from 1.0 s", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(canvas.shot("2a")).to_have_attribute("data-selected", "true")
    page.keyboard.press("b")
    expect(page.get_by_text("2 clips", exact=False).first).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url(re.compile("/film/"))
    expect(page.get_by_role("option")).to_have_count(2)
    seen = film.play(film.export_small_by_keys())
    assert seen["seconds"] == pytest.approx(8, abs=0.2)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    film.tab_to(page.get_by_role("link", name="Back"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/p/[^/]+$"))
    expect(canvas.shot("1a")).to_be_visible()
    new_project_by_palette(canvas, "Rain begins")


def test_in_chinese_with_composition_input(canvas: CanvasPage, tmp_path: Path):
    page, film = canvas.page, FilmPage(page=canvas.page, language="zh-CN")
    page.add_init_script("localStorage.setItem('language', 'zh-CN')")
    canvas.start_from(picture_file(tmp_path, shade=123))
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "feng", "selectionStart": 4, "selectionEnd": 4})
    # Enter chooses a candidate while composing; nothing is generated.
    page.keyboard.press("Control+Enter")
    expect(canvas.shot("1a")).to_have_attribute("data-look", "empty")
    session.send("Input.imeSetComposition", {"text": "feng xian", "selectionStart": 9, "selectionEnd": 9})
    session.send("Input.insertText", {"text": "风掀起窗帘"})
    expect(canvas.prompt()).to_have_value("风掀起窗帘")
    expect(canvas.prompt()).to_have_attribute("lang", "zh")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a")).to_contain_text("完成")
    canvas.shot("1a").locator(".head").click()
    page.get_by_role("button", name=film.say("canvas", "lane.build")).click()
    expect(page.locator(".strip-clip")).to_have_count(1)
    page.get_by_role("link", name=film.say("canvas", "lane.open_film")).click()
    expect(page.get_by_role("option")).to_have_count(1)
    assert film.play(film.export_small())["seconds"] == pytest.approx(4, abs=0.2)
    library_to_new_project(page, film, canvas.address)
    expect(canvas.stage.locator("textarea").last).to_be_focused()
