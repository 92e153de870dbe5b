"""Processes are started again when they die, and ended together."""

import os
import signal
import sys
import time

import pytest

from webapp.supervisor.children import Children
from webapp.supervisor.log import StudioLog
from webapp.supervisor.plan import Program
from webapp.supervisor.stopping import StopWish

SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def log(tmp_path):
    log = StudioLog(tmp_path)
    yield log
    log.close()


@pytest.fixture
def children(tmp_path, log):
    children = Children(tmp_path, log, StopWish())
    yield children
    children.stop()


def program(code: str, name: str = "worker", **more) -> Program:
    return Program(name=name, command=(sys.executable, "-c", code), environment=dict(os.environ), **more)


def wait_for(log: StudioLog, words: str, children: Children) -> str:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        children.tend()
        text = log.path.read_text()
        if words in text:
            return text
        time.sleep(0.02)
    raise AssertionError(f"{words!r} was not said:\n{log.path.read_text()}")


def test_what_was_killed_is_started_again_and_said(children, log):
    process = children.start(program(f"print('here', flush=True); {SLEEP}"))
    wait_for(log, "worker      here", children)

    os.kill(process.pid, signal.SIGKILL)

    text = wait_for(log, "worker ended (signal SIGKILL); starting it again", children)
    until = time.monotonic() + 20
    while text.count("worker      here") < 2 and time.monotonic() < until:
        children.tend()
        text = log.path.read_text()
        time.sleep(0.02)
    assert text.count("worker      here") == 2


def test_what_cannot_live_is_started_ever_later(children, log):
    children.start(program("raise SystemExit(7)"))

    wait_for(log, "worker ended (exit status 7); starting it again in 1 s", children)


def test_all_are_gone_after_the_stop_and_the_first_one_goes_last(children, log, tmp_path):
    ended = (
        "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(print('{0} ends', flush=True)))"
    )
    for name in ("redis", "web"):
        children.start(program(f"{ended.format(name)}\nprint('{name} is up', flush=True)\n{SLEEP}", name))
    for name in ("redis", "web"):
        wait_for(log, f"{name} is up", children)

    children.stop()

    wait_for(log, "redis ends", Children(tmp_path, log, StopWish()))
    text = log.path.read_text()
    assert text.index("web ends") < text.index("redis ends")


def test_who_does_not_end_when_asked_is_ended(children, log, monkeypatch):
    monkeypatch.setattr("webapp.supervisor.children.GRACE_SECONDS", 0.2)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)"
    children.start(program(f"{deaf}; {SLEEP}", "first"))
    process = children.start(program(f"{deaf}; {SLEEP}"))
    wait_for(log, "worker      deaf", children)

    children.stop()

    assert process.poll() == -signal.SIGKILL
    assert "worker did not end when asked, and is ended now" in log.path.read_text()


def test_a_worker_gives_way(children, log):
    children.start(program(f"import os; print('nice', os.nice(0), flush=True); {SLEEP}", niceness=5))

    wait_for(log, f"nice {min(19, os.nice(0) + 5)}", children)
