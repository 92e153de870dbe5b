"""``python -m tests.benchmarks.files_memory [--items N]``: the most memory that those who open files need, job by job.

A studio of real processes on this machine. A picture of 24 megapixels and a clip of ten seconds at 1280 x 720 are taken
in, then a film of that clip, N times over with dissolves, is made in each preset, and an archive of everything that the
person has. After each job stands the peak of the two workers since they began (``VmHWM``; a peak never falls). Children
that read strangers' files have a limit of their own and are not in it. Nothing is judged.
"""

import argparse
import io
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from tests.support.fault_studio import FINAL, FaultStudio, fault_studio

CLIP_SECONDS, CLIP_SIZE, PICTURE_SIZE = 10, (1280, 720), (6000, 4000)
PRESETS = ("master", "small_720p", "web_1080p", "contact_sheet_pdf", "archive")
WORKERS = ("media", "files")
MIB = 2**20
_PATIENCE_SECONDS = 280.0
_TUS = {"Tus-Resumable": "1.0.0"}


def peak_mib(studio: FaultStudio, name: str) -> float:
    """The most memory that a process has had."""
    status = Path(f"/proc/{studio.processes[name].pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def tell(studio: FaultStudio, words: str) -> None:
    print(f"{words}: " + ", ".join(f"{name} {peak_mib(studio, name):.0f} MiB" for name in WORKERS), flush=True)


def picture() -> bytes:
    """A large photo's worth of pixels: slopes, which JPEG stores in few bytes."""
    width, height = PICTURE_SIZE
    row, column = np.arange(height)[:, None], np.arange(width)[None]
    pixels = np.stack(
        [(row // 20 + column // 30) % 256, row * 255 // height + 0 * column, column * 255 // width + 0 * row]
    )
    file = io.BytesIO()
    Image.fromarray(np.moveaxis(pixels, 0, -1).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def clip() -> bytes:
    """Ten seconds of something that moves everywhere."""
    width, height = CLIP_SIZE
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        field = np.add.outer(np.arange(height), np.arange(width))
        for number in range(24 * CLIP_SECONDS):
            grey = ((field * 2 + number * 7) % 256).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.stack([grey, 255 - grey, grey // 2], axis=-1), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def bring(studio: FaultStudio, data: bytes) -> str:
    """Upload a file in parts of 5 MB; the asset that it becomes."""
    made = studio.http.post("/uploads", headers={**_TUS, "Upload-Length": str(len(data))})
    path = made.headers["location"].removeprefix("/api/v1")
    for start in range(0, len(data), 5 * MIB):
        told = {**_TUS, "Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
        studio.http.patch(path, content=data[start : start + 5 * MIB], headers=told).raise_for_status()
    studio.until(lambda: studio.call("GET", path)["status"] in ("ready", "failed"), "it is taken in")
    asset: dict[str, Any] = studio.call("GET", path)["asset"]
    return str(asset["id"])


def wait(studio: FaultStudio, export: str) -> None:
    studio.until(
        lambda: studio.call("GET", f"/exports/{export}")["status"] in FINAL, "it is made", seconds=_PATIENCE_SECONDS
    )
    status = studio.call("GET", f"/exports/{export}")["status"]
    if status != "succeeded":
        print(f"  {status}")


def measure(studio: FaultStudio, items: int) -> None:
    tell(studio, "at rest")
    bring(studio, picture())
    tell(studio, "a picture of 24 megapixels taken in")
    asset = bring(studio, clip())
    tell(studio, f"a clip of {CLIP_SECONDS} s at {CLIP_SIZE[0]} x {CLIP_SIZE[1]} taken in")
    project = studio.project("Memory")
    film = studio.call("POST", "/films", {"project": project})["id"]
    cuts = [
        {"asset_id": asset, **({"transition": "dissolve", "transition_frames": 12} if number else {})}
        for number in range(items)
    ]
    studio.call("PATCH", f"/films/{film}", {"items": cuts})
    for preset in PRESETS:
        wait(studio, studio.call("POST", f"/films/{film}/exports", {"preset": preset})["id"])
        tell(studio, f"a film of {items} x {CLIP_SECONDS} s, {preset}")
    wait(studio, studio.call("POST", "/me/exports")["id"])
    tell(studio, "an archive of one's own data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=3, help="times that the clip stands in the film (3)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fault_studio(Path(folder), generation=1) as studio:
        measure(studio, wanted.items)


if __name__ == "__main__":
    main()
