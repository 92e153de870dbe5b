"""The script itself: found from anywhere, and understood by a Python that is too old to run it."""

import ast
import os
import subprocess
import sys
from pathlib import Path

OLD_ENOUGH_TO_BE_MET = (3, 6)


def studio(repository: Path, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, str(repository / "studio"), *words)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_script_may_be_run(repository: Path):
    assert os.access(repository / "studio", os.X_OK)


def test_script_works_from_any_folder(repository: Path, tmp_path: Path):
    done = studio(repository, "--help", folder=tmp_path)

    assert done.returncode == 0
    assert "Usage: ./studio COMMAND" in done.stdout


def test_wrong_word_ends_with_an_error(repository: Path, tmp_path: Path):
    done = studio(repository, "tset", folder=tmp_path)

    assert done.returncode == 2
    assert "there is no command 'tset'" in done.stderr


def test_old_python_can_read_it_and_say_what_it_lacks(repository: Path):
    source = (repository / "studio").read_text(encoding="utf-8")

    ast.parse(source, feature_version=OLD_ENOUGH_TO_BE_MET)
