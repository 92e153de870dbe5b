"""Running other programs: quietly or live, and stopped cleanly with us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# How long a program may take to end by itself after Ctrl-C.
GRACE_SECONDS = 10.0
# These would let another Python's packages into ours.
FOREIGN_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV")


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """How a program ended; ``code`` is 127 when it could not be started."""

    code: int
    output: str
    seconds: float


def child_environment(base: Mapping[str, str], **changes: str) -> dict[str, str]:
    """The environment for our own programs: nothing of another Python's, nothing from the person's site folder."""
    kept = {name: value for name, value in base.items() if name not in FOREIGN_VARIABLES}
    return {**kept, "PYTHONNOUSERSITE": "1", **changes}


def run(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], on_text: Callable[[str], None] | None = None
) -> Finished:
    """Run a program to its end and keep what it printed (both streams, in order).

    Args:
        command: Program and arguments; no shell.
        cwd: Folder in which it runs.
        environment: All of its environment.
        on_text: Called with each piece of output as it comes; a piece is not always a whole line.

    Raises:
        KeyboardInterrupt: After the program has ended, when we were asked to stop.
    """
    started = time.monotonic()
    try:
        # A process group of its own: Ctrl-C reaches it once, through us, with all that it started.
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(environment), process_group=0,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        return Finished(code=127, output=f"{command[0]} could not be started: {error}\n", seconds=0.0)
    try:
        output = _read(process, on_text)
        code = process.wait()
    except KeyboardInterrupt:
        stop(process)
        raise
    return Finished(code=code, output=output, seconds=time.monotonic() - started)


def _read(process: subprocess.Popen[bytes], on_text: Callable[[str], None] | None) -> str:
    assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
    pieces: list[str] = []
    with process.stdout as stream:
        while block := os.read(stream.fileno(), 65536):
            text = block.decode(errors="replace")
            pieces.append(text)
            if on_text is not None:
                on_text(text)
    return "".join(pieces)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it started: as Ctrl-C does, then firmly."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(GRACE_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


def become(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> int:
    """Turn into another program, terminal and all; returns only when that fails."""
    sys.stdout.flush()
    os.chdir(cwd)
    try:
        os.execve(command[0], list(command), dict(environment))
    except OSError as error:
        print(f"{command[0]} could not be started: {error}", file=sys.stderr)
        return 127
