"""The virtual environment: made once, reused while what it must hold has not changed.

A stamp inside it remembers the hash of all that decides its contents. Nothing is downloaded while the stamp holds, so
everything after the first time works offline.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.errors import SetupError
from studio.pip_output import LineByLine
from studio.processes import Finished, child_environment, run
from studio.requirements import read_requirements

STAMP_NAME = "studio-stamp.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """The project's own Python, in ``.venv`` below its root."""

    root: Path
    base: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def program(self, name: str) -> str:
        """A program that one of its packages brought."""
        return str(self.folder / "bin" / name)

    def children(self, **changes: str) -> dict[str, str]:
        """The environment for programs run inside it."""
        path = f"{self.folder / 'bin'}{os.pathsep}{self.base.get('PATH', os.defpath)}"
        return child_environment(self.base, PATH=path, **changes)

    def is_ready(self, *, with_tests: bool) -> bool:
        """Whether it already holds what is wanted."""
        wanted = read_requirements(self.root).stamp(with_tests=with_tests, place=self._place())
        return self.python.exists() and wanted in self._stamps()

    def prepare(self, *, with_tests: bool) -> bool:
        """Make it hold what is wanted; True if something had to be done.

        Raises:
            SetupError: Saying what failed and what to do.
        """
        if self.is_ready(with_tests=with_tests):
            return False
        self._create()
        requirements = read_requirements(self.root)
        names = requirements.core + (requirements.dev if with_tests else ())
        _announce(len(names))
        self._install(names)
        self._add_project()
        # The tools for tests come on top of the rest: with them, both wishes are met.
        kinds = (False, True) if with_tests else (False,)
        stamps = [requirements.stamp(with_tests=kind, place=self._place()) for kind in kinds]
        (self.folder / STAMP_NAME).write_text(json.dumps(stamps), encoding="utf-8")
        return True

    def _place(self) -> str:
        return f"{self.root} {self._version()}"

    def _version(self) -> str:
        """Python's version as the environment itself notes it; empty when there is none."""
        try:
            lines = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
        except OSError:
            return ""
        return next((line.partition("=")[2].strip() for line in lines if line.startswith("version")), "")

    def _stamps(self) -> list[str]:
        try:
            stamps = json.loads((self.folder / STAMP_NAME).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return stamps if isinstance(stamps, list) else []

    def _run(self, *command: str) -> Finished:
        return run(command, cwd=self.root, environment=self.children())

    def _create(self) -> None:
        probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        if self.python.exists() and self._run(str(self.python), "-c", probe).code == 0:
            return
        print("Making .venv ...", flush=True)
        made = self._run(sys.executable, "-m", "venv", "--clear", str(self.folder))
        if made.code:
            raise SetupError(
                f"python -m venv must work, got:\n{made.output.strip()}\n"
                "On Debian and Ubuntu install the package python3-venv, then try again."
            )

    def _install(self, names: tuple[str, ...]) -> None:
        command = (str(self.python), "-m", "pip", "install", "--progress-bar", "off", "-c", "constraints.txt", *names)
        pip_wishes = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
        lines = LineByLine()
        done = run(command, cwd=self.root, environment=self.children(**pip_wishes), on_text=lines)
        if done.code:
            tail = "\n".join(done.output.strip().splitlines()[-15:])
            raise SetupError(
                f"pip must be able to install the packages, got:\n{tail}\n"
                "The first set-up needs a package index and about 3 GB of disk; ./studio doctor says more."
            )

    def _add_project(self) -> None:
        """Let this Python find the project from any folder, without building a package of it."""
        packages = sorted((self.folder / "lib").glob("python*/site-packages"))
        for folder in packages:
            (folder / "sceneloom.pth").write_text(f"{self.root}\n", encoding="utf-8")


def _announce(count: int) -> None:
    print(f"Installing {count} packages and what they need into .venv, once.", flush=True)
    if sys.platform == "linux":
        print(
            "  The largest is torch: about 200 MB where pip is set up for its CPU build; elsewhere pip takes the CUDA\n"
            "  build, several GB with its libraries. Each large download is named as it starts.",
            flush=True,
        )
