"""Pictures of every screen and state, in both languages and themes.

With a built browser part: PYTHONPATH=tools .venv/bin/python -m tests.support.take_screenshots FOLDER
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from studio.browser import find_chromium
from tests.support.canvas_page import CanvasPage
from tests.support.running_studio import ROOT, run_studio
from tests.support.tour import Sights, dress, phone_states, prepare, states

LARGE: ViewportSize = {"width": 1600, "height": 1000}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS = (("en", "dark"), ("zh-CN", "light"), ("en", "light"), ("zh-CN", "dark"))


def take_all(browser: Browser, address: str, folder: Path, brought: Path, picture: Path | None, looks: int) -> None:
    """Make what there is to see, then walk through it once for each of so many looks.

    Args:
        browser: Which takes the pictures.
        address: The studio's.
        folder: Where the pictures go.
        brought: An empty folder for files that are brought to the studio.
        picture: What the project starts from; none is a drawn one.
        looks: How many languages and themes.
    """
    with browser.new_context(viewport=LARGE) as context:
        sights = prepare(CanvasPage(page=context.new_page(), address=address), brought, picture)
    for language, theme in LOOKS[:looks]:
        there = folder / f"{language}-{theme}"
        there.mkdir(parents=True, exist_ok=True)
        take_look(browser, address, sights, there, language=language, theme=theme)


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
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    found = find_chromium(os.environ, shutil.which)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    settings = {"SCENELOOM_FRONTEND": str(asked.frontend), "SCENELOOM_PRESET": asked.preset}
    with (
        tempfile.TemporaryDirectory() as data,
        tempfile.TemporaryDirectory() as brought,
        run_studio(Path(data), **settings) as studio,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found.path, args=flags, headless=True)
        take_all(browser, studio.address, asked.folder, Path(brought), asked.picture, asked.looks)
        browser.close()


if __name__ == "__main__":
    main()
