"""Input that cannot be used as it is: told in the catalogue's words, and nothing else is lost by it."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file
from tests.support.hostile_images import animated

pytestmark = pytest.mark.e2e

UNREADABLE = "This picture cannot be read; it may be damaged."
FOLDER = "This is a folder. Drop the pictures in it."
MOST_BYTES = 30_000_000


def written(path: Path, data: bytes) -> Path:
    """A file with these bytes."""
    path.write_bytes(data)
    return path


def folder_of(place: Path) -> Path:
    """A folder with a picture in it, named as people name theirs."""
    folder = place / "summer.2026"
    folder.mkdir()
    picture_file(folder, shade=60)
    return folder


def corrupt(place: Path, name: str) -> Path:
    """A photo whose second half never arrived."""
    file = io.BytesIO()
    Image.effect_noise((640, 360), 80).save(file, "JPEG")
    return written(place / name, file.getvalue()[: len(file.getvalue()) // 2])


def go_home(canvas: CanvasPage) -> None:
    """Come to the home screen and wait until things may be dropped on it."""
    canvas.page.goto(canvas.address)
    expect(canvas.page.get_by_role("button", name="Choose image")).to_be_visible()


def said_at_home(canvas: CanvasPage) -> Locator:
    """What the home screen says is wrong."""
    return canvas.page.get_by_role("alert")


def notes(canvas: CanvasPage) -> Locator:
    """Notes at the bottom of the screen."""
    return canvas.page.locator(".toast")


def test_what_cannot_be_taken_is_named_at_home_before_anything_is_sent(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    go_home(canvas)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/uploads" in request.url else None)

    canvas.drop(folder_of(tmp_path))
    expect(said_at_home(canvas)).to_have_text(FOLDER)
    canvas.drop(written(tmp_path / "dance.gif", animated("GIF")))
    expect(said_at_home(canvas)).to_have_text("This file is a GIF. Use JPG, PNG, WebP or AVIF, or an MP4.")
    canvas.drop(written(tmp_path / "huge.png", b"\0" * (MOST_BYTES + 10_000_000)))
    expect(said_at_home(canvas)).to_have_text("40 MB is over the 30 MB limit.")
    canvas.drop(written(tmp_path / "none.jpg", b""))
    expect(said_at_home(canvas)).to_have_text("This file is empty.")
    assert sent == []


def test_what_is_wrong_inside_is_told_at_home_and_the_next_picture_begins(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    go_home(canvas)
    canvas.drop(corrupt(tmp_path, "half.jpg"))
    expect(said_at_home(canvas)).to_have_text(UNREADABLE, timeout=MAKING_MS)
    canvas.drop(picture_file(tmp_path, shade=61))
    page.wait_for_url(re.compile("/p/"))
    expect(canvas.prompt()).to_be_focused()


def test_of_several_dropped_at_home_all_good_ones_come_and_the_others_are_named(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    go_home(canvas)
    canvas.drop(
        corrupt(tmp_path, "half.jpg"),
        folder_of(tmp_path),
        picture_file(tmp_path, shade=62),
        picture_file(tmp_path, shade=63),
    )
    page.wait_for_url(re.compile("/p/"), timeout=MAKING_MS)
    expect(notes(canvas).filter(has_text=f"half.jpg: {UNREADABLE}")).to_be_visible()
    expect(notes(canvas).filter(has_text=f"summer.2026: {FOLDER}")).to_be_visible()
    expect(canvas.prompt()).to_be_focused()
    page.keyboard.type("Both are here.")
    canvas.show_all()
    expect(canvas.stage.locator("article.picture")).to_have_count(2)
    expect(canvas.stage.locator("article.picture img")).to_have_count(2, timeout=MAKING_MS)
    canvas.wait_until_saved()
    page.reload()
    expect(canvas.stage.locator("article.picture img")).to_have_count(2)
    expect(canvas.shot("1a")).to_contain_text("Both are here.")
