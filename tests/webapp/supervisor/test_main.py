"""The whole studio as one process: it comes up, heals, refuses a second one, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.running_studio import ROOT, RunningStudio, run_studio

pytestmark = pytest.mark.fault
COMMAND = (sys.executable, "-m", "webapp.supervisor")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="module")
def studio(data) -> Iterator[RunningStudio]:
    with run_studio(data) as running:
        yield running


def eventually(holds: Callable[[], object], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


def processes_of(data: Path) -> list[str]:
    """Command lines of all processes that were told of this data folder, or stand in it: Redis writes over its own."""
    found = []
    wanted = f"SCENELOOM_DATA={data}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "environ").read_bytes().split(b"\0")
            running = (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
            stands_in = (folder / "cwd").resolve().is_relative_to(data)
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if (wanted in told or stands_in) and running:
            found.append(command)
    return found


def test_it_says_where_it_is_once_it_answers(studio, data):
    log = (data / "logs/studio.log").read_text()

    assert f"ready at {studio.address.replace('127.0.0.1', 'localhost')}/" in log
    with urllib.request.urlopen(f"{studio.address}/healthz") as answer:
        assert answer.read() == b"ok\n"


def test_a_second_start_says_that_one_runs_already(studio, data):
    done = subprocess.run(
        COMMAND, cwd=ROOT, env={**os.environ, "SCENELOOM_DATA": str(data)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stdout.startswith(f"this studio runs already, at {studio.address}/")
    assert done.stderr == ""


def test_a_killed_worker_is_started_again_and_said(studio, data):
    assert eventually(lambda: studio.workers("decode"))

    gone = studio.kill_worker("decode")

    assert eventually(lambda: set(studio.workers("decode")) - {gone})
    assert "decode ended (signal SIGKILL); starting it again" in (data / "logs/studio.log").read_text()


def test_a_port_that_is_no_port_is_refused_in_words(tmp_path):
    environment = {**os.environ, "SCENELOOM_DATA": str(tmp_path), "SCENELOOM_PORT": "http"}

    done = subprocess.run(COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == (
        "The studio cannot start: SCENELOOM_PORT must be a whole number in 0..65535 (0: any that is free), got 'http'\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_no_process_is_left_behind(tmp_path, number):
    with run_studio(tmp_path) as running:
        assert len(processes_of(tmp_path)) >= 7

        running.process.send_signal(number)

        code = running.process.wait(timeout=60)
        assert code == (-number if number is signal.SIGKILL else 0)
        assert eventually(lambda: not processes_of(tmp_path)), processes_of(tmp_path)


def test_asked_to_stop_while_it_starts_it_leaves_nothing_behind(tmp_path):
    environment = {**os.environ, "SCENELOOM_DATA": str(tmp_path), "SCENELOOM_PORT": "0", "SCENELOOM_PRESET": "tiny"}
    with subprocess.Popen(
        COMMAND, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        assert eventually((tmp_path / "redis").exists)

        process.terminate()

        assert process.wait(timeout=60) == 0
    assert eventually(lambda: not processes_of(tmp_path), 10), processes_of(tmp_path)
