"""How our commands read flags and show help: errors in one sentence, help in two aligned columns."""

import argparse
import shutil
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
