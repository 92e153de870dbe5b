"""``python -m tools.planted [WORDS]``: plants each fault in a copy of the project, and says whether its tests notice.

With words, only faults whose name holds them. A fault's tests are run without it first: what is red anyway, or cannot
even be read once the fault is there, proves nothing. Ends with 1 unless every fault was caught.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from enum import StrEnum
from pathlib import Path

from tools.planted.fault import PlantedFault
from tools.planted.faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
# What no test of the list reads.
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "dist", "data", "__pycache__", ".*_cache")
# Pytest's own.
_PASSED, _FAILED = 0, 1


class Finding(StrEnum):
    """What came of one fault."""

    CAUGHT = "caught"
    MISSED = "MISSED"
    # Its tests fail without it, too.
    RED_ANYWAY = "RED ANYWAY"
    # With it the tests do not run at all.
    UNREADABLE = "UNREADABLE"


def main(words: list[str]) -> int:
    """Plant, test, and tell."""
    chosen = [fault for fault in FAULTS if all(word in fault.name for word in words)]
    if not chosen:
        print(f"no planted fault has all of {', '.join(words)} in its name")  # noqa: T201
        return 2
    caught = 0
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        for fault in chosen:
            started = time.monotonic()
            found = try_out(fault, copy)
            caught += found is Finding.CAUGHT
            print(f"{found}  {fault.name} ({time.monotonic() - started:.0f} s)", flush=True)  # noqa: T201
    print(f"{caught} of {len(chosen)} planted faults were caught")  # noqa: T201
    return int(caught < len(chosen))


def try_out(fault: PlantedFault, copy: Path) -> Finding:
    """What the fault's tests say without it and with it; the copy is whole again afterwards.

    Raises:
        ValueError: If the guard does not stand in its file exactly once.
    """
    path = copy / fault.path
    whole = path.read_text(encoding="utf-8")
    faulty = planted(fault, whole)
    if _run(fault.tests, copy) != _PASSED:
        return Finding.RED_ANYWAY
    path.write_text(faulty, encoding="utf-8")
    try:
        code = _run(fault.tests, copy)
    finally:
        path.write_text(whole, encoding="utf-8")
    return {_PASSED: Finding.MISSED, _FAILED: Finding.CAUGHT}.get(code, Finding.UNREADABLE)


def _run(tests: tuple[str, ...], copy: Path) -> int:
    """Pytest's exit code; the first test that fails is enough."""
    return subprocess.run(  # noqa: S603 - our own tests
        (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests),
        cwd=copy,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    ).returncode


def planted(fault: PlantedFault, text: str) -> str:
    """A file without its guard.

    Raises:
        ValueError: If the guard does not stand in it exactly once.
    """
    if text.count(fault.guard) != 1:
        raise ValueError(f"{fault.path} must hold the guard of {fault.name!r} once, got {text.count(fault.guard)}")
    return text.replace(fault.guard, fault.instead)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
