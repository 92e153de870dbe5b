"""Real processes, interrupted and killed at random; whatever happens, the file becomes the same."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generation.media.video import read_all
from generation.pipeline.clip_folder import ClipFolder

ROOT = Path(__file__).resolve().parents[3]
FLAGS = (
    "--preset", "tiny",
    "--width", "64", "--height", "48", "--steps", "32", "--window", "4", "--seconds", "4", "--threads", "1",
    "--prompt", "waves", "--quiet",
)  # fmt: skip


class Processes:
    """Starts the command line in processes of its own."""

    def __init__(self, cache: Path, folder: Path) -> None:
        self.environment = {"SCENELOOM_CACHE": str(cache), "PATH": "", "HOME": str(folder), "OMP_NUM_THREADS": "1"}

    def start(self, *flags: object) -> subprocess.Popen:
        command = [sys.executable, "-m", "generation", *[str(flag) for flag in flags]]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.PIPE, text=True)

    def stop(self, process: subprocess.Popen, number: int, *, when) -> int:
        """Send a signal as soon as something holds, and wait for the end."""
        while process.poll() is None and not when():
            time.sleep(0.002)
        process.send_signal(number)
        process.communicate()
        return process.returncode

    def make(self, output: Path) -> None:
        """Go on until it is whole."""
        with self.start("--resume", output) as process:
            said = process.communicate()[1]
            assert process.returncode == 0, said


@pytest.fixture
def processes(cache, tmp_path):
    return Processes(cache, tmp_path)


@pytest.fixture
def whole(generate, tmp_path) -> bytes:
    """The file of a clip that nobody interrupted, made in this process."""
    generate(*FLAGS, "--output_path", tmp_path / "whole.mp4")
    return (tmp_path / "whole.mp4").read_bytes()


def test_killed_and_interrupted_clip_becomes_the_same_file(processes, whole, tmp_path):
    output = tmp_path / "clip.mp4"
    folder = ClipFolder(output)

    process = processes.start(*FLAGS, "--output_path", output)
    killed = processes.stop(process, signal.SIGKILL, when=folder.growing.exists)
    before = [path.name for path in tmp_path.iterdir()]
    process = processes.start("--resume", output)
    second = folder.root / "chunk_00001.safetensors"
    interrupted = processes.stop(process, signal.SIGINT, when=second.exists)
    finished = folder.load().state.num_finished_chunks
    processes.make(output)

    assert killed == -signal.SIGKILL
    assert "clip.mp4" not in before
    assert interrupted == 130
    assert finished in (1, 2, 3)
    assert output.read_bytes() == whole
    assert not folder.root.exists()


@pytest.mark.slow
def test_clips_stopped_at_random_become_the_same_file(processes, whole, tmp_path):
    chance = random.Random(7)
    for number in range(10):
        output = tmp_path / f"{number}.mp4"
        folder = ClipFolder(output)
        flags: tuple[object, ...] = (*FLAGS, "--output_path", output)
        while not output.exists():
            process = processes.start(*flags)
            # Some die while they load, some at work, some are done before.
            until = time.monotonic() + chance.uniform(0, 9)
            processes.stop(
                process,
                chance.choice((signal.SIGINT, signal.SIGKILL)),
                when=lambda until=until: time.monotonic() > until,
            )
            if folder.growing.exists() and folder.holds_clip and folder.load().state.num_finished_chunks:
                assert len(read_all(folder.growing)) % 24 == 0
            if folder.holds_clip:
                flags = ("--resume", output)

        assert output.read_bytes() == whole
