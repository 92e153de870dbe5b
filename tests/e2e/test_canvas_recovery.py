"""A worker dies in the middle of a take: the take goes on from the last stored second and says so."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file
from tests.support.running_studio import RunningStudio

pytestmark = pytest.mark.e2e


def test_a_killed_worker_goes_on_and_says_so(canvas: CanvasPage, studio: RunningStudio, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=77))
    page.keyboard.type("The light turns to dusk.")
    page.get_by_role("radio", name="10 seconds").click()
    page.get_by_role("button", name="One take fewer").click()
    page.get_by_role("button", name=re.compile("^Generate")).click()
    canvas.wait_for_look("1a", "generating")
    studio.kill_worker("generation")

    expect(canvas.shot("1a")).to_contain_text("recovered", timeout=MAKING_MS)
    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a").get_by_role("slider").locator("i[data-state=ready]")).to_have_count(10)
