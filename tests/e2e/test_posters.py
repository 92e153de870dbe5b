"""A take's poster shows the frame that a person chose, and undo takes that back."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file

pytestmark = pytest.mark.e2e


def told(canvas: CanvasPage) -> dict[str, Any]:
    """The one take, as the server tells it."""
    project = canvas.page.url.split("/p/")[1].split("?")[0]
    answer = canvas.page.request.get(f"{canvas.address}/api/v1/projects/{project}/canvas").json()
    take: dict[str, Any] = answer["takes"][0]
    return take


def test_the_frame_at_the_playhead_becomes_the_poster_by_keys_and_undo_takes_it_back(
    canvas: CanvasPage, tmp_path: Path
):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=221))
    page.keyboard.type("pan left")
    page.get_by_role("radio", name="2 seconds").click()
    page.get_by_role("button", name="One take fewer").click()
    canvas.prompt().press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    card = canvas.shot("1a")
    poster = card.locator(".viewport > img")
    first = str(poster.get_attribute("src"))
    looks = page.request.get(canvas.address + first).body()
    assert told(canvas)["poster_at_s"] is None

    card.get_by_role("slider").press("ArrowRight")
    card.get_by_role("button", name="More").press("Enter")
    page.get_by_role("menuitem", name="Use this frame as the poster").press("Enter")
    expect(page.locator(".toast", has_text="The poster shows second 1.0 now.")).to_be_visible()
    expect(poster).not_to_have_attribute("src", first, timeout=MAKING_MS)
    chosen = str(poster.get_attribute("src"))
    assert told(canvas)["poster_at_s"] == 1.0
    answer = page.request.get(canvas.address + chosen)
    assert answer.ok
    assert answer.body() != looks

    canvas.take_up_keyboard()
    page.keyboard.press("Control+z")
    expect(poster).not_to_have_attribute("src", chosen, timeout=MAKING_MS)
    assert told(canvas)["poster_at_s"] is None
    # Of a second, by its menu.
    card.get_by_role("slider").press("End")
    card.get_by_role("slider").press("Shift+F10")
    page.get_by_role("menuitem", name="Use second 2 as the poster").click()
    canvas.wait_until_saved()
    expect(poster).not_to_have_attribute("src", first, timeout=MAKING_MS)
    assert told(canvas)["poster_at_s"] == 1.0
