"""Seconds that are there are worth keeping, though their take was stopped."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file
from tests.support.canvas_tour import api

pytestmark = pytest.mark.e2e

SECONDS = 10


def stopped_take(canvas: CanvasPage) -> dict[str, Any]:
    """A take that was stopped once a second of it could be watched; by the API, since a busy browser may be late."""
    project = canvas.page.url.split("/p/")[1].split("?")[0]
    until = time.monotonic() + MAKING_MS / 1000
    while time.monotonic() < until:
        for take in api(canvas.page, canvas.address, "GET", f"/projects/{project}/canvas")["takes"]:
            assert take["status"] != "succeeded", "it ended before it was stopped"
            if take["seconds_ready"] >= 1:
                api(canvas.page, canvas.address, "POST", f"/takes/{take['id']}/cancel", {"keep_ready": False})
                stopped: dict[str, Any] = take
                return stopped
        time.sleep(0.05)
    raise TimeoutError("no second was made")


def test_the_seconds_of_a_stopped_take_become_a_clip(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=31))
    page.keyboard.type("The tide comes in.")
    page.get_by_role("radio", name=f"{SECONDS} seconds").click()
    canvas.shot("1a").get_by_role("combobox", name="Quality").select_option("fine")
    page.get_by_role("button", name="One take fewer").click()
    page.get_by_role("button", name=re.compile("^Generate")).click()
    take = stopped_take(canvas)
    canvas.wait_for_look("1a", "cancelled")
    canvas.show_all()
    keep = canvas.shot("1a").get_by_role("button", name=re.compile(r"^Keep \d s$"))
    kept = int(re.findall(r"\d+", keep.inner_text())[0])
    assert 1 <= kept < SECONDS

    keep.click()

    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a").locator(".bar > i[data-state=ready]")).to_have_count(kept)
    shown = api(page, canvas.address, "GET", f"/takes/{take['id']}")
    assert (shown["status"], shown["duration_s"], shown["truncated"]) == ("succeeded", kept, True)
    canvas.shot("1a").get_by_role("button", name="Play").first.click()
    video = canvas.shot("1a").locator("video")
    expect(video).to_have_js_property("paused", value=False)
    assert video.evaluate("it => it.duration") == pytest.approx(kept, abs=0.1)
