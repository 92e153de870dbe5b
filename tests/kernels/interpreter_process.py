"""A process in which Triton kernels are interpreted, and which runs tests by name.

Its parent keeps one for all its tests, since loading torch and Triton takes seconds. A request is a test's id on a
line, an answer is one line of JSON: ``["passed" | "failed" | "skipped", text]``.
"""

import contextlib
import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kernels import triton_bed

ROOT = Path(__file__).resolve().parents[2]
# Modules are there already when pytest would rewrite their assertions, and NumPy warns where a GPU would just compute.
OPTIONS = (
    "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider", "-p", "no:xdist",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
    "-W", "ignore:overflow encountered:RuntimeWarning",
    "-W", "ignore:divide by zero encountered:RuntimeWarning",
    "-W", "ignore:invalid value encountered:RuntimeWarning",
)  # fmt: skip


class InterpreterProcess:
    """The parent's side; ``options`` are pytest's."""

    def __init__(self, *options: str) -> None:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.kernels.interpreter_process", *options),
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            # A GPU would be taken by whatever looks for one.
            env={**environment, triton_bed.INTERPRETED: "1", "CUDA_VISIBLE_DEVICES": ""},
        )  # fmt: skip

    def run(self, test: str) -> tuple[str, str]:
        """Run one test there.

        Returns:
            How it ended, and what there is to say about it.
        """
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        with contextlib.suppress(BrokenPipeError):
            requests.write(f"{test}\n")
            requests.flush()
        answer = answers.readline()
        if not answer:
            return "failed", f"the interpreter's process ended with status {self._process.wait()}"
        outcome, text = json.loads(answer)
        return outcome, text

    def close(self) -> None:
        """End the process, by ending its questions."""
        self._process.communicate(timeout=60)


class _Outcome:
    """A plugin that remembers how a test ended."""

    def __init__(self) -> None:
        self.outcome, self.text = "failed", "no such test"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.text = report.longreprtext

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self.outcome, self.text = report.outcome, report.longreprtext


def main() -> None:
    """Answer one request after the other."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # What tests and pytest print is nobody's answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    for request in sys.stdin:
        heard = _Outcome()
        pytest.main([*OPTIONS, *sys.argv[1:], request.strip()], plugins=[heard])
        answers.write(json.dumps([heard.outcome, heard.text]) + "\n")
        answers.flush()
        # pytest collects garbage several times a run: not through all of torch each time.
        gc.freeze()


if __name__ == "__main__":
    main()
