"""What the documents name exists, and every house says what it is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_tree import HOUSES, ROOT, refuse, shown, text_files

ROOT_DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
MOST_README_LINES = 80
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
# A path has a folder in it or ends like a file of ours; with a blank, a call or a placeholder it is something else.
PATH = re.compile(r"^(\.?[\w.-]+/)+[\w.*-]*$|^[\w.-]+\.(py|md|toml|sh|yml|yaml)$")
# Made by use, so absent from a fresh clone.
MADE_LATER = (".venv", "downloads", "data")
# A name the rules speak of before the first such file is there.
RESERVED = {"kernel.py"}
DOCUMENTS = tuple(
    path for path in text_files() if path.suffix == ".md" and not shown(path).startswith("tests/reference")
)


def paths_in(document: Path) -> set[str]:
    """Everything in a document that reads as a path of this project."""
    text = document.read_text(encoding="utf-8")
    code = {
        word.removeprefix("./").rstrip(",.;:") for word in CODE.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    }
    links = {word for word in LINK.findall(text) if "://" not in word}
    return {word for word in code | links if PATH.match(word) and not word.startswith(MADE_LATER)}


def exists(name: str, beside: Path) -> bool:
    """Whether a path, perhaps with a star, exists below the root or beside the document; a bare name, anywhere."""
    if "/" not in name:
        return name in RESERVED or any(path.name == name for path in text_files())
    return any(any(folder.glob(name.rstrip("/"))) for folder in (ROOT, beside))


@pytest.mark.parametrize("name", ROOT_DOCUMENTS)
def test_root_document_exists(name):
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_path_in_a_document_exists(document):
    refuse(name for name in paths_in(document) if not exists(name, document.parent))


@pytest.mark.parametrize("house", HOUSES)
def test_house_has_a_readme(house):
    assert (ROOT / house / "README.md").is_file()


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if path.name == "README.md"], ids=shown)
def test_readme_is_short(document):
    lines = document.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= MOST_README_LINES or document.parent == ROOT


def test_documents_name_only_commands_that_exist():
    from studio.cli import COMMANDS

    named = {
        (shown(path), word)
        for path in DOCUMENTS
        for word in re.findall(r"\./studio ([a-z-]+)", path.read_text(encoding="utf-8"))
    }

    assert {(name, word) for name, word in named if word not in COMMANDS} == set()


def test_the_command_for_pictures_of_all_screens_runs_as_it_is_written():
    text = (ROOT / "tests/support/take_screenshots.py").read_text(encoding="utf-8")
    [command] = re.findall(r"^With .*: (.*-m tests\.support\.take_screenshots) FOLDER$", text, flags=re.MULTILINE)
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    done = subprocess.run(
        ["/bin/sh", "-c", f"{command.replace('.venv/bin/python', sys.executable)} --help"],
        cwd=ROOT, env=plain, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "--looks" in done.stdout


def test_ci_runs_the_test_command_of_the_readme():
    commands = [
        line for line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines() if line.startswith("exec ")
    ]

    assert commands == ["exec ./studio test"]
    assert "\n./studio test\n" in (ROOT / "README.md").read_text(encoding="utf-8")
