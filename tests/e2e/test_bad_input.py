"""Input that cannot be used as it is: told in the catalogue's words, and nothing else is lost by it."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file
from tests.support.hostile_images import animated, png, rows

pytestmark = pytest.mark.e2e

UNREADABLE = "This picture cannot be read; it may be damaged."
FOLDER = "This is a folder. Drop the pictures in it."
MOST_BYTES = 30_000_000
RICH = "<p>The <b style='color:red'>kite</b> rises.</p><script>window.ran = true</script>"
COPY = """([html, text]) => navigator.clipboard.write([new ClipboardItem({
  "text/html": new Blob([html], { type: "text/html" }),
  "text/plain": new Blob([text], { type: "text/plain" }),
})])"""


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
    canvas.drop(written(tmp_path / "none.jpg", b""))
    expect(said_at_home(canvas)).to_have_text("This file is empty.")
    canvas.drop(written(tmp_path / "huge.png", b"\0" * (MOST_BYTES + 10_000_000)))
    expect(notes(canvas)).to_contain_text("40 MB is over the 30 MB limit.")
    # Nor can the browser make it smaller: it is no picture.
    page.get_by_role("button", name="Shrink for me").click()
    expect(notes(canvas).filter(has_text=f"huge.png: {UNREADABLE}")).to_be_visible()
    assert sent == []


def test_a_picture_that_is_too_large_is_made_smaller_at_ones_wish(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    large = tmp_path / "wall.png"
    Image.new("RGB", (9000, 8000), (70, 120, 160)).save(large)
    go_home(canvas)
    canvas.drop(large)
    expect(notes(canvas)).to_contain_text(
        "This picture has more than 64 megapixels. Make it smaller.", timeout=MAKING_MS
    )
    page.get_by_role("button", name="Shrink for me").click()
    page.wait_for_url(re.compile("/p/"), timeout=MAKING_MS)
    page.keyboard.press("Escape")
    card = canvas.stage.locator("article.picture")
    expect(card).to_contain_text("4096 × 3641")
    # The same on the canvas, where the card keeps the offer.
    canvas.drop(large)
    canvas.stage.get_by_role("button", name="Shrink for me").click(timeout=MAKING_MS)
    canvas.show_all()
    expect(card.filter(has_text="4096 × 3641")).to_have_count(2, timeout=MAKING_MS)


def test_what_is_dropped_where_nothing_takes_it_does_not_open_in_place_of_the_page(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    page.goto(f"{canvas.address}/library")
    search = page.get_by_role("searchbox").first
    search.fill("kite")
    # A drop by the debugger opens nothing either way; what keeps a person's from it is that the page takes it.
    page.evaluate("""() => {
      window.taken = [];
      window.addEventListener("drop", (event) => window.taken.push(event.defaultPrevented));
    }""")
    canvas.drop(folder_of(tmp_path))
    canvas.drop(picture_file(tmp_path, shade=69))
    assert page.evaluate("window.taken") == [True, True]
    expect(search).to_have_value("kite")


def test_what_is_wrong_inside_is_told_at_home_and_the_next_picture_begins(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    go_home(canvas)
    canvas.drop(corrupt(tmp_path, "half.jpg"))
    expect(said_at_home(canvas)).to_have_text(UNREADABLE, timeout=MAKING_MS)
    # Its name says something else.
    canvas.drop(written(tmp_path / "kite.jpg", b"8BPS\0\1" + b"\0" * 200))
    expect(said_at_home(canvas)).to_have_text("This file is a PSD. Use JPG, PNG, WebP or AVIF, or an MP4.")
    canvas.drop(written(tmp_path / "map.png", png(rows(), width=50_000, height=50_000)))
    expect(notes(canvas)).to_contain_text("This picture has more than 64 megapixels. Make it smaller.")
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


def test_bad_ones_dropped_on_the_canvas_hold_up_none_of_the_good(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=64))
    page.keyboard.type("Words that stay.")
    canvas.drop(
        folder_of(tmp_path),
        written(tmp_path / "dance.gif", animated("GIF")),
        written(tmp_path / "huge.jpg", b"\0" * (MOST_BYTES + 1_000_000)),
        picture_file(tmp_path, shade=65),
        corrupt(tmp_path, "half.jpg"),
        written(tmp_path / "moves.webp", animated("WEBP")),
    )
    expect(notes(canvas).filter(has_text=f"summer.2026: {FOLDER}")).to_be_visible()
    expect(notes(canvas).filter(has_text="dance.gif: This file is a GIF.")).to_be_visible()
    expect(notes(canvas).filter(has_text="huge.jpg: 31 MB is over the 30 MB limit.")).to_be_visible()
    canvas.show_all()
    pictures = canvas.stage.locator("article.picture")
    expect(pictures).to_have_count(4)
    half = pictures.filter(has_text="half")
    expect(half.get_by_role("alert")).to_contain_text(UNREADABLE, timeout=MAKING_MS)
    # The one that moves stands still: its first frame.
    expect(pictures.locator("img")).to_have_count(3, timeout=MAKING_MS)
    expect(canvas.shot("1a")).to_contain_text("Words that stay.")

    # What was not taken can be replaced where it stands, also by something wrong at first.
    half.get_by_role("button", name="Replace").click()
    page.get_by_test_id("canvas-file").set_input_files(str(written(tmp_path / "kite.psd", b"8BPS")))
    expect(half.get_by_role("alert")).to_contain_text("This file is a PSD.")
    half.get_by_role("button", name="Replace").click()
    page.get_by_test_id("canvas-file").set_input_files(str(picture_file(tmp_path, shade=66)))
    expect(pictures.locator("img")).to_have_count(4, timeout=MAKING_MS)
    canvas.wait_until_saved()
    page.reload()
    expect(canvas.stage.locator("article.picture img")).to_have_count(4)


def test_rich_text_arrives_as_words_wherever_it_is_pasted(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=67))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # As from a web page or a document: by the system's clipboard and the browser's own key.
    page.evaluate(COPY, [RICH, "The kite rises.\r\nIt turns.\0"])
    page.keyboard.press("Control+v")
    expect(canvas.prompt()).to_have_value("The kite rises.\nIt turns.")
    page.keyboard.press("Escape")
    canvas.take_up_keyboard()
    page.keyboard.press("n")
    note = canvas.stage.get_by_role("textbox", name="Note")
    expect(note).to_be_focused()
    page.keyboard.press("Control+v")
    expect(note).to_have_value("The kite rises.\nIt turns.")
    page.keyboard.press("Escape")
    shown = canvas.stage.locator("article.note")
    expect(shown).to_contain_text("The kite rises.")
    assert shown.locator("b, script, [style*=red]").count() == 0
    assert page.evaluate("window.ran") is None
    # On the canvas itself words are nothing to paste, and nothing comes of them.
    canvas.take_up_keyboard()
    page.keyboard.press("Control+v")
    expect(canvas.stage.locator("article")).to_have_count(3)
    canvas.wait_until_saved()
    page.reload()
    expect(canvas.prompt()).to_have_value("The kite rises.\nIt turns.")


def test_ten_thousand_characters_are_kept_and_told_to_be_too_many(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=68))
    text = ("A kite over the bay. " * 600)[:10_000]
    page.keyboard.insert_text(text)
    card = canvas.shot("1a")
    expect(card.get_by_text("10,000 / 4,000")).to_be_visible()
    expect(card).to_contain_text("The prompt is too long: 10000 of 4000 characters.")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/takes") else None)
    page.keyboard.press("Control+Enter")
    card.get_by_role("button", name=re.compile("^Generate")).click(force=True)
    expect(canvas.prompt()).to_have_value(text)
    assert sent == []
    canvas.wait_until_saved()
    page.reload()
    expect(canvas.prompt()).to_have_value(text)
    # Shortened, it is made.
    canvas.prompt().click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text[:4000])
    expect(card.get_by_text("4,000 / 4,000")).to_be_visible()
    canvas.prompt().press("Control+Enter")
    canvas.wait_for_look("1a", "queued", "starting", "generating", "streaming", "finishing", "done", "partly_done")
