"""Every operation is a folder of the same shape: what is called, what is true, and how fast it can be."""

import ast
import re

import pytest

from tests.architecture.source_tree import ROOT, imported_modules, nodes, python_files, refuse, shown

NOT_OPERATIONS = {"planning", "distributed", "benchmark"}
FOLDERS = sorted(
    path.parent for path in (ROOT / "kernels").glob("*/__init__.py") if path.parent.name not in NOT_OPERATIONS
)


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    return request.param


@pytest.mark.parametrize("file", ["op.py", "reference.py", "README.md"])
def test_operation_has_its_files(folder, file):
    assert (folder / file).is_file()


def test_operation_has_a_test(folder):
    tests = ROOT / "tests/kernels"

    assert (tests / f"test_{folder.name}.py").is_file() or list((tests / folder.name).glob("test_*.py"))


def test_reference_stands_alone(folder):
    """The truth must not lean on what is tested against it."""
    package = f"kernels.{folder.name}"
    leaned_on = {f"{package}.op", f"{package}.kernel", package}
    from_package = {
        alias.name for node in nodes(folder / "reference.py", ast.ImportFrom) if node.module == package
        for alias in node.names
    }  # fmt: skip

    assert imported_modules(folder / "reference.py") & leaned_on == set()
    assert from_package & {"op", "kernel"} == set()


def test_operation_is_in_the_table_of_the_readme(folder):
    table = (ROOT / "kernels/README.md").read_text(encoding="utf-8")

    assert re.search(rf"^\|[^|]*\b{folder.name}\b", table, re.MULTILINE)


def test_triton_is_imported_in_kernel_files_only():
    strays = [
        shown(path)
        for path in python_files("generation", "kernels", "tools")
        if path.name != "kernel.py"
        and any(name.split(".")[0] == "triton" for name in imported_modules(path))
    ]  # fmt: skip

    refuse(strays)
