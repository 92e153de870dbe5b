"""``python -m kernels.benchmark SECTION``: figures on this machine, as ratios to what was measured beside them."""

import argparse
import sys
from collections.abc import Sequence

from kernels.benchmark import attention, dispatch, distributed, layers
from kernels.errors import UnsupportedInput

WRONG_INPUT = 2
# Each has HELP, add_options(parser) and run(chosen), which yields lines.
SECTIONS = {"dispatch": dispatch, "attention": attention, "layers": layers, "distributed": distributed}


def build_parser() -> argparse.ArgumentParser:
    """The parser; a section is a command."""
    parser = argparse.ArgumentParser(prog="python -m kernels.benchmark", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, section in SECTIONS.items():
        section.add_options(commands.add_parser(name, help=section.HELP))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as they come.

    Returns:
        The exit status: 0, or 2 if an option or a file does not fit.
    """
    chosen = build_parser().parse_args(arguments)
    try:
        for line in SECTIONS[chosen.command].run(chosen):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except UnsupportedInput as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_INPUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
