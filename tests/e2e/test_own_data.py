"""What is one's own: fetched as one file, and, where there are accounts, given up for good."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import findings, small_targets
from tests.support.canvas_page import MAKING_MS, CanvasPage, picture_file
from tests.support.film_page import FilmPage
from tests.support.running_studio import ROOT, run_studio

pytestmark = pytest.mark.e2e

PASSWORD = "a kite over the bay"
TEAM = {
    "SCENELOOM_MODE": "team", "SCENELOOM_SECRET_KEY": "only for a test " * 4, "SCENELOOM_TLS": "0",
    "SCENELOOM_HOSTS": "localhost,127.0.0.1",
}  # fmt: skip
PEOPLE = f"""
from projects.models import User
User.objects.create_superuser("ada", password="{PASSWORD}")
User.objects.create_user("bob", password="{PASSWORD}")
"""


def test_everything_of_ones_own_is_fetched_as_one_file_by_keys_alone(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=201))
    page.keyboard.type("A kite that is mine.")
    canvas.wait_until_saved()
    page.goto(f"{canvas.address}/settings")
    mine = page.get_by_role("region", name="Your data")
    FilmPage(page=page).tab_to(mine.get_by_role("button", name=re.compile("^Make a")))
    page.keyboard.press("Enter")
    link = mine.get_by_role("link", name="Download the archive")
    expect(link).to_be_visible(timeout=MAKING_MS)
    expect(mine).to_contain_text("Ready. It can be fetched until")
    assert [*findings(page), *small_targets(page)] == []
    # There is nothing to give up without accounts.
    expect(page.get_by_role("region", name="Delete account")).to_contain_text("This studio has no accounts")
    with page.expect_download() as fetched:
        link.press("Enter")
    with zipfile.ZipFile(fetched.value.path()) as archive:
        names = archive.namelist()
        edits = archive.read("edits.jsonl").decode()
    assert {"profile.json", "library.json", "takes.json"} <= set(names)
    assert "A kite that is mine." in edits


def let_in_and_make_owner(page: Page, name: str) -> None:
    """In a project's share dialog; who did it stays as somebody who may edit."""
    page.get_by_role("button", name="Share").click()
    people = page.get_by_role("region", name="People in this project")
    people.get_by_label("User name").fill("nobody at all")
    page.keyboard.press("Enter")
    expect(people.get_by_role("alert")).to_contain_text("There is nobody of that name.")
    people.get_by_label("User name").fill(name)
    page.keyboard.press("Enter")
    people.get_by_label(f"What {name} may do").select_option("viewer")
    assert [*findings(page), *small_targets(page)] == []
    people.get_by_role("button", name=f"Make owner: {name}").click()
    people.get_by_role("button", name="Pass it on").click()
    expect(people.get_by_role("button", name="Leave the project")).to_be_visible()
    expect(people.get_by_label("User name")).to_have_count(0)


def test_an_account_is_closed_by_its_password_after_saying_what_is_lost(chromium: Browser, tmp_path: Path):
    folder = os.environ.get("SCENELOOM_FRONTEND", "") or str(ROOT / "frontend" / "dist")
    settings = {**TEAM, "SCENELOOM_FRONTEND": folder}
    with run_studio(tmp_path, **settings) as studio, chromium.new_context() as context:
        known = {**os.environ, **settings, "SCENELOOM_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "webapp.settings"}
        command = (sys.executable, "manage.py", "shell", "-v", "0", "-c", PEOPLE)
        subprocess.run(command, cwd=ROOT, check=True, env=known)
        page = context.new_page()

        def sign_in(name: str) -> None:
            page.goto(f"{studio.address}/login")
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Choose image")).to_be_visible()
            page.goto(f"{studio.address}/settings")
            page.get_by_role("button", name="Delete account…").click()

        dialog = page.get_by_role("dialog", name="Delete account")
        sign_in("ada")
        expect(dialog.get_by_role("alert")).to_contain_text("Nobody else keeps this studio.")
        expect(dialog.get_by_label("Your password")).to_have_count(0)
        canvas = CanvasPage(page=page, address=studio.address)
        canvas.start_from(picture_file(tmp_path, shade=64))
        page.keyboard.press("Escape")
        let_in_and_make_owner(page, "bob")

        context.clear_cookies()
        sign_in("bob")
        # Others work in what is his: it has to be somebody's first.
        expect(dialog.get_by_label("Your password")).to_have_count(0)
        dialog.get_by_role("button", name="Pass on").click()
        expect(dialog).to_contain_text("Nobody can undo this.")
        expect(dialog).to_contain_text("Pictures and clips of your library")
        dialog.get_by_label("Your password").fill("something else")
        page.keyboard.press("Enter")
        expect(dialog).to_contain_text("The password is wrong.")
        assert findings(page) == []
        dialog.get_by_label("Your password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/login"))
        expect(page.get_by_text("Your account is gone.")).to_be_visible()
        page.get_by_label("Name").fill("bob")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_text("The name or the password is wrong.")).to_be_visible()
