"""A worker dies in the middle of a take: the take goes on from the last stored second and says so."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file
from tests.support.running_studio import RunningStudio
from tests.support.tour import api

pytestmark = pytest.mark.e2e

# A worker that is killed with less to do than this might have done it before the blow.
SECONDS_LEFT = 3


def take_under_way(canvas: CanvasPage) -> dict[str, Any]:
    """The take that a worker has begun, as the server tells it: a busy browser may show that seconds later."""
    until = time.monotonic() + MAKING_MS / 1000
    while time.monotonic() < until:
        running: list[dict[str, Any]] = api(canvas.page, canvas.address, "GET", "/queue")["running"]
        # At once: a small model is done with all seconds while the first is still decoded.
        if running:
            return running[0]
    raise TimeoutError("no worker began a take")


def test_a_killed_worker_goes_on_and_says_so(canvas: CanvasPage, studio: RunningStudio, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=77))
    page.keyboard.type("The light turns to dusk.")
    page.get_by_role("radio", name="10 seconds").click()
    page.get_by_role("button", name="One take fewer").click()
    page.get_by_role("button", name=re.compile("^Generate")).click()
    take = take_under_way(canvas)
    studio.kill_worker("generation")
    assert take["seconds_ready"] <= take["duration_s"] - SECONDS_LEFT, "the worker was killed too late to tell"

    expect(canvas.shot("1a")).to_contain_text("recovered", timeout=MAKING_MS)
    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a").locator(".bar > i[data-state=ready]")).to_have_count(10)
