"""Pictures of every screen and state, in both languages and themes: python -m tests.support.take_screenshots FOLDER."""

import argparse
import os
import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from studio.browser import find_chromium
from tests.support.canvas_page import CanvasPage, picture_file
from tests.support.running_studio import ROOT, run_studio
from tests.support.tour import Sights, dress, phone_states, prepare, states

LARGE = {"width": 1600, "height": 1000}
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 1280, "height": 800}
# The recording: as large as it is shown, how often it looks, and for how long each picture stands.
SHOWN = (960, 600)
LOOK_MS, LAST_MS, SHOW_MS = 1500, 125, 160
MOST_PICTURES, LAST_PICTURES = 160, 16
LOOKS = (("en", "dark"), ("zh-CN", "light"), ("en", "light"), ("zh-CN", "dark"))


def take_all(browser: Browser, address: str, folder: Path, picture: Path | None, looks: int) -> None:
    """Make what there is to see, then walk through it once for each of so many looks."""
    with browser.new_context(viewport=LARGE) as context:
        sights = prepare(CanvasPage(page=context.new_page(), address=address), folder, picture)
    for language, theme in LOOKS[:looks]:
        there = folder / f"{language}-{theme}"
        there.mkdir(parents=True, exist_ok=True)
        take_look(browser, address, sights, there, language=language, theme=theme)


def record(browser: Browser, address: str, target: Path, picture: Path) -> None:
    """A short moving picture of a shot that grows: from a dropped photo to its last second."""
    pictures: list[Image.Image] = []
    with browser.new_context(viewport=SMALL) as context:
        canvas = CanvasPage(page=context.new_page(), address=address)

        def snap() -> None:
            pictures.append(Image.open(BytesIO(canvas.page.screenshot())).convert("RGB").resize(SHOWN))

        canvas.start_from(picture)
        for word in ("The camera", " moves in", " slowly."):
            canvas.page.keyboard.type(word)
            snap()
        canvas.page.keyboard.press("Control+Enter")
        for _ in range(MOST_PICTURES):
            canvas.page.wait_for_timeout(LOOK_MS)
            snap()
            if canvas.look("1a") == "done":
                break
        canvas.take_up_keyboard()
        canvas.page.keyboard.press(" ")
        for _ in range(LAST_PICTURES):
            canvas.page.wait_for_timeout(LAST_MS)
            snap()
    first, *rest = pictures
    first.save(target, save_all=True, append_images=rest, duration=SHOW_MS, loop=0, quality=60, method=4)


def take_look(browser: Browser, address: str, sights: Sights, folder: Path, *, language: str, theme: str) -> None:
    """All pictures of one language and theme."""
    for size, walk in ((LARGE, states), (PHONE, None)):
        with browser.new_context(viewport=size) as context:
            canvas = CanvasPage(page=context.new_page(), address=address)
            dress(canvas, language=language, theme=theme)
            names = phone_states(canvas, sights) if walk is None else walk(canvas, sights, language)
            for name in names:
                canvas.page.wait_for_timeout(250)
                canvas.page.screenshot(path=folder / f"{name}.png")


def main() -> None:
    """Run a studio and a browser, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "screenshots")
    parser.add_argument("--picture", type=Path, default=None, help="a photo to start from, not a drawn one")
    parser.add_argument("--preset", default="tiny", help="the model that makes the clips")
    parser.add_argument("--frontend", type=Path, default=ROOT / "frontend" / "dist")
    parser.add_argument(
        "--looks", type=int, default=len(LOOKS), help="how many languages and themes, the English dark first"
    )
    parser.add_argument(
        "--recording", type=Path, default=None, help="make a short moving picture there, and nothing else"
    )
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    found = find_chromium(os.environ, shutil.which)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    settings = {"SCENELOOM_FRONTEND": str(asked.frontend), "SCENELOOM_PRESET": asked.preset}
    with (
        tempfile.TemporaryDirectory() as data,
        run_studio(Path(data), **settings) as studio,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found.path, args=flags, headless=True)
        if asked.recording is None:
            take_all(browser, studio.address, asked.folder, asked.picture, asked.looks)
        else:
            record(browser, studio.address, asked.recording, asked.picture or picture_file(Path(data)))
        browser.close()


if __name__ == "__main__":
    main()
