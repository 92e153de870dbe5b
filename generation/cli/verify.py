"""The command that computes golden data again: ``python -m generation verify-reference DIR...``."""

import argparse
import math
import textwrap
import time
from pathlib import Path

import torch

from generation.cli.arguments import PROGRAM
from generation.cli.parsing import CommandParser, add_help, whole_number_in
from generation.config import MAX_THREADS
from generation.verification.tolerances import TOLERANCES, Tolerance
from generation.verification.verifier import CaseResult, find_inputs, verify_folder

DESCRIPTION = """\
Computes every golden case of the released code again with this implementation,
and compares every number: schedules, layers, forwards, guidance, whole clips,
the autoencoder with its tiles, prompts, pictures and clips.

A case is a JSON file with a safetensors file of the same name beside it. Its
kind is told by the beginning of its name, or by what it holds; what nothing
tells is a failure, and so is a tensor that nobody compares. Checkpoints and
pictures that a case refers to lie beside it, or else in another folder given.
Ends with status 1 if a case failed."""
FAILURES_SHOWN = 5
INDENT = "      "
HELP_WIDTH = 79
COLUMNS = "{name:<42} {error:>9} {tolerance:>9}  {verdict:<7} {rest}"


def run_verify(argv: list[str]) -> int:
    """Run the command.

    Args:
        argv: Without the command's name.

    Returns:
        The exit status: 0 if all cases passed, 1 if any failed.

    Raises:
        RequestError: If the flags are wrong.
    """
    given = build_parser().parse_args(argv)
    threads = torch.get_num_threads()
    # Golden models are tiny: handing their work from thread to thread takes longer than doing it.
    torch.set_num_threads(given.threads)
    try:
        return _run(given.folders, every_part=given.parts)
    finally:
        torch.set_num_threads(threads)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the command.

    Raises:
        RequestError: When it parses flags that are wrong.
    """
    program = f"{PROGRAM} verify-reference"
    parser = CommandParser(
        prog=program,
        usage=f"{program} DIR [DIR ...] [more flags]",
        description=DESCRIPTION,
        epilog=f"tolerances, and why they are what they are:\n\n{_tolerance_table()}",
    )
    group = parser.add_argument_group("what is compared, and how")
    group.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="a folder of golden cases")
    group.add_argument("--parts", action="store_true", help="print every comparison, not only the worst of each case")
    group.add_argument(
        "--threads", type=whole_number_in(1, MAX_THREADS), default=1, metavar="N", help="CPU threads (1)"
    )
    group.add_argument("--verbose", action="store_true", help="tracebacks")
    add_help(group)
    return parser


def _run(folders: list[Path], *, every_part: bool) -> int:
    started = time.perf_counter()
    print(COLUMNS.format(name="case", error="error", tolerance="tolerance", verdict="verdict", rest="").rstrip())
    results: list[CaseResult] = []
    for folder in folders:
        for result in verify_folder(folder, elsewhere=folders):
            results.append(result)
            print("\n".join(result_lines(result, every_part=every_part)), flush=True)
    inputs = [f"{folder.name}/{name}" for folder in folders for name in find_inputs(folder)]
    print(f"read, not compared: {', '.join(inputs) or 'nothing'}")
    print("\n".join(summary_lines(results)))
    print(f"in {time.perf_counter() - started:.0f} s")
    passed = sum(result.passed for result in results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if passed and passed == len(results) else 1


def result_lines(result: CaseResult, *, every_part: bool = False) -> list[str]:
    """One line for a case, and below it what failed, or all of it."""
    verdict = "passed" if result.passed else "FAILED"
    worst = result.worst
    if worst is None:
        line = COLUMNS.format(name=result.name, error="-", tolerance="-", verdict=verdict, rest=result.problem)
        return [line.rstrip()]
    count = f"{len(result.comparisons)} comparison{'s' if len(result.comparisons) > 1 else ''}"
    lines = [
        COLUMNS.format(
            name=result.name,
            error=_number(worst.error),
            tolerance=_number(worst.tolerance.limit),
            verdict=verdict,
            rest=f"{worst.tolerance.measure}, worst of {count}: {worst.what}",
        )
    ]
    if result.problem:
        lines.append(f"    {result.problem}")
    shown = result.comparisons if every_part else result.failures[:FAILURES_SHOWN]
    lines += [
        f"    {part.what}: {_number(part.error)} {part.tolerance.measure}, at most {_number(part.tolerance.limit)}"
        + (f" ({part.note})" if part.note else "")
        + ("" if part.passed else "  FAILED")
        for part in shown
    ]
    if not every_part and len(result.failures) > FAILURES_SHOWN:
        lines.append(f"    and {len(result.failures) - FAILURES_SHOWN} more that failed")
    return lines


def summary_lines(results: list[CaseResult]) -> list[str]:
    """The worst error under every tolerance, over all cases."""
    lines = ["worst errors by tolerance:"]
    for tolerance in TOLERANCES:
        found = [
            (comparison, result.name)
            for result in results
            for comparison in result.comparisons
            if comparison.tolerance is tolerance
        ]
        if found:
            worst, name = max(found, key=lambda pair: (pair[0].severity, pair[0].error))
            at = f": {name}, {worst.what}" if worst.error else ""
            lines.append(f"{_limit_line(tolerance, worst.error)} in {len(found)} comparisons{at}")
    return lines


def _limit_line(tolerance: Tolerance, error: float) -> str:
    within = f"{_number(error)} of {_number(tolerance.limit)}"
    return f"  {tolerance.name:<28} {within:>18} {tolerance.measure},"


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() or not math.isfinite(value) else f"{value:.1e}"


def _tolerance_table() -> str:
    lines = []
    for tolerance in TOLERANCES:
        lines.append(f"  {tolerance.name}: {_number(tolerance.limit)} {tolerance.measure}")
        lines += textwrap.wrap(tolerance.reason, width=HELP_WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    return "\n".join(lines)
