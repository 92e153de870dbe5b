"""The way from a film to its file and on to a new project, as a person goes it, in either language."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.canvas_page import MAKING_MS
from tests.support.running_studio import ROOT

WORDS = ROOT / "frontend" / "src" / "i18n"

# Whether a file plays: it is fetched, decoded and run to its end in a video of the page.
PLAYS = """
async (address) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = address;
  document.body.append(video);
  const ended = new Promise((resolve, reject) => {
    video.onended = resolve;
    video.onerror = () => reject(video.error);
  });
  await video.play();
  video.playbackRate = 8;
  await ended;
  const seen = { seconds: video.duration, width: video.videoWidth, at: video.currentTime };
  video.remove();
  return seen;
}
"""


def words_of(language: str, feature: str) -> dict[str, Any]:
    """What the screen says, from the same file."""
    found: dict[str, Any] = json.loads((WORDS / language / f"{feature}.json").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class FilmPage:
    """The film's screen in one tab."""

    page: Page
    language: str = "en"

    def say(self, feature: str, name: str) -> str:
        """A word of the screen: ``film``, ``presets.small_720p``."""
        found: Any = words_of(self.language, feature)
        for part in name.split("."):
            found = found[part]
        return str(found)

    def export_small(self) -> str:
        """Export the film as a small file, by mouse.

        Returns:
            The file's address.
        """
        self.page.get_by_role("button", name=self.say("film", "export"), exact=True).click()
        self.page.get_by_label(self.say("film", "presets.small_720p")).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name=self.say("film", "start_export"), exact=True).click()
        return self.file()

    def export_small_by_keys(self) -> str:
        """The same without a mouse."""
        self.tab_to(self.page.get_by_role("button", name=self.say("film", "export"), exact=True))
        self.page.keyboard.press("Enter")
        dialog = self.page.get_by_role("dialog")
        self.tab_to(dialog.get_by_role("radio").first)
        self.page.keyboard.press("ArrowDown")
        expect(dialog.get_by_label(self.say("film", "presets.small_720p"))).to_be_checked()
        self.tab_to(dialog.get_by_role("button", name=self.say("film", "start_export"), exact=True))
        self.page.keyboard.press("Enter")
        return self.file()

    def tab_to(self, wanted: Any) -> None:
        """Press Tab until something has the keyboard."""
        for _ in range(40):
            if wanted.evaluate("(element) => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("Tab never came to what was wanted")

    def file(self) -> str:
        """Wait for the file of an export."""
        link = self.page.get_by_test_id("export-file")
        expect(link).to_be_visible(timeout=MAKING_MS)
        return str(link.get_attribute("href")).split("?")[0]

    def play(self, address: str) -> dict[str, float]:
        """Play a file to its end; what was seen of it."""
        seen: dict[str, float] = self.page.evaluate(PLAYS, address)
        return seen
