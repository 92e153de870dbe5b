"""Tests stand where one looks for them: beside nothing, mirroring the package file by file."""

import ast
from pathlib import Path

from tests.architecture.source_tree import HOUSES, ROOT, nodes, python_files, refuse, shown

# Said elsewhere: an operation and its twin are one test; errors and protocols do nothing.
WITHOUT_OWN_TEST = ("__init__.py", "__main__.py", "errors.py", "protocol.py", "reference.py", "op.py", "kernel.py")


def does_something(path: Path) -> bool:
    return any(True for _ in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef))


def has_test(path: Path) -> bool:
    """Whether ``a/b.py`` has ``a/test_b*.py`` below ``tests/``, or the whole small package has ``test_a.py``."""
    folder = ROOT / "tests" / path.parent.relative_to(ROOT)
    return any(folder.glob(f"test_{path.stem}*.py")) or (folder.parent / f"test_{folder.name}.py").is_file()


def test_every_file_has_its_test_file():
    untested = [
        shown(path)
        for path in python_files(*HOUSES)
        if path.name not in WITHOUT_OWN_TEST and does_something(path) and not has_test(path)
    ]

    refuse(untested)


def test_every_test_folder_mirrors_a_package():
    folders = {path.parent.relative_to(ROOT / "tests") for path in python_files("tests")}
    strays = [
        str(folder)
        for folder in folders
        if folder.parts[:1] and folder.parts[0] in HOUSES and not (ROOT / folder).is_dir()
    ]

    refuse(strays)
