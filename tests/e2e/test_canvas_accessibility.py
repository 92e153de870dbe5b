"""axe on the canvas in its states, in both themes: no serious finding."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.axe import findings
from tests.support.canvas_page import CanvasPage, picture_file

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_serious_finding_in_any_state(canvas: CanvasPage, tmp_path: Path, theme: str):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=44))
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    # Colours fade over to the other theme.
    page.wait_for_timeout(400)
    seen = {"draft": findings(page)}
    page.keyboard.type("She turns and smiles.")
    seen["written"] = findings(page)
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "queued", "generating", "partly_done")
    seen["running"] = findings(page)
    canvas.wait_for_look("1a", "done")
    seen["done"] = findings(page)
    page.keyboard.press("e")
    expect(page.get_by_role("complementary", name="Enhanced prompt")).to_be_visible()
    seen["flap"] = findings(page)
    page.keyboard.press("o")
    expect(page.get_by_role("tree", name="Outline")).to_be_visible()
    seen["outline"] = findings(page)
    page.keyboard.press("o")
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Search commands, shots and places")).to_be_visible()
    seen["palette"] = findings(page)
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    page.keyboard.press("c")
    expect(page.get_by_role("dialog", name="Compare takes")).to_be_visible()
    seen["compare"] = findings(page)
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    seen["keys"] = findings(page)

    assert {state: found for state, found in seen.items() if found} == {}


def test_the_canvas_works_on_a_phone_and_at_400_percent(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(canvas.address)
    canvas.page.get_by_test_id("choose-image").set_input_files(str(picture_file(tmp_path, shade=45)))
    page.wait_for_url("**/p/**")
    # Phones get the outline by default, and nothing runs off the side.
    expect(page.get_by_role("tree", name="Outline")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert findings(page) == []
