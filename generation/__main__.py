"""``python -m generation``: the only place where generation reads the environment and ends the process."""

import logging
import os
import sys
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from rich.console import Console
from rich.logging import RichHandler

from generation.errors import GenerationError, RequestError

FAILED, INTERRUPTED = 1, 130
# As the shell's own sysexits.h has it: a fault in the program.
FAULT = 70

_Command = Callable[[list[str], Console], int]


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
        The exit status: 0, 1 for an error that has a name, 70 for one that has none, 130 after Ctrl-C.
    """
    verbose = "--verbose" in argv
    console = Console(stderr=True, highlight=False)
    _set_up_logging(console, verbose=verbose)
    try:
        return _run(argv, console)
    except GenerationError as error:
        if verbose:
            console.print_exception()
        _say(console, error.code, str(error))
        return FAILED
    except KeyboardInterrupt:
        console.print("Stopped.")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one boundary of the program
        if verbose:
            console.print_exception()
        _say(console, "unexpected", f"{type(error).__name__}: {error}")
        if not verbose:
            console.print("This is a fault of the program. --verbose shows where it happened.")
        return FAULT


def _say(console: Console, code: str, message: str) -> None:
    console.print(f"[red]error[/red] ({code}): ", end="")
    console.print(message, markup=False, soft_wrap=True)


def _set_up_logging(console: Console, *, verbose: bool) -> None:
    # Through the console, so that lines do not cut through a progress bar.
    handler = RichHandler(console=console, show_path=False, markup=False, highlighter=None)
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s", handlers=[handler])


def _run(argv: list[str], console: Console) -> int:
    if argv and argv[0] in COMMANDS:
        return COMMANDS[argv[0]](argv[1:], console)
    if argv and not argv[0].startswith("-"):
        raise RequestError(f"there is no command {argv[0][:40]!r}; there are {', '.join(COMMANDS)}")
    return _generate(argv, console)


# Commands are imported when asked for: help must not wait for torch.


def _generate(argv: list[str], console: Console) -> int:
    if not argv or "--help" in argv or "-h" in argv:
        from generation.cli.arguments import build_parser

        build_parser().print_help()
        return 0
    from generation.cli.generate import run_generate

    return run_generate(argv, cache=cache_folder(), console=console)


def _train(argv: list[str], console: Console) -> int:
    from generation.cli.train import run_train

    return run_train(argv, console=console)


def _evaluate(argv: list[str], console: Console) -> int:
    from generation.cli.evaluate import run_evaluate

    return run_evaluate(argv, cache=cache_folder(), console=console)


def _download(argv: list[str], console: Console) -> int:
    from generation.cli.download import run_download

    endpoint = os.environ.get("HF_ENDPOINT")
    return run_download(argv, endpoint=endpoint, proxies=urllib.request.getproxies(), console=console)


def _convert(argv: list[str], console: Console) -> int:
    from generation.cli.convert import run_convert

    return run_convert(argv, console=console)


def _verify(argv: list[str], console: Console) -> int:
    from generation.cli.verify import run_verify

    del console
    return run_verify(argv)


def _benchmark(argv: list[str], console: Console) -> int:
    # Read when torch loads: threads that wait for others must not burn the cores that others wait for.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from generation.cli.benchmark import run_benchmark

    del console
    return run_benchmark(argv)


COMMANDS: Mapping[str, _Command] = MappingProxyType(
    {
        "generate": _generate,
        "download": _download,
        "convert": _convert,
        "verify-reference": _verify,
        "benchmark": _benchmark,
        "train": _train,
        "evaluate": _evaluate,
    }
)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
