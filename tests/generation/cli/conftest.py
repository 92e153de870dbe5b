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
from generation.training.export import export_model
from generation.training.trained import TrainedModel
from tests.support.pipelines import write_picture
from tests.support.training import tiny_model, tiny_trained_vae

# The smallest clip that the model tiny makes.
SMALL = ("--width", "32", "--height", "32", "--steps", "4", "--window", "1", "--seconds", "1", "--prompt", "waves")


@dataclass
class Run:
    """What came of a command."""

    status: int
    said: str


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The folder of a tiny exported model."""
    trained = TrainedModel(model=tiny_model(distilled=True), latent_scale=1.0)
    export_model(tmp_path / "model", tiny_trained_vae(), trained, name="tiny", card={})
    return tmp_path / "model"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with one picture."""
    (tmp_path / "photos").mkdir()
    write_picture(tmp_path / "photos" / "a.png", size=(32, 32))
    return tmp_path / "photos"


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
