"""A tiny T5 of the reference set, and writable copies of it."""

import json
import shutil
import stat
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_t5(reference_root: Path) -> Path:
    """The folder around ``t5-v1_1-xxl``, as the reference is given it."""
    return reference_root / "vae/tiny_t5"


@pytest.fixture
def t5_copy(tiny_t5: Path, tmp_path: Path) -> Path:
    """The tiny encoder's own folder, to be damaged."""
    folder = tmp_path / "encoder"
    shutil.copytree(tiny_t5 / "t5-v1_1-xxl", folder)
    for path in (folder, *folder.iterdir()):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    return folder


def change_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


@pytest.fixture
def damage_config():
    """Changes fields of a folder's config.json."""
    return change_config
