"""Versions by name on two devices; a shot made again from its clip; what becomes of takes of a deleted shot."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.canvas_page import CanvasPage, picture_file
from tests.support.canvas_tour import api

pytestmark = pytest.mark.e2e


def begin(canvas: CanvasPage) -> str:
    """An empty canvas with the keyboard on it; the project's id."""
    canvas.page.goto(canvas.address)
    project = str(api(canvas.page, canvas.address, "POST", "/projects", {"title": "Kites"})["id"])
    canvas.page.goto(f"{canvas.address}/p/{project}")
    canvas.take_up_keyboard()
    return project


def add_note(canvas: CanvasPage, words: str) -> None:
    """Write a note by keys, and have it saved."""
    canvas.page.keyboard.press("n")
    expect(canvas.page.get_by_role("textbox", name="Note")).to_be_focused()
    canvas.page.keyboard.type(words)
    canvas.page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    canvas.wait_until_saved()


def test_a_version_is_kept_by_keys_and_come_back_to_on_every_device(canvas: CanvasPage, chromium: Browser):
    page = canvas.page
    begin(canvas)
    add_note(canvas, "To be kept")
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Versions")
    expect(dialog.get_by_role("textbox", name="Name of this version")).to_be_focused()
    page.keyboard.type("One note")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    add_note(canvas, "Not to be kept")

    with chromium.new_context(viewport={"width": 1200, "height": 800}) as context:
        other = context.new_page()
        other.goto(page.url)
        expect(other.locator("article.note")).to_have_count(2)
        page.keyboard.press("Control+s")
        dialog.get_by_role("button", name="Go back to One note", exact=True).click()
        for seen in (page, other):
            expect(seen.locator("article.note")).to_have_text(["To be kept"])
        # A step of undo would mix two states of the canvas.
        expect(page.get_by_role("button", name="Undo", exact=True).first).to_be_disabled()

        note = page.get_by_role("listitem").filter(has_text="This is the canvas as of One note")
        note.get_by_role("button", name="Undo").click()
        for seen in (page, other):
            expect(seen.locator("article.note")).to_have_count(2)


def test_a_clip_that_comes_back_offers_the_shot_that_it_was(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=32))
    page.keyboard.type("pan left")
    canvas.show_all()
    canvas.wait_until_saved()
    project = page.url.split("/p/")[1].split("?")[0]
    opened = api(page, canvas.address, "GET", f"/projects/{project}/canvas")
    shot = next(node["id"] for node in opened["nodes"] if node["kind"] == "shot")
    api(page, canvas.address, "POST", f"/shots/{shot}/takes", {"count": 1, "duration_s": 1})
    canvas.wait_for_look("1a", "done")
    canvas.shot("1a").locator(".head").click()
    canvas.take_up_keyboard()
    with page.expect_download() as coming:
        page.keyboard.press("d")
    clip = tmp_path / "come-back.mp4"
    coming.value.save_as(clip)

    begin(canvas)
    page.get_by_test_id("canvas-file").set_input_files(str(clip))
    page.get_by_role("button", name="Rebuild this shot").click()
    expect(canvas.prompt()).to_have_value("pan left")
    expect(canvas.shot("1a")).to_have_attribute("data-look", "empty")


def test_deleting_what_is_being_made_asks_once(canvas: CanvasPage):
    page = canvas.page
    ask = page.get_by_role("dialog", name="still being made")
    setting = page.get_by_label("A shot that is being made", exact=True)
    begin(canvas)
    api(page, canvas.address, "POST", "/queue/pause", {})
    try:
        page.keyboard.press("+")
        expect(canvas.prompt()).to_be_focused()
        page.keyboard.type("pan left")
        page.keyboard.press("Control+Enter")
        canvas.wait_for_look("1a", "queued")
        canvas.take_up_keyboard()
        page.keyboard.press("Delete")
        ask.get_by_role("button", name="Delete nothing").click()
        expect(canvas.shot("1a")).to_be_visible()
        canvas.take_up_keyboard()
        page.keyboard.press("Delete")
        ask.get_by_role("button", name="Delete and cancel").click()
        expect(canvas.shot("1a")).to_have_count(0)
        # The answer is a setting from then on.
        page.goto(f"{canvas.address}/settings")
        expect(setting.get_by_role("radio", name="Cancel its takes")).to_be_checked()
    finally:
        page.goto(f"{canvas.address}/settings")
        setting.get_by_role("radio", name="Ask").click()
        api(page, canvas.address, "POST", "/queue/cancel", {"filter": "waiting"})
        api(page, canvas.address, "POST", "/queue/resume", {})
