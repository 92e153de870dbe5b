"""Devices whose clock is hours off: what is shown of times and of what is left stays as it is for others."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.canvas_page import CanvasPage, picture_file
from tests.support.running_studio import RunningStudio

pytestmark = pytest.mark.e2e

SKEW = """
const hours = {hours} * 3600000;
const Real = Date;
window.Date = class extends Real {{
  constructor(...given) {{ if (given.length === 0) super(Real.now() + hours); else super(...given); }}
  static now() {{ return Real.now() + hours; }}
}};
"""


@pytest.mark.parametrize("hours", [-30, 7])
def test_a_device_that_is_hours_off_shows_and_promises_the_same(
    chromium: Browser, studio: RunningStudio, tmp_path: Path, hours: int
):
    with chromium.new_context(viewport={"width": 1600, "height": 1000}, timezone_id="UTC", locale="en") as context:
        canvas = CanvasPage(page=context.new_page(), address=studio.address)
        page = canvas.page
        page.add_init_script(SKEW.format(hours=hours))
        canvas.start_from(picture_file(tmp_path, shade=70 + hours % 7))
        page.keyboard.type("pan up")
        page.get_by_role("radio", name="10 seconds").click()
        page.get_by_role("button", name="One take fewer").click()
        canvas.prompt().press("Control+Enter")
        # How long it takes is said while it is made, though the device thinks that it began long ago, or has yet to.
        expect(canvas.shot("1a").get_by_text(re.compile(r"left$|longer than usual"))).to_be_visible(timeout=60_000)
        canvas.wait_for_look("1a", "done")

        before = datetime.now(UTC)
        page.goto(canvas.address)
        card = page.locator("p.num.small-text").first
        clocks = [f"{before - timedelta(minutes=ago):%H:%M}" for ago in range(5)]
        expect(card).to_have_text(re.compile(f"({'|'.join(clocks)})$"))

        page.goto(f"{studio.address}/library")
        expect(page.locator(".grid-day").first).to_contain_text("Today")
