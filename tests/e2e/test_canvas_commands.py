"""Commands that must hold at once: Pause in the comparison, a film of what was chosen a moment ago; and the log-in."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.canvas_page import CanvasPage, picture_file
from tests.support.running_studio import RunningStudio

pytestmark = pytest.mark.e2e

PLAYING = "[...document.querySelectorAll('.compare video')].filter((video) => !video.paused).length"
SLOW_S = 1.5


def test_pause_holds_all_videos_of_a_comparison_and_an_edit_goes_before_its_film(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=211))
    page.keyboard.type("pan left")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    canvas.show_all()
    canvas.shot("1a").locator(".head").click()
    canvas.take_up_keyboard()

    page.keyboard.press("c")
    pause = page.get_by_role("dialog", name="Compare takes").get_by_role("button", name="Pause")
    pause.click()
    page.wait_for_timeout(700)
    assert page.evaluate(PLAYING) == 0
    page.get_by_role("button", name="Play", exact=True).last.click()
    page.wait_for_function(f"{PLAYING} === 2")
    page.keyboard.press("Escape")

    # The way of edits is slow; the film is still that of the take that was chosen before.
    def slowly(route: Route) -> None:
        time.sleep(SLOW_S)
        route.continue_()

    page.route("**/api/v1/projects/*/ops", slowly)
    canvas.take_up_keyboard()
    page.keyboard.press("2")
    page.keyboard.press("b")
    expect(page.locator(".strip-clip")).to_have_count(1)
    project = page.url.split("/p/")[1].split("?")[0]
    opened = page.request.get(f"{canvas.address}/api/v1/projects/{project}/canvas").json()
    second = next(take["id"] for take in opened["takes"] if take["ordinal"] == 2)
    assert [item["take_id"] for item in opened["films"][0]["items"]] == [second]


def test_the_log_in_is_dressed_as_the_browser_was_last_else_as_the_system(chromium: Browser, studio: RunningStudio):
    with chromium.new_context(color_scheme="light") as context:
        page = context.new_page()
        shown = page.locator("html")
        page.goto(f"{studio.address}/login")
        expect(shown).to_have_attribute("data-theme", "light")
        page.goto(f"{studio.address}/settings")
        page.get_by_role("radio", name="High").click()
        expect(shown).to_have_attribute("data-theme", "contrast")
        page.goto(f"{studio.address}/login")
        expect(shown).to_have_attribute("data-theme", "contrast")
        # The next tests are the same person.
        page.goto(f"{studio.address}/settings")
        page.get_by_role("radio", name="Normal").click()
        expect(shown).to_have_attribute("data-theme", "dark")
