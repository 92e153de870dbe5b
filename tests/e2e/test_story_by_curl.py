"""The documented way through the whole story with curl alone, as it stands in ``docs/story.sh``."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import av
import pytest

from tests.support.running_studio import ROOT, RunningStudio

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="needs bash and curl"),
]
FRAMES_PER_SECOND = 24


def frames_of(path: Path) -> int:
    """Pictures in a file, each decoded."""
    with av.open(path) as clip:
        return sum(1 for _ in clip.decode(video=0))


def test_a_picture_becomes_a_film_by_curl(studio: RunningStudio, tmp_path: Path):
    command = ("bash", ROOT / "docs" / "story.sh", ROOT / "tests" / "samples" / "photo.jpg", tmp_path)
    told = subprocess.run(
        command, env={**os.environ, "STUDIO": studio.address}, text=True, capture_output=True, timeout=280, check=False
    )

    assert told.returncode == 0, told.stdout + told.stderr
    assert "failed" not in told.stdout
    assert frames_of(tmp_path / "growing.mp4") == frames_of(tmp_path / "first.mp4") == 3 * FRAMES_PER_SECOND
    # A second and a half of the first take, then two of the one that goes on from there.
    assert frames_of(tmp_path / "film.mp4") == int(3.5 * FRAMES_PER_SECOND)
    shared = json.loads((tmp_path / "shared.json").read_text())
    assert "slow zoom in" not in json.dumps(shared)
