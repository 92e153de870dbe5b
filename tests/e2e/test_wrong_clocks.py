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
# All that the card says of how it fares, however short.
LISTEN = """
window.said = new Set();
const listen = () => {
  for (const line of document.querySelectorAll("[data-canvas] article.node .line")) window.said.add(line.textContent);
  requestAnimationFrame(listen);
};
listen();
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
        page.evaluate(LISTEN)
        canvas.wait_for_look("1a", "done")
        said = page.evaluate("[...window.said]")
        # Though the device thinks that it began long ago, or has yet to, nobody is told of hours, or of delay.
        assert said
        assert [words for words in said if re.search(r"\bh\b|\d{3} s|-\d", words)] == []
        # On a busy machine later seconds do take longer than usual; a wrong clock would say so from the first one on.
        assert [words for words in said if re.search(r"Second 1 of .*longer than usual", words)] == []

        before = datetime.now(UTC)
        page.goto(canvas.address)
        card = page.locator("p.num.small-text").first
        clocks = [f"{before - timedelta(minutes=ago):%H:%M}" for ago in range(5)]
        expect(card).to_have_text(re.compile(f"({'|'.join(clocks)})$"))

        page.goto(f"{studio.address}/library")
        expect(page.locator(".grid-day").first).to_contain_text("Today")
