"""Runs commands in this process and reads what a person would read."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from rich.console import Console

from generation.cli import model_choice
from generation.cli.generate import run_generate
from tests.support.pipelines import write_picture

# The smallest clip that the model tiny makes.
SMALL = ("--width", "32", "--height", "32", "--steps", "4", "--window", "1", "--seconds", "1", "--prompt", "waves")


@dataclass
class Run:
    """What came of a command."""

    status: int
    said: str


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def console() -> Console:
    """Writes into memory; read it back with ``console.file.getvalue()``."""
    return Console(file=io.StringIO(), width=100, highlight=False)


@pytest.fixture
def generate(cache: Path, console: Console) -> Iterator[Callable[..., Run]]:
    """Runs the generate command with these flags; with the model tiny where none is named."""

    def run(*flags: object) -> Run:
        threads = torch.get_num_threads()
        try:
            status = run_generate([str(flag) for flag in flags], cache=cache, console=console)
        finally:
            torch.set_num_threads(threads)
        return Run(status=status, said=console.file.getvalue())

    # Its own, so that a test may undo what it patched itself.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_choice, "DEFAULT_PRESET", "tiny")
        yield run


@pytest.fixture
def small() -> tuple[str, ...]:
    return SMALL


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_picture(tmp_path_factory.mktemp("picture") / "picture.png", size=(60, 40))
