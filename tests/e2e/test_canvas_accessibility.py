"""The canvas on the narrowest screen, which is also that of a large one at 400 percent."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.axe import findings
from tests.support.canvas_page import CanvasPage, picture_file

pytestmark = pytest.mark.e2e


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
