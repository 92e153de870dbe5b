"""A headless Chromium for tests that must see what a person sees.

Run apart from the other tests (``./studio test`` does): Playwright leaves an event loop running in the process.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from studio.browser import find_chromium
from tests.support.canvas_page import CanvasPage
from tests.support.running_studio import ROOT, RunningStudio, run_studio
from tests.support.tour import Sights, dress, prepare

# A quiet browser that talks to nobody but the test.
FLAGS = (
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    found = find_chromium(os.environ, shutil.which)
    if not found.path:
        pytest.skip(found.reason)
    # Chromium refuses to build its sandbox as root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.path, args=flags, headless=True)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of its own for each test; an error in its scripts fails the test."""
    errors: list[str] = []
    with chromium.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []


@pytest.fixture(autouse=True)
def only_in_a_browser_run(request: pytest.FixtureRequest) -> None:
    """Everything in this folder is marked, so that it can be left out of the other run."""
    assert request.node.get_closest_marker("e2e"), "tests in tests/e2e carry the marker e2e"


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    """A whole studio with the built frontend, started once."""
    folder = Path(os.environ.get("SCENELOOM_FRONTEND", "") or ROOT / "frontend" / "dist")
    if not (folder / "index.html").is_file():
        pytest.skip("the frontend is not built: cd frontend && npm ci && npm run build")
    with run_studio(tmp_path_factory.mktemp("studio"), SCENELOOM_FRONTEND=str(folder)) as running:
        yield running


@pytest.fixture
def canvas(page: Page, studio: RunningStudio) -> CanvasPage:
    """A tab of that studio."""
    page.set_viewport_size({"width": 1600, "height": 1000})
    return CanvasPage(page=page, address=studio.address)


@pytest.fixture(scope="module")
def sights(chromium: Browser, studio: RunningStudio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sights]:
    """A project with everything in it, made once."""
    with chromium.new_context(viewport={"width": 1600, "height": 1000}) as context:
        canvas = CanvasPage(page=context.new_page(), address=studio.address)
        yield prepare(canvas, tmp_path_factory.mktemp("sights"))
        # The next tests have the same studio and the same person.
        dress(canvas, language="", theme="dark", motion="system")
