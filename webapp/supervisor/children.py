"""Processes that are kept running: started, watched, started again when they die, ended together."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from webapp.supervisor.log import StudioLog
from webapp.supervisor.plan import Program, restart_delay
from webapp.supervisor.stopping import StopWish

GRACE_SECONDS = 12.0
# A process that lived this long has not died of its start.
_SOUND_SECONDS = 60.0
_LAUNCHER = str(Path(__file__).with_name("launch.py"))


@dataclass(kw_only=True, slots=True)
class _Child:
    """One process, and how it fared."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    # When it may be started again; 0 while it runs.
    again_at: float = 0.0


class Children:
    """All processes of a studio."""

    def __init__(self, root: Path, log: StudioLog, wish: StopWish | None = None) -> None:
        self._root = root
        self._log = log
        self._wish = wish or StopWish()
        self._children: list[_Child] = []

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        """Start a process that is to run until the studio ends."""
        with self._wish.hold():
            process = self._spawn(program)
            self._children.append(_Child(program=program, process=process, started=time.monotonic()))
        return process

    def tend(self) -> None:
        """Start again what has died, after a while if it dies often."""
        now = time.monotonic()
        for child in self._children:
            code = child.process.poll()
            if code is None:
                continue
            if not child.again_at:
                child.deaths = child.deaths + 1 if now - child.started < _SOUND_SECONDS else 1
                delay = restart_delay(child.deaths)
                child.again_at = now + delay
                wait = f" in {delay:.0f} s" if delay else ""
                self._log.say("studio", f"{child.program.name} ended ({_how(code)}); starting it again{wait}")
            if now >= child.again_at:
                with self._wish.hold():
                    child.process, child.started, child.again_at = self._spawn(child.program), now, 0.0

    def stop(self) -> None:
        """End all, and what all others need last: asked first, forced after a grace."""
        for children in (self._children[1:], self._children[:1]):
            self._stop([child for child in reversed(children) if child.process.poll() is None])

    def _stop(self, running: list[_Child]) -> None:
        for child in running:
            _signal(child.process, signal.SIGTERM)
        until = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < until and any(child.process.poll() is None for child in running):
            time.sleep(0.05)
        for child in running:
            if child.process.poll() is None:
                self._log.say("studio", f"{child.program.name} did not end when asked, and is ended now")
            # Whatever it left in its group goes with it.
            _signal(child.process, signal.SIGKILL)
            child.process.wait()

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        launched = (sys.executable, "-I", "-S", _LAUNCHER, str(os.getpid()), str(program.niceness), *program.command)
        process = subprocess.Popen(
            launched, cwd=self._root, env=dict(program.environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0,
        )  # fmt: skip
        if process.stdout is not None:
            self._log.follow(program.name, process.stdout)
        return process


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
