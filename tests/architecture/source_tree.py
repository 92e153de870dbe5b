"""The project's own files, and their syntax trees, for tests that read code."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

Node = TypeVar("Node", bound=ast.AST)

ROOT = Path(__file__).resolve().parents[2]
# Houses hold what the product is made of; the rest serves them.
HOUSES = ("webapp", "projects", "generation", "kernels")
PYTHON_FOLDERS = (*HOUSES, "tools", "tests")
NOT_OURS = {".git", ".venv", "__pycache__", "node_modules", "dist", "migrations"}


def shown(path: Path) -> str:
    """A path as a person reads it."""
    return path.relative_to(ROOT).as_posix()


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Every Python file below these folders of the root, sorted."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if not NOT_OURS & set(path.parts)))


@cache
def syntax_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def nodes(path: Path, *kinds: type[Node]) -> Iterator[Node]:
    """Every node of these kinds in a file."""
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, kinds):
            yield node


def dotted(node: ast.AST) -> str:
    """The name that an expression spells, ``torch.load``; empty if it is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def module_name(path: Path) -> str:
    """The name under which a file is imported: ``generation/model/__init__.py`` is ``generation.model``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever in the file."""
    names = {alias.name for node in nodes(path, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes(path, ast.ImportFrom) if node.module}


@cache
def text_files() -> tuple[Path, ...]:
    """Every file of the project that holds text: tracked by git, or new and not ignored."""
    listing = subprocess.run(
        ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"),
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = (ROOT / name for name in listing.split("\0") if name)
    return tuple(path for path in sorted(found) if path.is_file() and _is_text(path))


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" not in file.read(4096)


def refuse(found: Iterable[str]) -> None:
    """Fail with every finding on a line of its own, if there is any."""
    lines = sorted(found)
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
