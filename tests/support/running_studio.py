"""A whole studio on a free port with data of its own: server, dispatcher and workers, as ``./studio up`` runs them."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningStudio:
    """A studio that answers."""

    address: str
    process: subprocess.Popen[bytes]

    def workers(self, kind: str) -> list[int]:
        """Process ids of its workers of a kind: ``generation`` or ``decode``."""
        return [pid for pid in _children(self.process.pid) if f"{kind}-1@" in _command(pid)]

    def kill_worker(self, kind: str) -> int:
        """End a worker without a word, as a crash does; the supervisor starts another.

        Returns:
            The process id that is no more.

        Raises:
            AssertionError: If there was none to end.
        """
        found = self.workers(kind)
        assert found, f"the studio has no {kind} worker"
        os.kill(found[0], signal.SIGKILL)
        return found[0]


@contextmanager
def run_studio(data: Path, **settings: str) -> Iterator[RunningStudio]:
    """Run a studio while the block runs.

    Args:
        data: An empty folder for its data.
        settings: More environment variables.

    Raises:
        TimeoutError: If it does not come up; with the end of its log.
    """
    environment = {
        **os.environ, "SCENELOOM_DATA": str(data), "SCENELOOM_PORT": "0", "SCENELOOM_PRESET": "tiny",
        "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "SCENELOOM_LEAST_FREE_MB": "64", **settings,
    }  # fmt: skip
    log = data / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            (sys.executable, "-m", "webapp.supervisor"), cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            yield RunningStudio(address=_wait_for(data, process, log), process=process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(data: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        address = _said(data / "studio.lock")
        if address and _answers(address):
            return address
        time.sleep(0.3)
    raise TimeoutError(f"the studio did not come up:\n{log.read_text(errors='replace')[-3000:]}")


def _said(lock: Path) -> str:
    try:
        return str(json.loads(lock.read_text())["address"]).rstrip("/")
    except (OSError, ValueError, KeyError):
        return ""


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(entry.parent.name))
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
