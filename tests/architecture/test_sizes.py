"""Small files, short functions, few parameters, names that say what is inside."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source_tree import HOUSES, PYTHON_FOLDERS, ROOT, nodes, python_files, refuse, shown

MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60
MOST_KERNEL_LINES = 150
MOST_PARAMETERS = 7
DEEPEST_FOLDER = 2
MOST_PACKAGE_ENTRIES = 20
# A name that fits everything says nothing.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "stuff", "tools"}
Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def is_kernel(path: Path) -> bool:
    return path.name == "kernel.py"


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first to the last, without the docstring: explaining is not doing."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    return lines if ast.get_docstring(node) is None else lines - ((first.end_lineno or first.lineno) - first.lineno + 1)


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def test_no_file_is_longer_than_400_lines():
    lengths = {
        shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*PYTHON_FOLDERS)
    }

    assert {name: lines for name, lines in lengths.items() if lines > MOST_FILE_LINES} == {}


def test_no_function_is_longer_than_60_lines():
    too_long = [
        f"{shown(path)}:{node.lineno}: {node.name} has {length(node)} lines"
        for path in python_files(*PYTHON_FOLDERS)
        for node in nodes(path, *Function)
        if length(node) > (MOST_KERNEL_LINES if is_kernel(path) else MOST_FUNCTION_LINES)
    ]

    refuse(too_long)


def test_no_function_has_more_than_seven_parameters():
    too_many = [
        f"{shown(path)}:{node.lineno}: {node.name} has {parameters(node)} parameters"
        for path in python_files(*HOUSES, "tools")
        if not is_kernel(path)
        for node in nodes(path, *Function)
        if parameters(node) > MOST_PARAMETERS
    ]

    refuse(too_many)


def test_no_file_or_folder_has_an_empty_name():
    paths = python_files(*HOUSES, "tools/studio", "tests")
    named = {part for path in paths for part in path.relative_to(ROOT).with_suffix("").parts if part != "tools"}

    assert named & EMPTY_NAMES == set()


@pytest.mark.parametrize("house", HOUSES)
def test_no_package_lies_deeper_than_two_folders(house):
    folders = {path.parent.relative_to(ROOT / house) for path in python_files(house)}

    assert [str(folder) for folder in sorted(folders) if len(folder.parts) > DEEPEST_FOLDER] == []


@pytest.mark.parametrize("house", HOUSES)
def test_no_house_has_more_than_twenty_entries(house):
    entries = {path.relative_to(ROOT / house).parts[0] for path in python_files(house)}

    assert len(entries) <= MOST_PACKAGE_ENTRIES
