"""A project leaves as a file and comes back as another project."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file

pytestmark = pytest.mark.e2e


def test_a_project_is_saved_as_a_file_and_taken_in_again(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=131))
    page.keyboard.type("The kite leans into the wind.")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")
    canvas.wait_until_saved()
    first = page.url

    page.goto(canvas.address)
    page.get_by_role("button", name=re.compile("^More: ")).first.click()
    page.get_by_role("menuitem", name="Save as a file").click()
    expect(page.get_by_text("its file comes to the queue")).to_be_visible()
    page.goto(f"{canvas.address}/queue")
    link = page.get_by_role("link", name="project.zip").first
    expect(link).to_be_visible(timeout=MAKING_MS)
    with page.expect_download() as coming:
        link.click()
    saved = tmp_path / "kite.zip"
    coming.value.save_as(saved)

    page.goto(canvas.address)
    page.get_by_test_id("choose-image").set_input_files(str(saved))
    page.wait_for_url(re.compile("/p/"), timeout=MAKING_MS)
    assert page.url != first
    expect(canvas.shot("1a")).to_contain_text("The kite leans into the wind.")
    canvas.wait_for_look("1a", "done")


def test_a_file_that_is_no_project_is_refused_in_words(canvas: CanvasPage, tmp_path: Path):
    broken = tmp_path / "holiday.zip"
    broken.write_bytes(b"PK\x05\x06 and no more")
    page = canvas.page
    page.goto(canvas.address)
    page.get_by_test_id("choose-image").set_input_files(str(broken))

    expect(page.get_by_role("alert")).to_be_visible(timeout=MAKING_MS)
    expect(page.get_by_test_id("choose-image")).to_be_attached()
    assert "/p/" not in page.url
