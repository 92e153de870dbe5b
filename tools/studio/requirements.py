"""What the environment must hold, and the hash that says whether it still does."""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from studio.errors import SetupError


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """What pyproject.toml and constraints.txt ask for."""

    core: tuple[str, ...]
    dev: tuple[str, ...]
    constraints: str

    def stamp(self, *, with_tests: bool, place: str) -> str:
        """Hash of all that decides what the environment holds.

        Args:
            with_tests: Whether the tools for tests belong to it.
            place: The project's folder and the Python version: an environment cannot be moved.
        """
        wanted = [self.core, self.dev if with_tests else (), _without_comments(self.constraints), place]
        return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()


def _without_comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def read_requirements(root: Path) -> Requirements:
    """Read what the project needs.

    Raises:
        SetupError: If one of the two files is missing or unreadable.
    """
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return Requirements(
            core=tuple(project["dependencies"]),
            dev=tuple(project["optional-dependencies"]["dev"]),
            constraints=(root / "constraints.txt").read_text(encoding="utf-8"),
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise SetupError(f"pyproject.toml and constraints.txt must be whole, got {error}; restore them") from error
