"""The words that ./studio understands, and what each does."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.doctor import State, examine, line_of
from studio.environment import Environment
from studio.errors import SetupError
from studio.frontend import Frontend
from studio.processes import become
from studio.suite import (
    exit_code,
    pytest_command,
    run_browser_tests,
    run_checks,
    run_frontend_checks,
    run_other_triton,
    run_tests,
    summary,
)

USAGE = """Usage: ./studio COMMAND

  up                 set up, build, and run the studio until Ctrl-C
  test               set up, then lint, types, import contracts, all tests, and the tests in a browser
  test ARGUMENTS     only pytest, with these arguments: ./studio test tests/studio -k stamp
  check              lint, types and import contracts
  doctor             what this machine has, what is missing, what to do
  reset-demo         throw this studio's data away and begin with a demo project
  generate ARGUMENTS make a video: the same as python -m generation ARGUMENTS
"""
COMMANDS = ("up", "test", "check", "doctor", "generate", "reset-demo")
# Only these hand their arguments on.
WITH_ARGUMENTS = ("test", "generate")
USAGE_ERROR = 2
INTERRUPTED = 130


class UsageError(Exception):
    """The command line says something that ./studio does not know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What was asked."""

    name: str
    arguments: tuple[str, ...]


def parse(words: list[str]) -> Command:
    """Understand the command line.

    Raises:
        UsageError: Saying which word is wrong.
    """
    if not words or words[0] in ("help", "-h", "--help"):
        return Command(name="help", arguments=())
    name, *arguments = words
    if name not in COMMANDS:
        raise UsageError(f"there is no command {name!r}")
    if arguments and name not in WITH_ARGUMENTS:
        raise UsageError(f"{name} takes no arguments, got {' '.join(arguments)!r}")
    return Command(name=name, arguments=tuple(arguments))


def usable_cpus() -> int:
    """Processors that this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _up(environment: Environment) -> int:
    environment.prepare(with_tests=False)
    Frontend(environment).build()
    command = (str(environment.python), "-m", "webapp.supervisor")
    return become(command, cwd=environment.root, environment=environment.children())


def _reset_demo(environment: Environment) -> int:
    environment.prepare(with_tests=False)
    command = (str(environment.python), "manage.py", "reset_demo")
    return become(command, cwd=environment.root, environment=environment.children())


def _test(environment: Environment, arguments: tuple[str, ...]) -> int:
    environment.prepare(with_tests=True)
    if arguments:
        return become(pytest_command(environment, *arguments), cwd=environment.root, environment=environment.children())
    reports = run_checks(environment)
    reports.extend(run_frontend_checks(environment))
    reports.append(run_tests(environment, usable_cpus()))
    reports.append(run_other_triton(environment))
    reports.append(run_browser_tests(environment))
    print(f"\nSummary\n{summary(reports)}")
    return exit_code(reports)


def _check(environment: Environment) -> int:
    environment.prepare(with_tests=True)
    return exit_code(run_checks(environment))


def _doctor(environment: Environment) -> int:
    missing = False
    for finding in examine(environment, usable_cpus()):
        print(line_of(finding), flush=True)
        missing = missing or finding.state is State.MISSING
    return int(missing)


def _generate(environment: Environment, arguments: tuple[str, ...]) -> int:
    environment.prepare(with_tests=False)
    command = (str(environment.python), "-m", "generation", *arguments)
    # From where the person stands: the paths they give are relative to it.
    return become(command, cwd=Path.cwd(), environment=environment.children())


def carry_out(command: Command, environment: Environment) -> int:
    """Do what was asked; the exit status comes back."""
    match command.name:
        case "up":
            return _up(environment)
        case "test":
            return _test(environment, command.arguments)
        case "check":
            return _check(environment)
        case "doctor":
            return _doctor(environment)
        case "generate":
            return _generate(environment, command.arguments)
        case "reset-demo":
            return _reset_demo(environment)
    print(USAGE, end="")
    return 0


def main(words: list[str], root: str, base: Mapping[str, str] | None = None) -> int:
    """Entry point: the exit status, with every expected trouble said in a sentence."""
    # Asked to end is asked to end, by whichever signal.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        environment = Environment(root=Path(root), base=os.environ if base is None else base)
        return carry_out(parse(words), environment)
    except UsageError as error:
        print(f"{error}\n\n{USAGE}", end="", file=sys.stderr)
        return USAGE_ERROR
    except SetupError as error:
        print(f"Set-up failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED
