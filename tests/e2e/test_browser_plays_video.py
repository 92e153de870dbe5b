"""The browser of these tests plays H.264: without that, no other test here means anything."""

from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Page

from tests.support.local_server import serve

pytestmark = pytest.mark.e2e

WIDTH, HEIGHT, FRAMES, FRAMES_PER_SECOND = 96, 64, 48, 24
PAGE = '<!doctype html><title>clip</title><body><video id="clip" src="clip.mp4" muted></video>'


def write_clip(path: Path) -> None:
    """Two seconds: all dark in the first, all bright in the second."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(FRAMES):
            level = 30 if index < FRAMES // 2 else 220
            picture = np.full((HEIGHT, WIDTH, 3), level, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


@pytest.fixture
def clip_page(page: Page, tmp_path: Path):
    write_clip(tmp_path / "clip.mp4")
    (tmp_path / "index.html").write_text(PAGE)
    with serve(tmp_path) as address:
        page.goto(f"{address}/index.html")
        page.wait_for_function("document.getElementById('clip').readyState >= 2")
        yield page


def test_clip_has_its_size_and_length(clip_page: Page):
    video = clip_page.locator("#clip")

    assert video.evaluate("v => [v.videoWidth, v.videoHeight]") == [WIDTH, HEIGHT]
    assert video.evaluate("v => v.duration") == pytest.approx(FRAMES / FRAMES_PER_SECOND, abs=0.05)


def test_clip_plays_to_its_end(clip_page: Page):
    clip_page.locator("#clip").evaluate("v => v.play()")

    clip_page.wait_for_function("document.getElementById('clip').ended", timeout=20_000)

    assert clip_page.locator("#clip").evaluate("v => v.error") is None


def test_seeking_shows_the_picture_of_that_second(clip_page: Page):
    brightness = """async (video) => {
        const seeked = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
        video.currentTime = 1.5;
        await seeked;
        const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
        const context = canvas.getContext("2d");
        context.drawImage(video, 0, 0, 1, 1);
        return context.getImageData(0, 0, 1, 1).data[0];
    }"""

    assert clip_page.locator("#clip").evaluate(brightness) == pytest.approx(220, abs=8)
