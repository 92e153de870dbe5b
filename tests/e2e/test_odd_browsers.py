"""Browsers that lack something: live playback, storage, sockets. Nothing is lost, and words say what is missing."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file

pytestmark = pytest.mark.e2e

NO_MEDIA_SOURCE = "delete window.MediaSource; delete window.ManagedMediaSource;"
# Chromium reads playlists too.
NO_LIVE_PLAYBACK = f"""{NO_MEDIA_SOURCE}
const canPlay = HTMLMediaElement.prototype.canPlayType;
HTMLMediaElement.prototype.canPlayType = function (type) {{
  return /mpegurl/.test(type) ? "" : canPlay.call(this, type);
}};
"""
# In whichever player: when the last second is there, the file's takes the place of the one that read the playlist.
PLAYS = """() => [...document.querySelectorAll("video.take-video")].some((video) => video.currentTime > 0.5)"""
NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
}
IDBFactory.prototype.open = () => { throw new DOMException("blocked", "SecurityError"); };
"""
NO_SOCKETS = """
window.WebSocket = class extends EventTarget {
  constructor() { super(); setTimeout(() => this.onclose?.({ code: 1006 }), 20); }
  send() {}
  close() {}
};
"""


def order(canvas: CanvasPage, folder: Path, *, shade: int, seconds: int) -> None:
    """Start from a picture and ask for one take."""
    canvas.start_from(picture_file(folder, shade=shade))
    canvas.page.keyboard.type("Leaves fall.")
    canvas.page.get_by_role("radio", name=f"{seconds} seconds").click()
    canvas.page.get_by_role("button", name="One take fewer").click()
    canvas.page.get_by_role("button", name=re.compile("^Generate")).click()


def test_a_browser_without_live_playback_says_so_and_plays_the_whole(canvas: CanvasPage, tmp_path: Path):
    canvas.page.add_init_script(NO_LIVE_PLAYBACK)
    order(canvas, tmp_path, shade=131, seconds=10)
    canvas.shot("1a").get_by_role("button", name="Play", exact=True).click(timeout=MAKING_MS)
    expect(canvas.shot("1a")).to_contain_text("This browser cannot play live", timeout=MAKING_MS)
    canvas.wait_for_look("1a", "done")
    expect(canvas.shot("1a")).not_to_contain_text("This browser cannot play live")


def test_a_browser_that_reads_playlists_plays_while_seconds_are_made(canvas: CanvasPage, tmp_path: Path):
    canvas.page.add_init_script(NO_MEDIA_SOURCE)
    order(canvas, tmp_path, shade=134, seconds=10)
    canvas.shot("1a").get_by_role("button", name="Play", exact=True).click(timeout=MAKING_MS)
    canvas.page.wait_for_function(PLAYS, timeout=MAKING_MS)
    canvas.wait_for_look("1a", "done")


def test_a_browser_that_stores_nothing_still_saves(canvas: CanvasPage, tmp_path: Path):
    canvas.page.add_init_script(NO_STORAGE)
    canvas.start_from(picture_file(tmp_path, shade=132))
    canvas.page.keyboard.type("Written without storage.")
    canvas.wait_until_saved()
    canvas.page.reload()
    expect(canvas.prompt()).to_have_value("Written without storage.")


def test_without_sockets_the_page_asks_and_says_so(canvas: CanvasPage, tmp_path: Path):
    canvas.page.add_init_script(NO_SOCKETS)
    canvas.start_from(picture_file(tmp_path, shade=133))
    canvas.page.keyboard.type("Leaves fall.")
    expect(canvas.page.get_by_text("Live updates paused; looking every 5 s")).to_be_visible(timeout=MAKING_MS)
    canvas.page.get_by_role("button", name=re.compile("^Generate")).click()
    canvas.wait_for_look("1a", "done")
