"""``python -m tools.planted [WORDS]``: plants each fault in a copy of the project, and says whether its tests notice.

With words, only faults whose name holds them. Ends with 1 if a fault was missed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.planted.fault import PlantedFault
from tools.planted.faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
# What no test of the list reads.
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "frontend", "data", "__pycache__", ".*_cache")
# Pytest's own: tests failed, or could not even be read.
_NOTICED = (1, 2)


def main(words: list[str]) -> int:
    """Plant, test, and tell."""
    chosen = [fault for fault in FAULTS if all(word in fault.name for word in words)]
    missed = []
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        for fault in chosen:
            started = time.monotonic()
            caught = is_caught(fault, copy)
            missed += [] if caught else [fault.name]
            print(f"{'caught' if caught else 'MISSED'}  {fault.name} ({time.monotonic() - started:.0f} s)", flush=True)  # noqa: T201
    print(f"{len(chosen) - len(missed)} of {len(chosen)} planted faults were caught")  # noqa: T201
    return int(bool(missed))


def is_caught(fault: PlantedFault, copy: Path) -> bool:
    """Whether a test notices; the copy is whole again afterwards.

    Raises:
        ValueError: If the guard does not stand in its file exactly once.
    """
    path = copy / fault.path
    whole = path.read_text(encoding="utf-8")
    path.write_text(planted(fault, whole), encoding="utf-8")
    try:
        done = subprocess.run(  # noqa: S603 - our own tests
            (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *fault.tests),
            cwd=copy,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            check=False,
        )
    finally:
        path.write_text(whole, encoding="utf-8")
    return done.returncode in _NOTICED


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
