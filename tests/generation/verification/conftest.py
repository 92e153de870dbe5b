"""Copies of the golden folders that may be spoilt."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.verification.case import GoldenCase
from generation.verification.verifier import CaseResult, verify_case
from tests.support.golden import FOLDER


@dataclass(frozen=True, kw_only=True)
class SpoiltFolder:
    """A folder with what cases refer to, and copies of a few of them."""

    path: Path

    def case(self, name: str) -> GoldenCase:
        return GoldenCase(self.path / f"{name}.json")

    def verify(self, name: str) -> CaseResult:
        return verify_case(self.case(name))

    def plant(self, name: str, tensor: str, change: Callable[[torch.Tensor], None]) -> None:
        """Change a tensor in place."""
        file = self.path / f"{name}.safetensors"
        tensors = load_file(file)
        change(tensors[tensor])
        save_file(tensors, file)

    def drop(self, name: str, tensor: str) -> None:
        file = self.path / f"{name}.safetensors"
        save_file({key: value for key, value in load_file(file).items() if key != tensor}, file)

    def rename_tensor(self, name: str, tensor: str, to: str) -> None:
        file = self.path / f"{name}.safetensors"
        save_file({to if key == tensor else key: value for key, value in load_file(file).items()}, file)

    def rewrite(self, name: str, change: Callable[[dict], None]) -> None:
        """Change a JSON file."""
        file = self.path / f"{name}.json"
        record = json.loads(file.read_text("utf-8"))
        change(record)
        file.write_text(json.dumps(record), "utf-8")

    def rename(self, name: str, to: str) -> None:
        for suffix in (".json", ".safetensors"):
            if (self.path / f"{name}{suffix}").exists():
                (self.path / f"{name}{suffix}").rename(self.path / f"{to}{suffix}")

    def copy(self, name: str) -> None:
        """Copy one more case from the golden folder of the same name."""
        for file in (FOLDER / self.path.name).glob(f"{name}.*"):
            shutil.copyfile(file, self.path / file.name)


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[..., SpoiltFolder]:
    """Makes a folder ``dit`` or ``vae`` with these cases in it."""

    def make(folder: str, *names: str) -> SpoiltFolder:
        made = SpoiltFolder(path=tmp_path / folder)
        made.path.mkdir()
        for source in (FOLDER / folder).iterdir():
            if source.is_dir() or source.suffix == ".npz":
                (made.path / source.name).symlink_to(source)
        for name in names:
            made.copy(name)
        return made

    return make
