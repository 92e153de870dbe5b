"""What people are told to type."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from generation.cli.calling import command_line


@pytest.fixture
def interpreter(monkeypatch, tmp_path):
    """One in a folder of its own."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "my work/.venv/bin/python"))
    return tmp_path / "my work"


def test_an_interpreter_below_is_named_from_here(interpreter, monkeypatch):
    interpreter.mkdir()
    monkeypatch.chdir(interpreter)

    assert command_line("--resume", "a b.mp4") == ".venv/bin/python -m generation --resume 'a b.mp4'"


def test_one_elsewhere_is_named_whole(interpreter, monkeypatch, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert command_line() == f"'{interpreter}/.venv/bin/python' -m generation"


def test_what_is_told_can_be_run():
    done = subprocess.run(shlex.split(command_line("--help")), capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.startswith("usage: ")
    assert Path(shlex.split(command_line())[0]).is_absolute() or Path.cwd() in Path(sys.executable).parents
