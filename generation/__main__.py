"""``python -m generation``: the only place where generation reads the environment and ends the process."""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from generation.errors import GenerationError

FAILED = 1


def cache_folder() -> Path:
    """Where things are kept that can be made again: ``SCENELOOM_CACHE``, else the user's cache folder."""
    if "SCENELOOM_CACHE" in os.environ:
        return Path(os.environ["SCENELOOM_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "sceneloom"


def main(argv: list[str]) -> int:
    """Run a command.

    Args:
        argv: Without the program's name: a command and its flags, or the flags of generate.

    Returns:
        The exit status.
    """
    verbose = "--verbose" in argv
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    console = Console(stderr=True, highlight=False)
    try:
        return _run(argv, console)
    except GenerationError as error:
        console.print(f"[red]error[/red] ({error.code}): ", end="")
        console.print(str(error), markup=False)
        return FAILED


def _run(argv: list[str], console: Console) -> int:
    # Commands are imported when asked for: help must not wait for torch.
    commands: dict[str, Callable[[], int]] = {
        "verify-reference": lambda: _verify(argv[1:]),
        "benchmark": lambda: _benchmark(argv[1:]),
        "download": lambda: _download(argv[1:], console),
    }
    if argv and argv[0] in commands:
        return commands[argv[0]]()
    if not argv or "--help" in argv or "-h" in argv:
        from generation.cli.arguments import build_parser

        build_parser().print_help()
        return 0
    from generation.cli.generate import run_generate

    return run_generate(argv, cache=cache_folder(), console=console)


def _verify(argv: list[str]) -> int:
    from generation.cli.verify import run_verify

    return run_verify(argv)


def _benchmark(argv: list[str]) -> int:
    from generation.cli.benchmark import run_benchmark

    return run_benchmark(argv)


def _download(argv: list[str], console: Console) -> int:
    from generation.cli.download import run_download

    endpoint = os.environ.get("HF_ENDPOINT")
    return run_download(argv, endpoint=endpoint, console=console)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
