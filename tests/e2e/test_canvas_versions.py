"""Versions by name on two devices; a shot made again from its clip; what becomes of takes of a deleted shot."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.canvas_page import CanvasPage, picture_file

pytestmark = pytest.mark.e2e


def made_shot(canvas: CanvasPage, folder: Path, *, shade: int) -> Page:
    """A canvas with one picture and one finished shot, which is selected."""
    page = canvas.page
    canvas.start_from(picture_file(folder, shade=shade))
    page.keyboard.type("pan left")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    canvas.show_all()
    canvas.wait_until_saved()
    return page


def test_a_version_is_kept_by_keys_and_come_back_to_on_every_device(
    canvas: CanvasPage, chromium: Browser, tmp_path: Path
):
    page = made_shot(canvas, tmp_path, shade=31)
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Versions")
    expect(dialog.get_by_role("textbox", name="Name of this version")).to_be_focused()
    page.keyboard.type("One shot")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)

    page.keyboard.press("n")
    page.keyboard.type("Not to be kept")
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    canvas.wait_until_saved()
    with chromium.new_context(viewport={"width": 1200, "height": 800}) as context:
        other = context.new_page()
        other.goto(page.url)
        expect(other.locator("article.note")).to_contain_text("Not to be kept")

        page.keyboard.press("Control+s")
        dialog.get_by_role("button", name="Go back to One shot").click()
        expect(page.locator("article.note")).to_have_count(0)
        expect(other.locator("article.note")).to_have_count(0)
        # Takes are no part of it.
        expect(canvas.shot("1a")).to_have_attribute("data-look", "done")
        expect(page.get_by_role("button", name="Undo", exact=True).first).to_be_disabled()

        page.get_by_text("This is the canvas as of One shot").locator("xpath=..").get_by_role(
            "button", name="Undo"
        ).click()
        expect(page.locator("article.note")).to_contain_text("Not to be kept")
        expect(other.locator("article.note")).to_contain_text("Not to be kept")


def test_a_clip_that_comes_back_offers_the_shot_that_it_was(canvas: CanvasPage, tmp_path: Path):
    page = made_shot(canvas, tmp_path, shade=32)
    canvas.shot("1a").locator(".head").click()
    canvas.take_up_keyboard()
    with page.expect_download() as coming:
        page.keyboard.press("d")
    clip = tmp_path / "come-back.mp4"
    coming.value.save_as(clip)

    page.goto(canvas.address)
    page.get_by_role("button", name="Start from text").click()
    page.wait_for_url("**/p/**")
    expect(canvas.prompt()).to_be_focused()
    canvas.show_all()
    page.get_by_test_id("canvas-file").set_input_files(str(clip))
    page.get_by_role("button", name="Rebuild this shot").click()
    expect(canvas.prompt()).to_have_value("pan left")
    expect(canvas.stage.locator("article.node[data-look=empty]")).to_have_count(2)


def test_deleting_what_is_being_made_asks_once(canvas: CanvasPage, tmp_path: Path):
    page = made_shot(canvas, tmp_path, shade=33)
    ask = page.get_by_role("dialog", name="still being made")
    page.request.post(
        f"{canvas.address}/api/v1/queue/pause",
        headers={"X-CSRFToken": next(it["value"] for it in page.context.cookies() if it["name"] == "csrftoken")},
    )
    try:
        canvas.shot("1a").locator(".head").click()
        canvas.take_up_keyboard()
        page.keyboard.press("r")
        expect(canvas.shot("1a").get_by_role("radio")).to_have_count(4)
        page.keyboard.press("Delete")
        ask.get_by_role("button", name="Delete nothing").click()
        expect(canvas.shot("1a")).to_be_visible()
        canvas.take_up_keyboard()
        page.keyboard.press("Delete")
        ask.get_by_role("button", name="Delete and cancel").click()
        expect(canvas.shot("1a")).to_have_count(0)
        # The answer is a setting from then on.
        page.goto(f"{canvas.address}/settings")
        chosen = page.get_by_label("A shot that is being made")
        expect(chosen.get_by_role("radio", name="Cancel its takes")).to_be_checked()
        page.goto(f"{canvas.address}/queue")
        expect(page.get_by_role("heading", name="Waiting")).to_have_count(0, timeout=15_000)
    finally:
        page.goto(f"{canvas.address}/settings")
        page.get_by_label("A shot that is being made").get_by_role("radio", name="Ask").click()
        page.request.post(
            f"{canvas.address}/api/v1/queue/resume",
            headers={"X-CSRFToken": next(it["value"] for it in page.context.cookies() if it["name"] == "csrftoken")},
        )
