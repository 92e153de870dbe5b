"""The environment is reused while its stamp holds, and only then."""

import json
from pathlib import Path

import pytest

from studio.environment import STAMP_NAME, Environment
from studio.errors import SetupError
from studio.processes import Finished
from studio.requirements import read_requirements

PYPROJECT = '[project]\ndependencies = ["a"]\n[project.optional-dependencies]\ndev = ["b"]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "constraints.txt").write_text("a==1\nb==2\n")
    return tmp_path


@pytest.fixture
def commands(project: Path, monkeypatch) -> list[list[str]]:
    """Every program that is asked for; ``venv`` makes what it would make, the rest does nothing."""
    asked: list[list[str]] = []

    def pretend(command, **_options) -> Finished:
        asked.append(list(command))
        if "venv" in command:
            (project / ".venv/bin").mkdir(parents=True)
            (project / ".venv/bin/python").touch()
            (project / ".venv/lib/python3.11/site-packages").mkdir(parents=True)
            (project / ".venv/pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
        return Finished(code=0, output="", seconds=0.0)

    monkeypatch.setattr("studio.environment.run", pretend)
    return asked


def test_first_time_makes_installs_and_stamps(project, commands):
    environment = Environment(root=project, base={})

    assert environment.prepare(with_tests=True)

    assert [command[1:3] for command in commands] == [["-m", "venv"], ["-m", "pip"]]
    assert commands[1][-4:] == ["-c", "constraints.txt", "a", "b"]
    assert environment.is_ready(with_tests=True)
    assert environment.is_ready(with_tests=False)


def test_second_time_starts_no_program_at_all(project, commands):
    environment = Environment(root=project, base={})
    environment.prepare(with_tests=True)
    commands.clear()

    assert not environment.prepare(with_tests=True)
    assert not environment.prepare(with_tests=False)
    assert commands == []


def test_tools_for_tests_are_added_when_first_wanted(project, commands):
    environment = Environment(root=project, base={})
    environment.prepare(with_tests=False)

    assert not environment.is_ready(with_tests=True)
    assert environment.prepare(with_tests=True)


@pytest.mark.parametrize("file", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed(project, commands, file):
    environment = Environment(root=project, base={})
    environment.prepare(with_tests=True)
    changed = (project / file).read_text().replace('"a"', '"a>=1"').replace("a==1", "a==1.1")

    (project / file).write_text(changed)

    assert not environment.is_ready(with_tests=True)


@pytest.mark.parametrize("content", ["", "{}", "not json", '"text"'])
def test_broken_stamp_counts_as_none(project, commands, content):
    environment = Environment(root=project, base={})
    environment.prepare(with_tests=True)

    (project / ".venv" / STAMP_NAME).write_text(content)

    assert not environment.is_ready(with_tests=True)


def test_lost_interpreter_is_noticed(project, commands):
    environment = Environment(root=project, base={})
    environment.prepare(with_tests=True)

    environment.python.unlink()

    assert not environment.is_ready(with_tests=True)


def test_failed_install_leaves_no_stamp_and_says_why(project, commands, monkeypatch):
    def fail(command, **_options) -> Finished:
        return Finished(code=int("pip" in command), output="ERROR: no index\n", seconds=0.0)

    monkeypatch.setattr("studio.environment.run", fail)

    with pytest.raises(SetupError, match="ERROR: no index"):
        Environment(root=project, base={}).prepare(with_tests=True)
    assert not (project / ".venv" / STAMP_NAME).exists()


def test_stamp_file_holds_hashes_only(project, commands):
    Environment(root=project, base={}).prepare(with_tests=True)

    stamps = json.loads((project / ".venv" / STAMP_NAME).read_text())

    wanted = read_requirements(project).stamp(with_tests=True, place=f"{project} 3.11.7")
    assert wanted in stamps


def test_project_is_found_from_any_folder(project, commands):
    Environment(root=project, base={}).prepare(with_tests=False)

    pointer = project / ".venv/lib/python3.11/site-packages/sceneloom.pth"

    assert pointer.read_text() == f"{project}\n"
