"""Parts that come later: without a line the rest stands, and after an upgrade an open tab begins anew, once."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.support.canvas_page import CanvasPage, picture_file

pytestmark = pytest.mark.e2e

LATER_PARTS = re.compile(r"/static/assets/(Palette|palette|KeyHelp|Versions)-")


def test_without_a_line_a_part_stays_out_and_the_canvas_stands(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    page.route(LATER_PARTS, lambda route: route.abort("internetdisconnected"))
    canvas.start_from(picture_file(tmp_path, shade=71))
    page.keyboard.type("a kite")

    page.keyboard.press("Control+k")
    expect(page.get_by_text("This part could not be loaded.").first).to_be_visible()
    expect(canvas.prompt()).to_have_value("a kite")
    expect(canvas.prompt()).to_be_focused()

    page.unroute(LATER_PARTS)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_an_open_tab_begins_anew_once_after_an_upgrade(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    begun: list[str] = []
    canvas.start_from(picture_file(tmp_path, shade=72))
    canvas.wait_until_saved()
    # The files that this tab knows are gone, and the first page names others.
    page.route(LATER_PARTS, lambda route: route.fulfill(status=404))

    def upgraded(route: Route) -> None:
        if route.request.resource_type == "fetch":
            body = route.fetch().text()
            route.fulfill(body=re.sub(r"assets/index-[^.\"]+\.js", "assets/index-another.js", body))
        else:
            route.continue_()

    page.route(f"{canvas.address}/", upgraded)
    page.on("domcontentloaded", lambda _page: begun.append("anew"))

    page.keyboard.type("a kite")
    page.keyboard.press("Control+k")

    expect(canvas.stage.locator("textarea")).to_have_value("a kite", timeout=20_000)
    page.wait_for_timeout(1000)
    assert begun == ["anew"]
    canvas.take_up_keyboard()
    page.keyboard.press("Control+k")
    expect(page.get_by_text("This part could not be loaded.").first).to_be_visible()
    page.wait_for_timeout(1000)
    assert begun == ["anew"]
