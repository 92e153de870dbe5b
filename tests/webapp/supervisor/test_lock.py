"""One studio per data folder."""

import os
import subprocess
import sys

import pytest

from webapp.supervisor.lock import RunsAlready, StudioLock


def test_a_second_studio_is_told_where_the_first_one_is(tmp_path):
    with StudioLock(tmp_path) as lock:
        lock.say("http://localhost:8000/")

        with pytest.raises(RunsAlready, match=rf"http://localhost:8000/ \(process {os.getpid()}\)"):
            StudioLock(tmp_path).__enter__()


def test_a_second_studio_is_refused_before_the_first_one_has_said_where(tmp_path):
    with StudioLock(tmp_path), pytest.raises(RunsAlready, match="has not said yet"):
        StudioLock(tmp_path).__enter__()


def test_a_studio_that_has_ended_holds_nobody_up(tmp_path):
    with StudioLock(tmp_path) as lock:
        lock.say("http://localhost:8000/")

    with StudioLock(tmp_path):
        assert (tmp_path / "studio.lock").read_text() == ""


def test_a_studio_that_was_killed_holds_nobody_up(tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path; from webapp.supervisor.lock import StudioLock\n"
        "StudioLock(Path(sys.argv[1])).__enter__().say('http://nowhere/'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run((sys.executable, "-c", code, str(tmp_path)), check=False)
    assert "nowhere" in (tmp_path / "studio.lock").read_text()

    with StudioLock(tmp_path):
        pass
