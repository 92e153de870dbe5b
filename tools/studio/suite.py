"""The checks and tests, one after the other, and what came of each."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from studio.browser import VARIABLE, find_or_install_chromium
from studio.environment import Environment
from studio.frontend import Frontend, provide_node
from studio.processes import run

# More processes only wait for each other's memory.
MOST_PROCESSES = 8
# Besides the one that is installed.
OTHER_TRITON = "3.6.0"
CLOSING_LINE = re.compile(r"^=+ (?P<words>[^=]*\bin [\d.]+s.*?) =+$", re.MULTILINE)
# Scripts of frontend/package.json, and what they are called in the summary.
FRONTEND_SCRIPTS = {
    "types": "browser types",
    "lint": "browser lint",
    "order": "browser order",
    "size": "browser size",
    "test": "browser units",
}
TERMINAL_COLOURS = re.compile(r"\x1b\[[\d;]*m")


class Outcome(StrEnum):
    """What came of a step."""

    OK = "ok"
    FAILED = "FAILED"
    NOT_RUN = "not run"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One program of the suite."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What came of one step, in a line."""

    name: str
    outcome: Outcome
    detail: str


def check_steps(environment: Environment) -> tuple[Step, ...]:
    """Everything that reads the code without running it."""
    return (
        Step(name="lint", command=(environment.program("ruff"), "check", ".")),
        Step(name="format", command=(environment.program("ruff"), "format", "--check", ".")),
        Step(name="types", command=(environment.program("mypy"),)),
        Step(name="contracts", command=(environment.program("lint-imports"),)),
    )


def pytest_command(environment: Environment, *arguments: str) -> tuple[str, ...]:
    """Pytest inside the environment."""
    return (str(environment.python), "-m", "pytest", *arguments)


def run_checks(environment: Environment) -> list[Report]:
    """Lint, format, types and import contracts; what a failed one said is printed."""
    reports = []
    for step in check_steps(environment):
        done = run(step.command, cwd=environment.root, environment=environment.children())
        if done.code:
            print(done.output.rstrip(), flush=True)
        outcome = Outcome.FAILED if done.code else Outcome.OK
        reports.append(Report(name=step.name, outcome=outcome, detail=f"{done.seconds:.1f} s"))
        print(f"{step.name}: {outcome} ({done.seconds:.1f} s)", flush=True)
    return reports


def run_tests(environment: Environment, cpus: int) -> Report:
    """All tests but those in a browser, on all cores; torch keeps to one thread in each process."""
    # Tests of one group share something that is dear to start, so they run in one process.
    processes = ("-n", str(min(cpus, MOST_PROCESSES)), "--dist", "loadgroup") if cpus > 1 else ()
    command = pytest_command(environment, "-m", "not e2e", *processes)
    return _pytest("tests", command, environment, {"OMP_NUM_THREADS": "1"})


def run_frontend_checks(environment: Environment) -> list[Report]:
    """Build the browser part, then check its types, style, import order and units.

    Raises:
        SetupError: If it cannot be built.
    """
    frontend = Frontend(environment)
    frontend.build()
    node = provide_node(environment)
    frontend.install(node)
    reports = []
    for script, name in FRONTEND_SCRIPTS.items():
        done = frontend.run(node, script)
        if done.code:
            print(done.output.rstrip(), flush=True)
        outcome = Outcome.FAILED if done.code else Outcome.OK
        reports.append(Report(name=name, outcome=outcome, detail=f"{done.seconds:.1f} s"))
        print(f"{name}: {outcome} ({done.seconds:.1f} s)", flush=True)
    return reports


def run_browser_tests(environment: Environment) -> Report:
    """The tests in a browser, in a process of their own: Playwright leaves an event loop running."""
    chromium = find_or_install_chromium(environment.base, environment.root)
    if not chromium.path:
        outcome = Outcome.FAILED if _is_ci(environment) else Outcome.NOT_RUN
        return Report(name="browser", outcome=outcome, detail=chromium.reason)
    command = pytest_command(environment, "-m", "e2e", "tests/e2e")
    return _pytest("browser", command, environment, {VARIABLE: chromium.path})


def run_other_triton(environment: Environment) -> Report:
    """The tests that compile kernels, on another version of Triton than the installed one."""
    name = f"triton {OTHER_TRITON}"
    if not sys.platform.startswith("linux"):
        return Report(name=name, outcome=Outcome.NOT_RUN, detail="there is Triton for Linux only")
    command = (str(environment.python), "-m", "tests.kernels.triton_versions", OTHER_TRITON)
    done = run(command, cwd=environment.root, environment=environment.children(), on_text=_write_through)
    if done.code == os.EX_UNAVAILABLE and not _is_ci(environment):
        return Report(name=name, outcome=Outcome.NOT_RUN, detail="it could not be installed")
    outcome = Outcome.FAILED if done.code else Outcome.OK
    return Report(name=name, outcome=outcome, detail=closing_words(done.output) or f"ended with {done.code}")


def _is_ci(environment: Environment) -> bool:
    return environment.base.get("CI", "").lower() == "true"


def _pytest(name: str, command: tuple[str, ...], environment: Environment, changes: Mapping[str, str]) -> Report:
    children = environment.children(**changes)
    done = run(command, cwd=environment.root, environment=children, on_text=_write_through)
    outcome = Outcome.FAILED if done.code else Outcome.OK
    return Report(name=name, outcome=outcome, detail=closing_words(done.output) or f"pytest ended with {done.code}")


def _write_through(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def closing_words(output: str) -> str:
    """What pytest says at its very end: ``3 passed, 1 skipped in 2.50s``; empty if it never came to that."""
    found = list(CLOSING_LINE.finditer(TERMINAL_COLOURS.sub("", output)))
    return found[-1]["words"] if found else ""


def summary(reports: list[Report]) -> str:
    """A line for each step."""
    return "\n".join(f"  {report.outcome:<8} {report.name:<13} {report.detail}" for report in reports)


def exit_code(reports: list[Report]) -> int:
    """0 if nothing failed; a step that could not run is said, not failed."""
    return int(any(report.outcome is Outcome.FAILED for report in reports))
