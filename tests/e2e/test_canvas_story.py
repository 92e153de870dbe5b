"""What may go wrong while a film grows: the line, the file, the hand."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file

pytestmark = pytest.mark.e2e


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


def test_a_tapped_space_plays_and_a_held_one_moves_the_view(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=15))
    page.keyboard.type("pan left")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    canvas.show_all()
    canvas.shot("1a").locator(".head").click()
    page.mouse.move(700, 20)
    canvas.take_up_keyboard()
    page.keyboard.press(" ")
    video = canvas.shot("1a").locator("video")
    expect(video).to_have_count(1)
    expect(video).to_have_js_property("paused", value=False)
    page.keyboard.press(" ")
    expect(video).to_have_js_property("paused", value=True)

    view = canvas.stage.locator(".react-flow__viewport")
    before = view.get_attribute("style")
    page.mouse.move(300, 800)
    page.keyboard.down(" ")
    page.mouse.down()
    page.mouse.move(360, 840, steps=5)
    page.mouse.up()
    page.keyboard.up(" ")
    assert view.get_attribute("style") != before
    expect(video).to_have_js_property("paused", value=True)


def test_a_shot_is_made_as_carefully_as_was_chosen_by_keyboard(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=16))
    page.keyboard.type("pan right")
    quality = canvas.shot("1a").get_by_role("combobox", name="Quality")
    expect(quality).to_have_value("standard")
    quality.focus()
    page.keyboard.press("ArrowUp")
    expect(quality).to_have_value("draft")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/takes")) as made:
        canvas.prompt().press("Control+Enter")
    settings = made.value.json()["takes"][0]["settings"]
    assert (settings["quality"], settings["num_steps"]) == ("draft", 4)
    canvas.wait_for_look("1a", "done")
    canvas.shot("1a").locator(".head").click()
    expect(page.locator("aside dt:text-is('Quality') + dd")).to_have_text("Quick draft")
