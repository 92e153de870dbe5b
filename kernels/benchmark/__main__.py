"""``python -m kernels.benchmark SECTION``: figures on this machine."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kernels.benchmark.dispatch import SECTIONS, read_cases, report
from kernels.errors import UnsupportedInput

WRONG_INPUT = 2


def build_parser() -> argparse.ArgumentParser:
    """The parser; a section is a command."""
    parser = argparse.ArgumentParser(prog="python -m kernels.benchmark", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    dispatch = commands.add_parser("dispatch", help="rows that travel between ranks, against the min-heap's")
    dispatch.add_argument("--cases", type=Path, required=True, metavar="FILE", help="JSON with slices and results")
    dispatch.add_argument("--section", choices=SECTIONS, help="only this list of cases (all)")
    dispatch.add_argument("--ranks", type=int, help="only cases with so many ranks (all)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures.

    Returns:
        The exit status: 0, or 2 if the file is none of cases.
    """
    chosen = build_parser().parse_args(arguments)
    try:
        cases = [
            case
            for case in read_cases(chosen.cases)
            if chosen.section in (None, case.section) and chosen.ranks in (None, case.ranks)
        ]
        for line in report(cases):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except UnsupportedInput as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_INPUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
