"""A film grows from a picture, in a real browser on a real studio: by mouse, by keys, in Chinese."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file

pytestmark = pytest.mark.e2e


def playing_video(page: Page) -> dict[str, float | bool]:
    """What the one mounted video does."""
    found: dict[str, float | bool] = page.evaluate(
        "(() => { const v = document.querySelector('[data-canvas] video');"
        "return { time: v.currentTime, paused: v.paused, live: v.src.startsWith('blob:') } })()"
    )
    return found


def test_a_film_grows_from_a_picture_by_mouse(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path))
    page.keyboard.type("The wind lifts the curtain.")
    page.get_by_role("radio", name="8 seconds").click()
    page.get_by_role("button", name=re.compile("^Generate")).click()

    # Second 1 plays before the last one exists.
    canvas.shot("1a").get_by_role("button", name="Play", exact=True).click(timeout=MAKING_MS)
    canvas.wait_for_look("1a", "streaming", "generating", "finishing", "partly_done")
    live = playing_video(page)
    assert live["live"]
    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a").get_by_role("radio")).to_have_count(2)

    # Continue from the end, and from another moment.
    canvas.shot("1a").locator(".port").last.click()
    expect(canvas.shot("2a").locator("textarea")).to_be_focused()
    page.keyboard.type("The camera climbs over the ridge.")
    canvas.wait_until_saved()
    canvas.show_all()
    canvas.shot("1a").locator(".head").click()
    bar = canvas.shot("1a").get_by_role("slider")
    box = bar.bounding_box()
    assert box is not None
    bar.click(position={"x": box["width"] * 3 / 8, "y": box["height"] / 2})
    canvas.shot("1a").get_by_role("button", name="Continue from 3.0 s").click()
    expect(canvas.shot("2b").locator("textarea")).to_be_focused()
    expect(page.get_by_text("from 3.0 s", exact=True)).to_be_visible()

    # The film holds the path; undo takes the last shot back.
    canvas.show_all()
    page.keyboard.press("Control+z")
    expect(canvas.shot("2b")).to_have_count(0)
    canvas.shot("1a").locator(".head").click()
    page.get_by_role("button", name="Build from path").click()
    expect(page.locator(".strip-clip")).to_have_count(1)


def test_a_film_grows_by_keyboard_alone(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=60))
    page.keyboard.type("Rain begins softly.")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")

    # The keyboard is on the canvas now: choose, star, grow, write, walk, undo, redo.
    page.keyboard.press("2")
    expect(canvas.shot("1a").get_by_role("radio", name=re.compile("Take 2"))).to_have_attribute("aria-checked", "true")
    page.keyboard.press("s")
    expect(canvas.shot("1a").get_by_role("radio", name=re.compile("Take 2.*starred"))).to_be_visible()
    page.keyboard.press("+")
    expect(canvas.shot("2a").locator("textarea")).to_be_focused()
    page.keyboard.type("Lamps come on.")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("2a", "done")
    page.keyboard.press("ArrowLeft")
    expect(canvas.shot("1a")).to_have_attribute("data-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(canvas.shot("2a")).to_have_attribute("data-selected", "true")
    page.keyboard.press("Delete")
    expect(canvas.shot("2a")).to_have_count(0)
    expect(canvas.shot("1a")).to_have_attribute("data-selected", "true")
    page.keyboard.press("Control+z")
    expect(canvas.shot("2a")).to_have_count(1)

    # The outline is an equal: the same selection, the same buttons.
    page.keyboard.press("o")
    tree = page.get_by_role("tree", name="Outline")
    expect(tree.get_by_role("treeitem")).to_have_count(3)
    expect(tree.get_by_role("treeitem", selected=True)).to_have_attribute("aria-label", re.compile("Shot 1a"))
    tree.get_by_role("treeitem", selected=True).focus()
    page.keyboard.press("ArrowDown")
    expect(canvas.shot("2a")).to_have_attribute("data-selected", "true")


def compose(session: CDPSession, text: str, so_far: str) -> None:
    """What an input method does: half a word first, then the word."""
    session.send(
        "Input.imeSetComposition", {"text": so_far, "selectionStart": len(so_far), "selectionEnd": len(so_far)}
    )
    session.send("Input.insertText", {"text": text})


def test_the_story_in_chinese_with_composition_input(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    page.add_init_script("localStorage.setItem('language', 'zh-CN')")
    canvas.start_from(picture_file(tmp_path, shade=30))
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "feng", "selectionStart": 4, "selectionEnd": 4})
    # Enter chooses a candidate while composing; nothing is generated.
    page.keyboard.press("Control+Enter")
    expect(canvas.shot("1a")).to_have_attribute("data-look", "empty")
    compose(session, "风掀起窗帘", "feng xian")
    expect(canvas.prompt()).to_have_value("风掀起窗帘")
    expect(canvas.prompt()).to_have_attribute("lang", "zh")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a")).to_contain_text("完成")
    expect(canvas.shot("1a")).to_contain_text("风掀起窗帘")


def test_a_refresh_in_the_middle_loses_nothing(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=200))
    page.keyboard.type("A boat drifts into the fog.")
    page.get_by_role("radio", name="10 seconds").click()
    page.get_by_role("button", name=re.compile("^Generate")).click()
    canvas.wait_for_look("1a", "generating")
    page.reload()
    canvas.wait_for_look("1a", "generating", "finishing", "partly_done", "done")
    expect(canvas.shot("1a")).to_contain_text("A boat drifts into the fog.")
    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a").get_by_role("slider").locator("i")).to_have_count(10)


def test_words_typed_offline_arrive_after_a_reload(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=150))
    canvas.wait_until_saved()
    page.route("**/api/v1/projects/*/ops", lambda route: route.abort())
    page.keyboard.type("Written while the line is down.")
    expect(page.locator(".saved")).to_contain_text("waits for a connection")
    page.unroute("**/api/v1/projects/*/ops")
    page.reload()
    expect(canvas.prompt()).to_have_value("Written while the line is down.")
    canvas.wait_until_saved()


def test_a_file_that_is_no_picture_is_named_before_it_is_sent(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=10))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/uploads" in request.url else None)
    wrong = tmp_path / "kite.psd"
    wrong.write_bytes(b"8BPS")
    page.get_by_test_id("canvas-file").set_input_files(str(wrong))
    expect(page.get_by_text(re.compile("kite.psd: This file is a PSD"))).to_be_visible()
    assert sent == []


def test_several_pictures_are_one_step_of_undo(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=11))
    pictures = [str(picture_file(tmp_path, shade=shade)) for shade in (12, 13, 14)]
    page.get_by_test_id("canvas-file").set_input_files(pictures)
    canvas.show_all()
    expect(canvas.stage.locator("article.picture")).to_have_count(4)
    expect(page.get_by_text("3 images added. Make a shot for each?")).to_be_visible(timeout=MAKING_MS)
    canvas.take_up_keyboard()
    page.keyboard.press("Control+z")
    expect(canvas.stage.locator("article.picture")).to_have_count(1)
