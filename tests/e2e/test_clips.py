"""What the command line makes plays in a browser: finished files to their end, growing ones fragment by fragment."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page
from rich.console import Console

from generation.cli.generate import run_generate
from generation.media.boxes import read_whole_boxes
from generation.media.fragments import Fragment, encode_fragment, read_fragment
from generation.pipeline.clip_folder import ClipFolder
from generation.pipeline.stored_fragments import StoredFragments
from tests.support.local_server import serve
from tests.support.pipelines import write_clip

pytestmark = pytest.mark.e2e

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PHOTO, CLIP = SAMPLES / "photo.jpg", SAMPLES / "clip.mp4"
QUICK = ("--preset", "tiny", "--prompt", "waves roll in", "--steps", "4", "--window", "2")
PAGE = '<!doctype html><title>clip</title><body><video id="clip" muted></video>'

# Plays to the end; frames decoded by then come back, shown or dropped by a busy machine.
PLAY = """async (video) => {
    const ended = new Promise((done, failed) => {
        video.addEventListener("ended", done, { once: true });
        video.addEventListener("error", () => failed(new Error(video.error.message)), { once: true });
    });
    await video.play();
    await ended;
    return video.getVideoPlaybackQuality().totalVideoFrames;
}"""

# Opens a media source and appends an init segment and fragments one by one; buffered ends after each come back.
APPEND = """async ([mime, urls]) => {
    if (!MediaSource.isTypeSupported(mime)) throw new Error("not supported: " + mime);
    const video = document.getElementById("clip");
    const source = new MediaSource();
    video.src = URL.createObjectURL(source);
    await new Promise((done) => source.addEventListener("sourceopen", done, { once: true }));
    const buffer = source.addSourceBuffer(mime);
    const ends = [];
    for (const url of urls) {
        const bytes = await (await fetch(url)).arrayBuffer();
        const updated = new Promise((done) => buffer.addEventListener("updateend", done, { once: true }));
        buffer.appendBuffer(bytes);
        await updated;
        ends.push(buffer.buffered.length ? buffer.buffered.end(0) : 0);
    }
    source.endOfStream();
    return ends;
}"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A clip to make, and what must come of it."""

    name: str
    flags: tuple[str, ...]
    seconds: int
    width: int
    height: int


SMALL = ("--width", "64", "--height", "48")
FROM_PHOTO, FROM_CLIP = ("--image_path", str(PHOTO)), ("--prefix_video_path", str(CLIP))
ORDERS = (
    Order(name="photo_1s", flags=FROM_PHOTO, seconds=1, width=80, height=48),
    Order(name="photo_4s", flags=(*FROM_PHOTO, *SMALL), seconds=4, width=64, height=48),
    Order(name="clip_10s", flags=(*FROM_CLIP, *SMALL), seconds=10, width=64, height=48),
    Order(name="odd", flags=(*FROM_PHOTO, "--width", "101", "--height", "67"), seconds=1, width=100, height=66),
    Order(name="from_11_frames", flags=("--prefix_video_path", "short.mp4", *SMALL), seconds=1, width=64, height=48),
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything lies that the browser is shown."""
    folder = tmp_path_factory.mktemp("clips")
    (folder / "index.html").write_text(PAGE)
    return folder


@pytest.fixture(scope="session")
def command(folder: Path):
    """The generate command, in this process."""

    def run(*flags: str) -> None:
        threads = torch.get_num_threads()
        console = Console(file=io.StringIO())
        try:
            assert run_generate([*QUICK, *flags], cache=folder / "cache", console=console) == 0
        finally:
            torch.set_num_threads(threads)

    return run


@pytest.fixture
def clip_page(page: Page, folder: Path):
    with serve(folder) as address:
        page.goto(f"{address}/index.html")
        yield page


def play(page: Page, source: str) -> int:
    """Play a file to its end; how many frames it had comes back."""
    page.evaluate("name => { document.getElementById('clip').src = name; }", source)
    frames: int = page.locator("#clip").evaluate(PLAY, timeout=120_000)
    return frames


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_clip_plays_to_its_end_with_every_frame(clip_page, command, folder, order, monkeypatch):
    monkeypatch.chdir(folder)
    # Less than a chunk.
    write_clip(folder / "short.mp4", frames=11)
    command(*order.flags, "--seconds", str(order.seconds), "--output_path", f"{order.name}.mp4")

    frames = play(clip_page, f"{order.name}.mp4")

    video = clip_page.locator("#clip")
    assert frames == 24 * order.seconds
    assert video.evaluate("v => [v.videoWidth, v.videoHeight]") == [order.width, order.height]
    assert video.evaluate("v => v.duration") == pytest.approx(order.seconds, abs=1e-3)
    assert video.evaluate("v => v.currentTime") == pytest.approx(order.seconds, abs=0.05)


@pytest.fixture(scope="session")
def growing(command, folder: Path) -> Path:
    """The file that plays while it grows, as it is right before the clip is whole."""
    kept = folder / "growing.mp4"
    discard = ClipFolder.discard

    def keep(self: ClipFolder) -> None:
        if self.growing.exists():
            kept.write_bytes(self.growing.read_bytes())
        discard(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClipFolder, "discard", keep)
        command(*SMALL, "--image_path", str(PHOTO), "--seconds", "3", "--output_path", str(folder / "grown.mp4"))
    return kept


@pytest.mark.parametrize("finished", [1, 3])
def test_growing_file_plays_as_far_as_it_has_grown(clip_page, growing, folder, finished):
    with growing.open("rb") as file:
        # File type, empty movie, and two boxes per second.
        stop = read_whole_boxes(file)[1 + 2 * finished].stop
    (folder / f"grown_{finished}.mp4").write_bytes(growing.read_bytes()[:stop])

    assert play(clip_page, f"grown_{finished}.mp4") == 24 * finished


def test_fragments_play_one_by_one_through_a_media_source(clip_page, growing, folder):
    with growing.open("rb") as file:
        stored = StoredFragments(file)
        fragments = [read_fragment(stored.init, media) for media in stored]
    names = write_parts(folder, fragments)

    ends = clip_page.evaluate(APPEND, [fragments[0].mime_type, names])

    assert ends == pytest.approx([0, 1, 2, 3], abs=1e-3)
    assert clip_page.locator("#clip").evaluate(PLAY, timeout=120_000) == 72


def write_parts(folder: Path, fragments: list[Fragment]) -> list[str]:
    """The init segment and each fragment as a file of its own."""
    contents = [fragments[0].init, *[fragment.media for fragment in fragments]]
    names = [f"part_{number}" for number in range(len(contents))]
    for name, content in zip(names, contents, strict=True):
        (folder / name).write_bytes(content)
    return names


def test_mime_type_is_one_that_the_browser_knows(clip_page):
    for width, height in ((16, 16), (720, 720), (1280, 720)):
        mime = encode_fragment(np.zeros((1, height, width, 3), np.uint8)).mime_type
        assert clip_page.evaluate(f"MediaSource.isTypeSupported({json.dumps(mime)})"), mime
