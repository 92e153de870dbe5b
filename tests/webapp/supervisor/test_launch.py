"""A process of the studio ends with the studio, even with one that was killed outright."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from webapp.supervisor import launch

LAUNCHER = str(Path(launch.__file__))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_killed_studio_leaves_no_process_behind():
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    parent = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen((sys.executable, '-I', '-S', {LAUNCHER!r}, str(os.getpid()), '0', "
        f"sys.executable, '-c', {child!r}))\ntime.sleep(60)"
    )
    with subprocess.Popen((sys.executable, "-c", parent), stdout=subprocess.PIPE) as process:
        pid = int(process.stdout.readline())
        process.kill()
        process.wait()

        until = time.monotonic() + 20
        while is_running(pid) and time.monotonic() < until:
            time.sleep(0.02)
        assert not is_running(pid)


def test_nobody_works_for_a_parent_that_is_gone():
    # Process 1 is the parent of nothing that a test starts itself.
    done = subprocess.run(
        (sys.executable, LAUNCHER, "1", "0", sys.executable, "-c", "raise SystemExit(5)"), check=False
    )

    assert done.returncode == 0


def test_the_program_takes_the_launcher_s_place():
    command = (sys.executable, LAUNCHER, str(os.getpid()), "0", sys.executable, "-c", "raise SystemExit(5)")

    assert subprocess.run(command, check=False).returncode == 5


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # A zombie that nobody has fetched is no longer running.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_signals_reach_the_program_itself():
    command = (sys.executable, LAUNCHER, str(os.getpid()), "0", sys.executable, "-c",
               "import time; print('up', flush=True); time.sleep(60)")  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=20) == -signal.SIGTERM
