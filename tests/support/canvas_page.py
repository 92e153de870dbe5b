"""The canvas as a person meets it: what they do, in words; what they see, as values."""

import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

# The tiny model makes a second in well under one; a busy machine takes its time.
MAKING_MS = 120_000
# Whether the page was told of a drop, within a second.
LET_GO = """
new Promise((done) => {
  const until = performance.now() + 1000;
  const look = () => {
    if (window.letGo || performance.now() > until) { done(Boolean(window.letGo)); window.letGo = false; }
    else setTimeout(look, 20);
  };
  look();
})
"""
# When the camera has kept its place for a tenth of a second.
AT_REST = """
new Promise((done) => {
  const place = () => document.querySelector(".react-flow__viewport").style.transform;
  let last = "";
  const look = () => {
    if (place() === last) { done(); return; }
    last = place();
    setTimeout(look, 100);
  };
  look();
})
"""


def picture_file(folder: Path, *, shade: int = 90) -> Path:
    """A picture to start from."""
    path = folder / f"start-{shade}.jpg"
    picture = Image.new("RGB", (640, 360), (shade, 120, 160))
    picture.paste((220, 180, 90), (240, 80, 420, 300))
    picture.save(path)
    return path


@dataclass(frozen=True, kw_only=True, slots=True)
class CanvasPage:
    """One tab with a canvas."""

    page: Page
    address: str

    def start_from(self, picture: Path) -> None:
        """Drop a picture on the home screen and come to a canvas with an empty shot."""
        self.page.goto(self.address)
        self.page.get_by_test_id("choose-image").set_input_files(str(picture))
        self.page.wait_for_url(re.compile("/p/"))
        expect(self.prompt()).to_be_focused()

    def drop(self, *things: Path, x: int = 500, y: int = 500) -> None:
        """Drag files and folders out of the system's file manager, and let them go over the page."""
        session = self.page.context.new_cdp_session(self.page)
        data = {"items": [], "files": [str(thing) for thing in things], "dragOperationsMask": 1}
        self.page.evaluate("addEventListener('drop', () => { window.letGo = true; }, { capture: true, once: true })")
        # A browser lets go only where the page has said that it takes it, which a busy one says too late.
        for _ in range(5):
            for step in ("dragEnter", "dragOver", "dragOver", "drop"):
                session.send("Input.dispatchDragEvent", {"type": step, "x": x, "y": y, "data": data})
            if self.page.evaluate(LET_GO):
                break
        else:
            raise AssertionError("nothing was dropped in five tries")
        session.detach()

    def prompt(self) -> Locator:
        """Where the words of the shot at hand are written."""
        return self.stage.locator("textarea").last

    @property
    def stage(self) -> Locator:
        """The canvas, without bars and panels."""
        return self.page.locator("[data-canvas]")

    def shot(self, number: str) -> Locator:
        """The card of a shot by its number."""
        return self.stage.locator("article.node", has=self.page.locator(".number", has_text=re.compile(f"^{number}$")))

    def take_up_keyboard(self) -> None:
        """Give the canvas the keyboard, as Tab would."""
        self.stage.focus()

    def show_all(self) -> None:
        """Leave the words and look at the whole tree, until the camera has come to rest."""
        self.page.keyboard.press("Escape")
        self.take_up_keyboard()
        self.page.keyboard.press("Shift+!")
        self.page.evaluate(AT_REST)

    def look(self, number: str) -> str:
        """A shot's look: ``empty``, ``generating``, ``done``, ..."""
        return self.shot(number).get_attribute("data-look") or ""

    def wait_for_look(self, number: str, *looks: str) -> None:
        """Wait until a shot looks like one of these."""
        expect(self.shot(number)).to_have_attribute(
            "data-look", re.compile(f"^({'|'.join(looks)})$"), timeout=MAKING_MS
        )

    def wait_until_saved(self) -> None:
        """Wait until the server has every edit."""
        expect(self.page.locator(".saved")).to_contain_text(re.compile("Saved|已保存"))
