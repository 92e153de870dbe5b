"""The pictures of the README, from the shipped model and a photo.

With a built browser part: PYTHONPATH=tools .venv/bin/python -m tests.support.take_readme_pictures
The studio and its clips are gone afterwards; the pictures stay in docs/pictures.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from studio.browser import find_chromium
from tests.support.canvas_page import CanvasPage
from tests.support.running_studio import ROOT, run_studio

FOLDER = ROOT / "docs" / "pictures"
PHOTO = ROOT / "docs" / "samples" / "coffee.jpg"
LARGE, SMALL = {"width": 1600, "height": 1000}, {"width": 1280, "height": 800}
# As large as the README shows them.
STILL, MOVING = (1280, 800), (800, 500)
QUALITY, MOVING_QUALITY = 82, 50
# The recording looks this often, and each picture stands for so long.
LOOK_MS, SHOW_MS, LAST_MS = 600, 160, 1500
MOST_PICTURES = 60


def shown(page: Page, size: tuple[int, int]) -> Image.Image:
    """What the page shows, at the README's size."""
    return Image.open(BytesIO(page.screenshot())).convert("RGB").resize(size, Image.Resampling.LANCZOS)


def keep(page: Page, name: str) -> None:
    """One still picture."""
    shown(page, STILL).save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


def record(canvas: CanvasPage) -> None:
    """A shot that grows: words, seconds that become, and the clip that plays."""
    pictures: list[Image.Image] = []

    def snap() -> None:
        picture = shown(canvas.page, MOVING)
        if not pictures or picture.tobytes() != pictures[-1].tobytes():
            pictures.append(picture)

    canvas.start_from(PHOTO)
    for word in ("slow", " zoom", " in"):
        canvas.page.keyboard.type(word)
        snap()
    canvas.page.keyboard.press("Control+Enter")
    played = False
    for _ in range(MOST_PICTURES):
        canvas.page.wait_for_timeout(LOOK_MS)
        snap()
        if not played and canvas.look("1a") in ("generating", "partly_done"):
            play = canvas.shot("1a").get_by_role("button", name="Play", exact=True)
            if play.count() > 0:
                play.click()
                played = True
        if canvas.look("1a") == "done":
            break
    canvas.page.keyboard.press("+")
    expect(canvas.prompt()).to_be_focused()
    canvas.page.keyboard.type("slow pan left")
    snap()
    first, *rest = pictures
    times = [*[SHOW_MS] * (len(pictures) - 1), LAST_MS]
    target = FOLDER / "growing.webp"
    first.save(target, save_all=True, append_images=rest, duration=times, loop=0, quality=MOVING_QUALITY, method=6)


def make(canvas: CanvasPage, number: str, words: str, *, grow: str = "+") -> None:
    """Grow the next shot from what is selected, and wait until it is made."""
    page = canvas.page
    if grow:
        page.keyboard.press(grow)
    order(page, canvas, words, seconds=2)
    canvas.wait_for_look(number, "done")
    canvas.take_up_keyboard()


def order(page: Page, canvas: CanvasPage, words: str, *, seconds: int) -> None:
    """Write into the shot that has just grown, and have it made."""
    expect(canvas.prompt()).to_be_focused()
    page.keyboard.type(words)
    page.get_by_role("radio", name=f"{seconds} seconds").first.click()
    page.get_by_role("button", name=re.compile("^Generate")).click()


def film_tree(canvas: CanvasPage) -> None:
    """A tree with a film, and a shot that is being made."""
    page = canvas.page
    canvas.start_from(PHOTO)
    make(canvas, "1a", "slow zoom in", grow="")
    make(canvas, "2a", "slow pan left")
    page.keyboard.press("ArrowLeft")
    make(canvas, "2b", "slow roll clockwise")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("b")
    expect(page.locator(".strip-clip")).to_have_count(2)
    canvas.take_up_keyboard()
    page.keyboard.press("+")
    order(page, canvas, "slow tilt up", seconds=8)
    canvas.wait_for_look("3a", "generating", "partly_done")
    page.keyboard.press("Shift+!")


def stills(canvas: CanvasPage) -> None:
    """The canvas while a shot grows, the film, and the library."""
    page = canvas.page
    film_tree(canvas)
    project = re.search("/p/([^/?]+)", page.url)
    assert project is not None
    page.wait_for_timeout(LAST_MS)
    keep(page, "canvas")
    canvas.wait_for_look("3a", "done")
    page.goto(f"{canvas.address}/p/{project[1]}/film/main")
    page.get_by_role("option").nth(1).click()
    page.wait_for_load_state("networkidle")
    keep(page, "film")


def in_a_tab(browser: Browser, address: str, size: dict[str, int], walk: Callable[[CanvasPage], None]) -> None:
    """Walk in a tab of its own."""
    with browser.new_context(viewport={"width": size["width"], "height": size["height"]}) as context:
        walk(CanvasPage(page=context.new_page(), address=address))


def main() -> None:
    """Run a studio with the shipped model, and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = find_chromium(os.environ, shutil.which)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    settings = {"SCENELOOM_FRONTEND": str(ROOT / "frontend" / "dist"), "SCENELOOM_PRESET": "starter"}
    with (
        tempfile.TemporaryDirectory() as data,
        run_studio(Path(data), **settings) as studio,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found.path, args=flags, headless=True)
        in_a_tab(browser, studio.address, LARGE, stills)
        in_a_tab(browser, studio.address, SMALL, record)
        browser.close()


if __name__ == "__main__":
    main()
