"""Whatever the product refuses, the screen has words for, in both languages."""

import ast
import json
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, nodes, python_files

WORDS = ROOT / "frontend" / "src" / "i18n"
LANGUAGES = ("en", "zh-CN")
# Tools of the command line speak for themselves.
NOT_SHOWN = {"case_invalid"}
# A field's code stands beside a field; the sentence is the refusal's.
NOT_REFUSALS = {"FieldProblem"}


def texts(node: ast.AST) -> set[str]:
    """The strings that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    return texts(node.body) | texts(node.orelse) if isinstance(node, ast.IfExp) else set()


def codes_of_calls(path: Path) -> set[str]:
    """``code="..."`` and ``error_code="..."`` wherever something is refused or ends badly."""
    found: set[str] = set()
    for call in nodes(path, ast.Call):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in NOT_REFUSALS:
            continue
        for keyword in call.keywords:
            if keyword.arg in ("code", "error_code"):
                found |= texts(keyword.value)
        if name == "problem" and len(call.args) > 1:
            found |= texts(call.args[1])
    return found


def codes_of_tables(path: Path) -> set[str]:
    """``code = "..."`` in the classes of errors, and the table of codes by status."""
    found: set[str] = set()
    for owner in nodes(path, ast.ClassDef):
        for statement in owner.body:
            if isinstance(statement, ast.Assign) and "code" in {getattr(it, "id", "") for it in statement.targets}:
                found |= texts(statement.value)
    for statement in nodes(path, ast.Assign):
        names = {getattr(target, "id", "") for target in statement.targets}
        if "_CODES" in names and isinstance(statement.value, ast.Dict):
            found |= set().union(*(texts(value) for value in statement.value.values))
    return found


@cache
def codes() -> frozenset[str]:
    """Every code that a client may be told."""
    found: set[str] = set()
    for path in python_files("projects", "webapp", "generation"):
        found |= codes_of_calls(path) | codes_of_tables(path)
    return frozenset(found - NOT_SHOWN - {""})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str):
    words = json.loads((WORDS / language / "errors.json").read_text(encoding="utf-8"))
    assert sorted(codes() - set(words)) == []


def test_the_reading_finds_codes_of_every_kind():
    # One of a class, of a call, of the table by status, and of a take that ended badly.
    assert {"quota", "graph_cycle", "method_not_allowed", "parent_gone", "generation_failed"} <= codes()
