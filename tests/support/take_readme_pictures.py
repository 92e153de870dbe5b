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
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from studio.browser import find_chromium
from tests.support.canvas_page import CanvasPage
from tests.support.canvas_tour import api
from tests.support.running_studio import ROOT, run_studio

FOLDER = ROOT / "docs" / "pictures"
PHOTOS = (ROOT / "docs" / "samples" / "coffee.jpg", ROOT / "docs" / "samples" / "chelsea.jpg")
LARGE, SMALL = {"width": 1600, "height": 1000}, {"width": 1280, "height": 800}
# As large as the README shows them.
STILL, MOVING = (1280, 800), (800, 500)
QUALITY, MOVING_QUALITY = 82, 50
# The recording looks this often, and each picture stands for so long.
LOOK_MS, SHOW_MS, LAST_MS = 600, 160, 1500
MOST_PICTURES = 60
# A shot of the shipped model on a machine that has other things to do.
PATIENCE_MS = 600_000
GROWING = re.compile("generating|partly_done|streaming")


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

    canvas.start_from(PHOTOS[1])
    # Without the map there is room for the photo beside its shot.
    canvas.page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    canvas.page.keyboard.press("m")
    canvas.page.keyboard.press("Shift+!")
    canvas.page.keyboard.press("Enter")
    expect(canvas.prompt()).to_be_focused()
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


def make(canvas: CanvasPage, words: str) -> None:
    """Grow a shot from what is selected, make it, put it into the film, and go back to where it grew from."""
    page = canvas.page
    canvas.take_up_keyboard()
    page.keyboard.press("+")
    order(canvas, words, seconds=2)
    expect(selected(canvas)).to_have_attribute("data-look", "done", timeout=PATIENCE_MS)
    canvas.take_up_keyboard()
    page.keyboard.press("a")
    expect(page.get_by_text("Added to the film").first).to_be_attached()
    page.keyboard.press("ArrowLeft")


def selected(canvas: CanvasPage) -> Locator:
    """The shot at hand."""
    return canvas.stage.locator("article.node[data-selected=true]")


def order(canvas: CanvasPage, words: str, *, seconds: int) -> None:
    """Write into the shot that has just grown, and have it made."""
    expect(canvas.prompt()).to_be_focused()
    canvas.page.keyboard.type(words)
    canvas.page.get_by_role("radio", name=f"{seconds} seconds").first.click()
    canvas.page.get_by_role("button", name=re.compile("^Generate")).click()


def bring(canvas: CanvasPage, photo: Path) -> None:
    """Put another photo on the canvas, and select it."""
    canvas.page.get_by_test_id("canvas-file").set_input_files(str(photo))
    card = canvas.stage.locator("article.picture", has_text=photo.stem)
    expect(card.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    canvas.wait_until_saved()
    canvas.page.wait_for_timeout(LAST_MS)
    card.locator(".head").click()


def film_tree(canvas: CanvasPage) -> None:
    """Two photos with their shots, a film, and a shot that is being made."""
    page = canvas.page
    page.goto(canvas.address)
    api(page, canvas.address, "PATCH", "/me/settings", {"takes": 1})
    canvas.start_from(PHOTOS[0])
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    # The empty shot that a project begins with makes room for those that are told what to do.
    page.keyboard.press("Delete")
    canvas.stage.locator("article.picture").locator(".head").click()
    make(canvas, "slow zoom in")
    page.keyboard.press("ArrowRight")
    make(canvas, "slow pan left")
    bring(canvas, PHOTOS[1])
    make(canvas, "slow zoom in")
    make(canvas, "the cat moves left, static shot")
    page.keyboard.press("ArrowRight")
    canvas.take_up_keyboard()
    page.keyboard.press("+")
    order(canvas, "slow tilt up", seconds=6)
    expect(selected(canvas)).to_have_attribute("data-look", GROWING, timeout=PATIENCE_MS)
    page.get_by_role("button", name="Open the lane", exact=True).click()
    # With nothing at hand the whole tree is bright, and has the room of the panel beside it.
    canvas.take_up_keyboard()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.wait_for_timeout(LAST_MS)
    page.keyboard.press("Shift+!")


def stills(canvas: CanvasPage) -> None:
    """The canvas while a shot grows, the film, and the library."""
    page = canvas.page
    film_tree(canvas)
    project = re.search("/p/([^/?]+)", page.url)
    assert project is not None
    page.wait_for_timeout(LAST_MS)
    page.evaluate("document.activeElement.blur()")
    keep(page, "canvas")
    expect(canvas.stage.locator("article.node[data-look=done]")).to_have_count(5, timeout=PATIENCE_MS)
    page.goto(f"{canvas.address}/p/{project[1]}/film/main")
    page.get_by_role("option").nth(2).click()
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
