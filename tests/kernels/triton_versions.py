"""``python -m tests.kernels.triton_versions VERSION``: the tests that compile kernels, on another version of Triton.

It is installed into a folder of its own, so that the environment keeps the version that it was tested with.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Install, if it is not there yet, and test.

    Returns:
        The exit status: pytest's, or 69 where that version can't be installed.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.kernels.triton_versions", description=__doc__)
    parser.add_argument("version", help="3.6.0, say")
    parser.add_argument("tests", nargs="*", default=["tests/kernels"], help="only the tests in these (tests/kernels)")
    parser.add_argument("--folder", type=Path, help="where it is put (.venv/triton-VERSION)")
    chosen = parser.parse_args()
    folder = (chosen.folder or ROOT / ".venv" / f"triton-{chosen.version}").resolve()
    if not (folder / "triton").is_dir():
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder))
        installed = subprocess.run((*pip, f"triton=={chosen.version}"), check=False)
        if installed.returncode:
            return os.EX_UNAVAILABLE
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    found = subprocess.run(
        (sys.executable, "-c", "import triton; print(triton.__version__)"), env=environment, text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    if found.stdout.strip() != chosen.version:
        sys.stderr.write(f"{folder} must hold Triton {chosen.version}, got {found.stdout.strip()}: remove the folder\n")
        return 1
    tests = (sys.executable, "-m", "pytest", "-m", "compiles", *chosen.tests)
    return subprocess.run(tests, env=environment, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
