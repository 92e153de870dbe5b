"""What came of the steps is read and told truthfully."""

import json
from pathlib import Path

import pytest

from studio.environment import Environment
from studio.suite import FRONTEND_SCRIPTS, Outcome, Report, closing_words, exit_code, run_other_triton, summary


def report(outcome: Outcome) -> Report:
    return Report(name="tests", outcome=outcome, detail="3 passed in 0.10s")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("..\n============== 3 passed in 0.10s ==============\n", "3 passed in 0.10s"),
        ("== 1 failed, 2 passed in 61.10s (0:01:01) ==\n", "1 failed, 2 passed in 61.10s (0:01:01)"),
        ("\x1b[32m=== \x1b[32m\x1b[1m3 passed\x1b[0m\x1b[32m in 0.1s\x1b[0m\x1b[32m ===\x1b[0m\n", "3 passed in 0.1s"),
        ("======= FAILURES =======\nboom\n", ""),
        ("", ""),
    ],
)
def test_closing_words_are_found_at_the_end_only(output, words):
    assert closing_words(output) == words


def test_one_failure_fails_the_whole():
    assert exit_code([report(Outcome.OK), report(Outcome.FAILED), report(Outcome.NOT_RUN)]) == 1


def test_a_step_that_could_not_run_is_told_but_does_not_fail():
    reports = [report(Outcome.OK), report(Outcome.NOT_RUN)]

    assert exit_code(reports) == 0
    assert "not run" in summary(reports)


def test_every_check_of_the_browser_part_is_a_script_of_its_package(repository: Path):
    scripts = json.loads((repository / "frontend/package.json").read_text())["scripts"]

    assert set(FRONTEND_SCRIPTS) <= set(scripts)


@pytest.mark.parametrize(
    ("code", "ci", "outcome"),
    [(0, "", Outcome.OK), (69, "", Outcome.NOT_RUN), (69, "true", Outcome.FAILED), (1, "", Outcome.FAILED)],
)
def test_another_triton_that_cannot_be_had_is_told_and_fails_in_ci(tmp_path: Path, monkeypatch, code, ci, outcome):
    monkeypatch.setattr("sys.platform", "linux")
    environment = Environment(root=tmp_path, base={"PATH": "/usr/bin:/bin", "CI": ci})
    environment.python.parent.mkdir(parents=True)
    environment.python.write_text(f"#!/bin/sh\nexit {code}\n")
    environment.python.chmod(0o755)

    assert run_other_triton(environment).outcome is outcome
