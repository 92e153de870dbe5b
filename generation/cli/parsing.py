"""How our commands read flags and show help: errors in one sentence, help in two aligned columns."""

import argparse
import shutil
from collections.abc import Callable
from math import isfinite
from typing import NoReturn

from generation.errors import RequestError

_WIDEST, _LEFT_COLUMN = 96, 28


class HelpLayout(argparse.RawDescriptionHelpFormatter):
    """Flags on the left, what they do on the right, no wider than the terminal."""

    def __init__(self, prog: str) -> None:
        columns = shutil.get_terminal_size().columns
        super().__init__(prog, max_help_position=_LEFT_COLUMN, width=min(columns, _WIDEST) - 1)


class CommandParser(argparse.ArgumentParser):
    """Raises what is wrong instead of ending the process."""

    def __init__(self, *, prog: str, usage: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            epilog=epilog,
            formatter_class=HelpLayout,
            allow_abbrev=False,
            add_help=False,
        )

    def error(self, message: str) -> NoReturn:
        """Say what is wrong.

        Raises:
            RequestError: Always.
        """
        raise RequestError(f"{message.removeprefix('argument ')}; see {self.prog} --help")


def add_help(group: argparse._ArgumentGroup) -> None:
    """Put ``--help`` into a group of flags."""
    group.add_argument("-h", "--help", action="help", help="this text")


def whole_number(text: str) -> int:
    """A flag's value as a whole number.

    Raises:
        argparse.ArgumentTypeError: If it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text[:40]!r}") from None


def whole_number_in(low: int, high: int | None = None) -> Callable[[str], int]:
    """A flag's type: a whole number within bounds.

    Args:
        low: The smallest that is taken.
        high: The largest; None takes any.

    Returns:
        What reads the flag's value; raises :class:`argparse.ArgumentTypeError` if it is none.
    """

    def read(text: str) -> int:
        number = whole_number(text)
        if number < low or (high is not None and number > high):
            bounds = f"{low} or more" if high is None else f"in {low}..{high}"
            raise argparse.ArgumentTypeError(f"must be {bounds}, got {number}")
        return number

    return read


def positive_number(text: str) -> float:
    """A flag's value as a positive number.

    Raises:
        argparse.ArgumentTypeError: If it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not (number > 0 and isfinite(number)):
        raise argparse.ArgumentTypeError(f"must be a positive number, got {text[:40]!r}")
    return number
