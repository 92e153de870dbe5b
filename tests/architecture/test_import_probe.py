"""The probe sees what it is there to see."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).with_name("import_probe.py")


def notes_on(code: str, folder: Path, *, blocked: tuple[str, ...] = ()) -> list[str]:
    """What the probe says about a module with this code."""
    (folder / "guest.py").write_text(code)
    question = json.dumps({"modules": ["guest"], "blocked": blocked, "preload": []})
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        (sys.executable, str(PROBE)), input=question, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)["guest"]


def test_a_module_that_only_defines_things_is_fine(tmp_path: Path):
    assert notes_on("import json\nX = 1\ndef f(): open('x', 'w')\n", tmp_path) == []


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("open('made', 'w')", "open ('made', 'w'"),
        ("import os; os.environ['SCENELOOM_X'] = '1'", "environment"),
        ("import logging; logging.basicConfig()", "root logger"),
        ("import socket; socket.socket().bind(('127.0.0.1', 0))", "socket.bind"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("import os; os.mkdir('made')", "os.mkdir"),
        ("import os; os._exit(0)", "ended the process"),
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
    ],
)
def test_whatever_else_is_done_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code, word):
    monkeypatch.chdir(tmp_path)

    assert word in " ".join(notes_on(code, tmp_path))


def test_a_blocked_library_is_as_good_as_absent(tmp_path: Path):
    assert "sqlite3" in notes_on("import sqlite3", tmp_path, blocked=("sqlite3",))[0]
