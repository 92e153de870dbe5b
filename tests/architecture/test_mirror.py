"""Tests stand where one looks for them: beside nothing, mirroring the package file by file."""

import ast
from pathlib import Path

from tests.architecture.source_tree import (
    HOUSES,
    ROOT,
    imported_modules,
    module_name,
    nodes,
    python_files,
    refuse,
    shown,
)

# Said elsewhere: an operation and its twin are one test; errors and protocols do nothing.
WITHOUT_OWN_TEST = ("__init__.py", "__main__.py", "errors.py", "protocol.py", "reference.py", "op.py", "kernel.py")


def does_something(path: Path) -> bool:
    return any(True for _ in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef))


def has_test(path: Path) -> bool:
    """Whether ``a/b.py`` has ``a/test_b*.py`` below ``tests/``, or a test in that folder takes it up by name."""
    folder = ROOT / "tests" / path.parent.relative_to(ROOT)
    if any(folder.glob(f"test_{path.stem}*.py")) or (folder.parent / f"test_{folder.name}.py").is_file():
        return True
    return any(module_name(path) in imported_modules(test) for test in folder.glob("test_*.py"))


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
